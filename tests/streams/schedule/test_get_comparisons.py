"""Which probes check HEAD by GET."""

import pytest
from adversarial import Answer, Case
from adversarial_loop import Loop
from ledger_events import ONLINE as SEEN
from ledger_events import at, fold, notice, observation, placed, report, slots

from schemas.closed_lists import CaseClass, NormVerdict, ProbeError, Target
from schemas.moments import HOUR_MS
from schemas.records.facts import Facts
from streams.schedule.get_comparisons import has_differed, has_get_comparison, was_cached
from streams.schedule.steps import WITH_CONTROLS, Slot
from streams.verdicts.fingerprints import fingerprint

(CASE,) = fold(report(seen=0), placed(), notice(), slots([1.1, 2], SEEN)).cases
ALONE = WITH_CONTROLS[:1]


def slot(hours, targets=WITH_CONTROLS) -> Slot:
    """Return a slot."""
    return Slot(at(hours), at(hours + 1), targets)


def test_probes_with_controls_always_do():
    """From the first on, whatever the share; probes without controls do not."""
    assert has_get_comparison(CASE, slot(1), 0.0)
    assert has_get_comparison(CASE, slot(6), 0.0)
    assert not has_get_comparison(CASE, slot(6, ALONE), 0.0)


def test_a_host_that_differed_is_known_by_its_answers():
    """One answer to GET that HEAD had otherwise tells it; answers to either alone do not."""
    both = [fingerprint(Facts(status=404)), fingerprint(Facts(status=206, method="GET"))]
    differed = fingerprint(Facts(status=206, method="GET", head_status=404))
    strained = [
        fingerprint(Facts(error=ProbeError.TIMEOUT, method="GET", head_status=200)),
        *(fingerprint(Facts(status=s, method="GET", head_status=200)) for s in (403, 429, 503)),
    ]
    assert not has_differed([*both, *strained])
    assert has_differed([*both, differed])


def test_a_cache_is_known_by_its_answers():
    """One that says so, or an age above 0; an age of 0 is its server's own answer."""
    told = report(seen=0), placed(), notice()
    for facts, cached in (
        (Facts(status=200), False),
        (Facts(status=200, cached=True), True),
        (Facts(status=200, age_s=40), True),
        (Facts(status=200, age_s=0), False),
    ):
        state = fold(*told, slots([1.1, 2], facts))
        assert was_cached(state.tracks, state.fingerprints) is cached, facts
    home = observation(2.0, Facts(status=200, cached=True), target=Target.ROOT)
    state = fold(*told, home, slots([1.1, 3], SEEN))
    assert not was_cached(state.tracks, state.fingerprints)


def test_the_share_is_kept_and_grows():
    """Of many slots the share gets a GET comparison; a larger share holds the smaller one."""
    online = [slot(1 + minutes / 60, ALONE) for minutes in range(121, 700)]
    online += [slot(1 + 18.1 + minutes / 60, ALONE) for minutes in range(320)]
    online += [slot(1 + 30.1 + minutes / 60, ALONE) for minutes in range(1_040)]
    few = {one.at for one in online if has_get_comparison(CASE, one, 0.1)}
    many = {one.at for one in online if has_get_comparison(CASE, one, 0.3)}
    assert 140 <= len(few) <= 260
    assert few < many
    assert not any(has_get_comparison(CASE, one, 0.0) for one in online)
    assert all(has_get_comparison(CASE, one, 1.0) for one in online)


@pytest.mark.parametrize("hours", [1.1, 12.5, 24.5, 24.9, 48.5, 49.6, 69, 72, 95, 2_000])
def test_the_first_probe_past_each_norm_and_those_of_later_days(hours):
    """Lateness rests on them, so they do it whatever the share, and however far they are spread."""
    assert has_get_comparison(CASE, slot(1 + hours, ALONE), 0.0)
    assert not any(
        has_get_comparison(CASE, slot(1 + h, ALONE), 0.0) for h in (0, 0.9, 4, 11.5, 23.5, 47.5)
    )


MISSING = Facts(status=404, type="text/html", length=300, requests=1)
CONTENT = Facts(status=200, type="image/jpeg", length=50_000, requests=1)
PAGE = Facts(status=200, type="text/html", length=5_000, requests=1)


@pytest.mark.parametrize("absent", [MISSING, PAGE])
def test_a_host_that_knows_no_head_is_measured_like_any_other(absent):
    """It answers HEAD with 404 whatever is there: no doubt comes of it, and no removal is late."""
    answers = (
        Answer(from_h=0, to_h=22, target="url", facts=MISSING, get=CONTENT),
        Answer(from_h=0, target="root", facts=PAGE),
        Answer(from_h=0, facts=MISSING, get=absent),
    )
    world = Case(
        id="no-head",
        kind="honest",
        why="",
        noticed_h=0,
        follow_h=60,
        root=False,
        answers=answers,
        truth=((0, "online"), (22, "gone")),
        judgeable=True,
    )
    ((case,),) = [moment.cases for moment in Loop(world).run()[-1:]]
    assert [phase.case_class for phase in case.phases] == [
        CaseClass.ONLINE,
        CaseClass.DOUBTED,
        CaseClass.REMOVED,
    ]
    assert 22 * HOUR_MS < case.gone_at - case.noticed_at < 24 * HOUR_MS
    assert case.verdicts == (NormVerdict.IN_TIME, NormVerdict.IN_TIME)
