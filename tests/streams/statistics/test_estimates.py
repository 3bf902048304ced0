"""Laws of estimates: the same over any split of the cases, and true of all from a sample."""

from array import array
from bisect import bisect_left
from math import exp, inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS
from streams.statistics.estimates import KEPT_BYTES_MAX, CensoredDurations, NormCount, VerdictCounts
from streams.statistics.incidents import coded

CASES = st.lists(
    st.tuples(st.sampled_from([1.0, 0.5, 0.3]), st.integers(0, 50), st.booleans()), max_size=40
)


def spans_of(cases: list[tuple[float, int, bool]]) -> CensoredDurations:
    codes: dict[float, list[int]] = {}
    for place, (inclusion, duration, ended) in enumerate(cases):
        code = coded(duration, ended=ended, incident=place)
        codes.setdefault(inclusion, []).append(code)
    return CensoredDurations.of(codes)


@given(CASES, st.integers(0, 40))
def test_joined_spans_are_those_of_all_cases(cases, cut):
    """Two hosters' estimates add up to the estimate of both, exactly."""
    whole = spans_of(cases)
    codes = [(p, [code]) for p, packed in whole.parts for code in array("q", packed)]
    parts = [CensoredDurations.of({p: code}) for p, code in codes]
    joined = CensoredDurations.joined(
        [CensoredDurations.joined(parts[:cut]), CensoredDurations.joined(parts[cut:])]
    )
    assert joined == whole
    assert joined.estimate == whole.estimate
    assert whole.estimate.n == len(cases)
    assert whole.estimate.ended == sum(ended for *_, ended in cases)


def test_the_estimate_of_few_cases_is_kept_and_that_of_many_is_not():
    """The same few cases are worked out once, whoever holds them; many would fill the memory."""
    few, many = KEPT_BYTES_MAX // 8, KEPT_BYTES_MAX // 8 + 1
    for count, is_kept in ((0, True), (few, True), (many, False)):
        cases = [(1.0, place, place % 3 != 0) for place in range(count)]
        first, second = spans_of(cases).estimate, spans_of(cases).estimate
        assert first == second
        assert (first is second) is is_kept


def test_bounds_weigh_each_probability_by_itself():
    """2 of 4 in time at p = 1/2 and 1 late of 2 probed for certain: [4/10, 9/10]."""
    norm = NormCount(
        norm_s=60,
        parts=(
            VerdictCounts(0.5, in_time=2, undetermined=2, left_out=5),
            VerdictCounts(1.0, 0, 1, 1),
        ),
    )
    assert (norm.in_time, norm.late, norm.undetermined) == (4, 1, 5)
    assert norm.bounds == (0.4, 0.9)
    assert (norm.n, norm.n_eligible) == (6, 11)
    low, high = norm.interval
    assert low < 0.4
    assert high > 0.9


def test_nothing_is_estimated_where_all_are_probed():
    """Bounds of whole numbers, and no interval that would make them seem uncertain."""
    norm = NormCount(norm_s=60, parts=(VerdictCounts(1.0, 1, 1, 1),))
    assert norm.bounds == (1 / 3, 2 / 3)
    assert norm.interval is None


def test_a_norm_of_unsampled_cases_alone_says_nothing():
    """Cases that nobody probed on time are in no share, not even as undetermined."""
    norm = NormCount(norm_s=60, parts=(VerdictCounts(0.5, left_out=9),))
    assert (norm.n, norm.n_eligible, norm.bounds, norm.interval) == (0, 9, None, None)


def test_what_was_never_drawn_may_be_anything():
    """150 cases of which none is in the sample leave a share of 10 others wide open."""
    unseen = VerdictCounts(0.01, 0, 0, 0, left_out=150)
    norm = NormCount(norm_s=86_400, parts=(unseen, VerdictCounts(1.0, 10, 0, 0)))
    assert norm.bounds == (1.0, 1.0)
    assert norm.interval == (10 / 160, 1.0)
    late = NormCount(norm_s=86_400, parts=(unseen, VerdictCounts(1.0, 0, 10, 0)))
    assert late.interval == (0.0, 150 / 160)


def test_counts_of_one_norm_add_up():
    """Of each probability by itself; other norms are passed over."""
    one = NormCount(norm_s=60, parts=(VerdictCounts(0.5, 1, 2, 3, 4), VerdictCounts(1.0, 1)))
    two = NormCount(norm_s=60, parts=(VerdictCounts(0.5, 1, 1, 1, 1),))
    other = NormCount(norm_s=90, parts=(VerdictCounts(0.5, 7),))
    assert NormCount.joined(60, [one, other, two]).parts == (
        VerdictCounts(0.5, 2, 3, 4, 5),
        VerdictCounts(1.0, 1),
    )


@pytest.mark.parametrize("strata", [((0.2, 1_500, 20.0),), ((0.15, 900, 40.0), (1.0, 400, 5.0))])
def test_the_interval_of_a_median_covers_that_of_all_cases(strata):
    """In 300 draws it does at least as often as it says; the estimates lie around the truth.

    Each of `strata` has a probability, a number of cases, and the mean of their removal times; a
    third of the cases is open still.
    """
    chance = Random(7)
    world = [
        (inclusion, round(1_000 * chance.expovariate(1 / mean)), chance.random() > 1 / 3)
        for inclusion, count, mean in strata
        for _ in range(count)
    ]
    truth = spans_of([(1.0, took, ended) for _, took, ended in world]).estimate.p50_ms
    inside, medians = 0, []
    for _ in range(300):
        found = spans_of([one for one in world if chance.random() < one[0]]).estimate
        inside += found.p50_low_ms <= truth <= found.p50_high_ms
        medians.append(found.p50_ms)
    assert inside / 300 >= 0.95
    assert sum(medians) / 300 == pytest.approx(truth, rel=0.03)


MEDIAN = 10 * HOUR_MS
SLOTS = [round(h * HOUR_MS) for h in (0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8, 11.5, 12.5, 18, 23.5, 24.5)]
SLOTS += [round(h * HOUR_MS) for h in (30, 36, 47.5, 48.5, *range(72, 40_000, 24))]


def incidents(chance, sizes, inclusion):
    """Draw removal times, alike within an incident: each with how long it is watched, and drawn."""
    for incident, size in enumerate(sizes):
        common = chance.gauss(0, 1)
        for _ in range(size):
            took = MEDIAN * exp(1.5 * (0.8**0.5 * common + 0.2**0.5 * chance.gauss(0, 1)))
            watched = MEDIAN * chance.uniform(1, 10)
            yield round(took), round(watched), incident, chance.random() < inclusion


@pytest.mark.parametrize(
    ("sizes", "inclusion"),
    [([6] * 100, 0.25), ([6] * 30, 0.5), ([1] * 60 + [12] * 20, 0.3)],
    ids=["100x6", "30x6", "mixed"],
)
def test_the_intervals_of_a_sample_hold_the_truth_in_a_world_of_incidents(sizes, inclusion):
    """The median's and the share's do in 93 % at least of 300 worlds, each drawn anew.

    The median is that of the law by which incidents come, the share that of all URLs there are.
    """
    chance = Random(3)
    medians = shares = 0
    for _ in range(300):
        cases = list(incidents(chance, sizes, inclusion))
        drawn = [case for case in cases if case[3]]
        codes = [coded(min(t, w), ended=t <= w, incident=i) for t, w, i, _ in drawn]
        found = CensoredDurations.of({inclusion: codes}).estimate
        medians += (found.p50_low_ms or 0) <= MEDIAN <= (found.p50_high_ms or inf)
        late = sum(took > 24 * HOUR_MS for took, *_ in drawn)
        counted = VerdictCounts(inclusion, len(drawn) - late, late, 0, len(cases) - len(drawn))
        low, high = NormCount(norm_s=86_400, parts=(counted,)).interval
        shares += low <= sum(took <= 24 * HOUR_MS for took, *_ in cases) / len(cases) <= high
    assert medians / 300 >= 0.93
    assert shares / 300 >= 0.93


def test_the_band_seen_through_the_timetable_holds_the_median_of_a_world_of_incidents():
    """From the lower end of the curve at L to the upper one at R, in 93 % at least of 300 worlds.

    Of a removal only the slots around it are known, (L, R]; either curve alone is off by one of
    them, the band of both is not.
    """
    chance = Random(5)
    inside = 0
    for _ in range(300):
        early, late = [], []
        for took, watched, incident, _ in incidents(chance, [6] * 30, 1):
            after = bisect_left(SLOTS, took)
            ends = [(SLOTS[after - 1], True), (SLOTS[after], True)]
            if SLOTS[after] > watched:
                ends = [(SLOTS[bisect_left(SLOTS, watched) - 1], False)] * 2
            for codes, (at, ended) in zip((early, late), ends, strict=True):
                codes.append(coded(at, ended=ended, incident=incident))
        low = CensoredDurations.of({1.0: early}).estimate.p50_low_ms or 0
        inside += low <= MEDIAN <= (CensoredDurations.of({1.0: late}).estimate.p50_high_ms or inf)
    assert inside / 300 >= 0.93
