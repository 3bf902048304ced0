"""The oracle passes what is right and names every planted error."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace
from perfect_pipeline import evidence, judged, key_of

from schemas.closed_lists import CaseClass, NormVerdict, Result
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case import Phase
from sim.oracle.findings import OracleFinding
from sim.oracle.oracle import Oracle
from sim.world.behaviour import OBSTRUCTS, Behaviour
from sim.world.hosters import REPORTED
from sim.world.outages import Outages
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 5 * DAY_MS


@pytest.fixture(scope="module")
def world():
    return World(Plan(seed=11, port=18_080))


@pytest.fixture(scope="module")
def whole(world):
    return evidence(world, AS_OF)


def item(world, wanted):
    return next(found for found in world.material(AS_OF) if wanted(found))


def gone_for_long(found):
    long_ago = AS_OF - 2 * DAY_MS
    return found.back_at is None and found.removed_at is not None and found.removed_at < long_ago


def with_case(found, of, **changes):
    key = key_of(of)
    url = found.urls[key]
    case = struct_replace(url.cases[0], **changes)
    return replace(found, urls={**found.urls, key: struct_replace(url, cases=(case,))})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("days", [1, 3, 5])
@pytest.mark.parametrize("probes", [False, True])
def test_a_pipeline_without_fault_passes(seed, days, probes):
    """Perfect evidence has no finding, and its medians lie within a step of the truth, but one."""
    made = World(Plan(seed=seed, port=18_080))
    run_report = judged(made, evidence(made, WORLD_START + days * DAY_MS, probes=probes))
    assert run_report.findings == {}
    assert run_report.ok
    # the bounds take all URLs of a hoster to be read alike, so now and then a median is past them
    assert sum(not line.median_fits for line in run_report.lines) <= 1


def test_measured_and_true_figures_meet(world, whole):
    """Reported and noticed are equal; bounds of the share contain those of the truth."""
    shares = 0
    for line in judged(world, whole).lines:
        assert line.measured.reported == line.truth.reported
        assert line.measured.noticed == line.truth.noticed
        assert line.measured.removed <= line.truth.removed
        if line.truth.share_24h is None:  # all were told less than a day ago, or have left
            continue
        assert line.measured.share_24h[0] <= line.truth.share_24h[0] + 1e-9
        assert line.measured.share_24h[1] >= line.truth.share_24h[1] - 1e-9
        shares += 1
    assert shares > len(REPORTED) // 2


def test_a_wrong_interval_is_found(world, whole):
    """An R before the true removal, or an L after it, is a wrong interval."""
    of = item(world, gone_for_long)
    for end in ((of.noticed_at, of.removed_at - 1), (of.removed_at, of.removed_at + HOUR_MS)):
        planted = with_case(whole, of, last_seen_at=end[0], gone_at=end[1], first_end=end)
        assert judged(world, planted).findings[OracleFinding.WRONG_INTERVAL] == 1


def test_an_interval_contains_its_end_and_not_its_start(world, whole):
    """(L, R]: gone from R on is inside, last seen at the removal is outside."""
    of = item(world, gone_for_long)
    end = (of.removed_at - 1, of.removed_at)
    planted = with_case(whole, of, last_seen_at=end[0], gone_at=end[1], first_end=end)
    assert OracleFinding.WRONG_INTERVAL not in judged(world, planted).findings


def test_a_lost_report_is_found(world, whole):
    """A URL that vanished from the table is lost, and its accepted reports are unaccounted."""
    gone = key_of(item(world, gone_for_long))
    planted = replace(whole, urls={k: v for k, v in whole.urls.items() if k != gone})
    run_report = judged(world, planted)
    assert run_report.findings[OracleFinding.LOST] == 1
    assert run_report.unaccounted >= 1
    assert not run_report.ok


def test_a_pending_url_is_accounted_for_but_is_no_case(world, whole):
    """Reports held without a case are pending: accounted, and still no figure."""
    key = key_of(item(world, gone_for_long))
    url = struct_replace(whole.urls[key], cases=())
    run_report = judged(world, replace(whole, urls={**whole.urls, key: url}))
    assert run_report.unaccounted == 0
    assert run_report.findings == {OracleFinding.LOST: 1}


@pytest.mark.parametrize("behaviour", sorted(OBSTRUCTS - {Behaviour.CLOAKS_ALL}))
def test_a_removal_at_a_hoster_that_obstructs_is_found(world, whole, behaviour):
    """Hiding from a vantage must never be a removal; hiding from all known ones is a law apart."""
    hoster = next(hoster for hoster in REPORTED if hoster.behaviour is behaviour)
    of = item(world, lambda found: found.hoster == hoster.id)
    at = of.noticed_at + HOUR_MS // 2
    planted = with_case(whole, of, gone_at=at, phases=(Phase(at, CaseClass.REMOVED),))
    findings = judged(world, planted).findings
    assert findings[OracleFinding.REWARDED] == 1
    assert findings[OracleFinding.FALSE_REMOVAL] == 1


def test_a_removal_never_found_is_found(world, whole):
    """A removal older than its next probe and an hour must be known."""
    of = item(world, gone_for_long)
    planted = with_case(
        whole, of, gone_at=None, first_end=None, phases=(Phase(of.noticed_at, CaseClass.ONLINE),)
    )
    assert judged(world, planted).findings[OracleFinding.UNSEEN_REMOVAL] == 1


def test_a_wrong_notice_a_wrong_hoster_and_a_wrong_verdict_are_found(world, whole):
    """The clock, the hoster and the verdict of a case are held against the truth."""
    of = item(world, lambda found: found.removed_at is None and found.noticed_at < AS_OF - DAY_MS)
    for changes, finding in (
        ({"noticed_at": of.noticed_at - 1_000}, OracleFinding.NOTICED),
        ({"noticed_at": None}, OracleFinding.NOTICED),
        ({"hoster": "unknown"}, OracleFinding.MISPLACED),
        ({"verdicts": (NormVerdict.IN_TIME,)}, OracleFinding.WRONG_VERDICT),
    ):
        assert judged(world, with_case(whole, of, **changes)).findings[finding] == 1
    early = item(world, lambda found: (found.removal_ms() or DAY_MS) < 12 * HOUR_MS)
    planted = with_case(whole, early, verdicts=(NormVerdict.UNDETERMINED, NormVerdict.LATE))
    assert judged(world, planted).findings[OracleFinding.WRONG_VERDICT] == 1


def test_another_fate_is_found_and_a_repeated_outcome_is_not(world, whole):
    """Outcomes count once per origin; a record with another outcome than it must have is told."""
    assert judged(world, replace(whole, outcomes=[*whole.outcomes, *whole.outcomes])).ok
    at = next(i for i, one in enumerate(whole.outcomes) if one.result is Result.DUPLICATE)
    twisted = list(whole.outcomes)
    twisted[at] = struct_replace(twisted[at], result=Result.ACCEPTED)
    assert judged(world, replace(whole, outcomes=twisted)).findings[OracleFinding.INTAKE] == 2
    missing = replace(whole, outcomes=whole.outcomes[1:])
    assert judged(world, missing).findings[OracleFinding.INTAKE] == 1


def test_a_removal_after_the_instant_compared_is_none_yet(world, whole):
    """What went between as_of and the end of reading is open at as_of, in both columns."""
    of = item(world, lambda found: found.removed_at is None and found.noticed_at < AS_OF)
    later = AS_OF + HOUR_MS // 2
    planted = with_case(whole, of, gone_at=later, phases=(Phase(later, CaseClass.REMOVED),))
    before = {line.hoster.id: line.measured.backlog for line in judged(world, whole).lines}
    after = {line.hoster.id: line.measured.backlog for line in judged(world, planted).lines}
    assert before == after


def test_a_removal_in_an_outage_may_be_found_later_but_must_be_found(world, whole):
    """A removal nobody looked for is no fault while the monitor was away; later it is one."""
    removed = item(world, gone_for_long)
    hidden = with_case(whole, removed, phases=(Phase(removed.reported_at, CaseClass.ONLINE),))
    away = Outages()
    away.begin(removed.removed_at - HOUR_MS)
    oracle = Oracle(world=world, key_of=key_of, outages=away)
    assert OracleFinding.UNSEEN_REMOVAL not in oracle.judge(hidden).findings
    away.end(removed.removed_at + HOUR_MS)
    assert oracle.judge(hidden).findings[OracleFinding.UNSEEN_REMOVAL] == 1
