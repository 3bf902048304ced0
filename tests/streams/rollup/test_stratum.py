"""Laws of what is estimated: samples, cohorts, incidents, and what is counted apart."""

import pytest
from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, NormVerdict, Role
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary, Rechecks, Return, Sampling
from schemas.records.case_observations import NormProbes
from streams.rollup.case_figures import (
    figures,
)
from streams.rollup.figures import NoticeCohort, RemovalTimeReading, merged
from streams.rollup.windows import Window, WindowEvent
from streams.statistics.sampling_weights import WHOLE


def of(*cases: CaseSummary, hours: float = 100):
    return figures("alpha", Role.HOSTING, cases, at(hours))


def lot(outcome: CaseClass, *, sampled: bool, inclusion: float = 0.25, **said) -> CaseSummary:
    return case(outcome, inclusion=inclusion, sampled=sampled, **said)


def test_unsampled_cases_are_in_every_count_and_in_no_estimate():
    """What was not promised a probe on time is not judged by one, not even as undetermined."""
    drawn = [
        lot(CaseClass.REMOVED, sampled=True, seen=1, gone=2),
        lot(CaseClass.ONLINE, sampled=True, seen=30),
    ]
    rest = [lot(CaseClass.REMOVED, sampled=False, seen=1, gone=40) for _ in range(6)]
    found, alone = of(*drawn, *rest), of(*drawn)
    assert (found.reported, found.removed, found.noticed) == (8, 7, 8)
    assert found.windows[WindowEvent.REMOVED][Window.WEEK] == 7
    norm = found.norm(86_400)
    assert (norm.n, norm.n_eligible) == (2, 8)
    assert norm.bounds == alone.norm(86_400).bounds == (0.5, 0.5)
    assert found.spans == alone.spans
    assert sum(found.removal_weights) == 4 * WHOLE
    assert found.inclusion == 0.25


def test_cases_of_a_sample_weigh_what_they_stand_for():
    """1 removed at p = 1/4 beside 1 open that is probed for certain: 4 of 5, not 1 of 2."""
    found = of(
        lot(CaseClass.REMOVED, sampled=True, seen=1, gone=2),
        case(CaseClass.ONLINE, seen=30),
    )
    assert found.norm(86_400).bounds == (0.8, 0.8)
    estimate = found.estimate(RemovalTimeReading.CENSORED)
    assert (estimate.n, estimate.ended, estimate.p50_ms) == (2, 1, 2 * HOUR_MS)
    assert found.inclusion == 0.625


def test_only_open_noticed_cases_are_not_probed_on_time():
    """Of a case that has ended since no missed probe matters; time alone makes one missed."""
    open_case = case(CaseClass.ONLINE, seen=20, norm_probes=NormProbes(on_time=0b00000011))
    ended = case(CaseClass.REMOVED, seen=20, gone=30, norm_probes=NormProbes())
    waiting = case(CaseClass.AWAITING, noticed=None, norm_probes=NormProbes())
    unsampled = replace(open_case, sampling=Sampling(0.5, sampled=False))
    assert of(open_case, ended, waiting, unsampled).unprobed == 1
    assert of(open_case, ended, waiting, hours=11).unprobed == 0


def test_rechecked_cases_are_counted_and_those_that_were_there():
    """Cases, not observations: the rate of disagreement is a ratio of the two."""
    removed = case(CaseClass.REMOVED, seen=1, gone=2)
    found = of(
        removed,
        replace(removed, rechecks=Rechecks(3)),
        replace(removed, rechecks=Rechecks(2, 2)),
    )
    assert (found.rechecked, found.disagreed) == (2, 1)


def test_delays_are_those_of_the_last_four_weeks_by_hotline():
    """Of notices that started a clock; a delay on a bound belongs to the bucket it closes."""
    quick = replace(case(), delay=("north", 900_000))
    slow = replace(case(), delay=("north", 900_001))
    other = replace(case(), delay=("south", 10**12))
    none = replace(case(), delay=None)
    found = of(quick, slow, other, none, hours=24 * 28 - 1).delays
    assert found["north"].counts[:2] == (1, 1)
    assert (sum(found["north"].counts), found["north"].sum_ms) == (2, 1_800_001)
    assert found["south"].counts[-1] == 1
    assert of(quick, slow, other, none, hours=24 * 28).delays == {}


def test_a_return_lengthens_no_removal():
    """The removal time is that of the first (L, R] after the notice, whatever followed it."""
    removed = case(CaseClass.REMOVED, noticed=1, seen=4, gone=5)
    back = replace(
        case(CaseClass.ONLINE, noticed=1, seen=90),
        first_end=(at(4), at(5)),
        returns=(Return(at(4), at(5), at(60)),),
    )
    for meaning, hours in ((RemovalTimeReading.EVENT, 3), (RemovalTimeReading.CENSORED, 4)):
        found = of(back).estimate(meaning)
        assert (found.ended, found.p50_ms) == (1, hours * HOUR_MS)
        assert found.p50_ms == of(removed).estimate(meaning).p50_ms


def test_a_removal_lies_between_two_curves():
    """One takes it as ended at L, the other at R; nobody knows more."""
    found = of(*(case(CaseClass.REMOVED, noticed=1, seen=8, gone=11.5, number=n) for n in range(4)))
    assert found.estimate(RemovalTimeReading.EVENT).p50_ms == 7 * HOUR_MS
    assert found.estimate(RemovalTimeReading.CENSORED).p50_ms == 10.5 * HOUR_MS


def test_cohorts_are_by_how_long_ago_the_notice_is():
    """Noticed in the last 28 days, 90 days, and ever; the wider ones hold the narrower."""
    cases = [
        replace(
            case(CaseClass.REMOVED, noticed=noticed, seen=noticed + 1, gone=noticed + 2), host=n
        )
        for n, noticed in enumerate((0, 24 * 70, 24 * 99))
    ]
    whole = of(*cases, hours=24 * 100)
    counted = {c: whole.estimate(RemovalTimeReading.CENSORED, c).n for c in NoticeCohort}
    assert counted == {NoticeCohort.MONTH: 1, NoticeCohort.QUARTER: 2, NoticeCohort.EVER: 3}
    edge = of(*cases, hours=24 * 98).estimate(RemovalTimeReading.CENSORED, NoticeCohort.MONTH)
    assert edge.n == 0  # 28 days ago is no longer within them
    total = merged("total", Role.HOSTING, whole.as_of, [of(c, hours=24 * 100) for c in cases])
    assert total.cohorts == whole.cohorts


@pytest.mark.parametrize("hosts", [1, 20])
def test_cases_of_one_host_and_day_are_one_incident(hosts):
    """Twenty removals of one host are one observation, and tell nothing of the spread."""
    told = [
        replace(
            case(CaseClass.REMOVED, noticed=1, seen=n + 1, gone=n + 2, number=n), host=n % hosts
        )
        for n in range(20)
    ]
    found = of(*told).estimate(RemovalTimeReading.CENSORED)
    assert found.p50_ms == 10 * HOUR_MS
    if hosts == 1:
        assert not found.has_interval  # that says something else than a limit not reached
    else:
        assert found.has_interval
        assert found.p50_low_ms < found.p50_ms < found.p50_high_ms


def test_second_verdicts_are_counted_under_their_own_name():
    """What followed a return is in no first verdict, and counts once its norm has run out."""
    late, in_time = NormVerdict.LATE, NormVerdict.IN_TIME
    norms_s = (86_400, 172_800)
    back = replace(
        case(CaseClass.ONLINE, noticed=1, seen=95),
        norms_s=norms_s,
        verdicts=(in_time, in_time),
        again_noticed_at=at(60),
        again_verdicts=(late, NormVerdict.UNDETERMINED),
    )
    assert of(back, hours=83).second == {}
    assert of(back, hours=84).second == {(86_400, late): 1}
    found = of(back, back, hours=108)
    assert found.second == {(86_400, late): 2, (172_800, NormVerdict.UNDETERMINED): 2}
    assert found.norm(86_400).in_time == 2
    assert merged("other", Role.HOSTING, at(108), [found, found]).second[86_400, late] == 4


def test_returns_that_nobody_was_told_of_are_counted_apart():
    """They are no reappearances, and a move that came back is no removal."""
    untold = replace(case(CaseClass.ONLINE), untold_returns=2)
    moved = replace(
        case(CaseClass.ONLINE), returns=(Return(at(1), at(2), at(50), True),), back_last_at=at(50)
    )
    found = of(untold, moved, hours=60)
    assert found.untold_returns == 2
    assert found.reappearances == 1
    assert found.windows[WindowEvent.REMOVED][Window.FOUR_WEEKS] == 0
