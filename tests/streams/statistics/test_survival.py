"""Laws of the Kaplan-Meier estimator."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples

from streams.statistics.survival import Curve, kaplan_meier, span_code, weighted_kaplan_meier

TIED = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)
SPREAD = st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), min_size=1, max_size=60)


def curve_of(cases: list[tuple[int, bool]]) -> Curve:
    return kaplan_meier([d for d, _ in cases], [seen for _, seen in cases])


def exact_curve(cases: list[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """The definition, written down without any care for cost."""
    s = Fraction(1)
    steps = []
    for t in sorted({d for d, ended in cases if ended}):
        n = sum(d >= t for d, _ in cases)
        ended = sum(d == t and e for d, e in cases)
        s *= Fraction(n - ended, n)
        steps.append((t, s))
    return steps


def test_the_curve_equals_a_table_worked_by_hand():
    """6 cases: ends at 1, 3, 3, 8; last seen at 3 and 5. S = 5/6, 5/6*3/5 = 1/2, 0."""
    curve = curve_of([(1, True), (3, True), (3, True), (3, False), (5, False), (8, True)])
    assert curve.times == (1, 3, 8)
    assert curve.at_risk == (6, 5, 1)
    assert curve.events == (1, 2, 1)
    assert curve.survival == pytest.approx((5 / 6, 1 / 2, 0))
    assert [curve.survival_at(t) for t in (0, 1, 2, 3, 7, 8)] == pytest.approx(
        [1, 5 / 6, 5 / 6, 1 / 2, 1 / 2, 0]
    )
    assert curve.quantile(0.5) == 3


def test_an_end_and_a_last_sighting_at_one_time_count_the_end_first():
    """The case last seen at 4 was still at risk at 4: S(4) = 1/2, not 0."""
    assert curve_of([(4, True), (4, False)]).survival == (0.5,)


def test_a_duration_of_nothing_is_an_end_at_nothing():
    """A case that ended at 0 lowers S at 0 already."""
    curve = curve_of([(0, True), (5, False)])
    assert curve.survival_at(0) == 0.5
    assert curve.quantile(0.5) == 0


def test_a_level_that_is_not_reached_has_no_quantile():
    """Where the curve ends above 1 - p the answer is None, not the last time seen."""
    curve = curve_of([(1, True), (9, False), (9, False)])
    assert curve.quantile(0.5) is None
    assert curve.independent_median_interval() == (1, None)


def test_no_cases_give_an_empty_curve():
    """Nothing was seen, so nothing is reached and S stays 1."""
    curve = kaplan_meier([], [])
    assert (curve.n, curve.survival_at(10), curve.quantile(0.5)) == (0, 1.0, None)


@pytest.mark.parametrize("n", [10, 30, 70, 90, 110, 1_000])
def test_a_level_that_is_touched_is_reached(n):
    """Without censoring the p-quantile of 1..n is exactly p n, which floats overshoot."""
    curve = kaplan_meier(list(range(1, n + 1)), [True] * n)
    for tenths in range(1, 10):
        assert curve.quantile(tenths / 10) == tenths * n // 10


@given(TIED | SPREAD)
def test_every_quantile_equals_the_definition_in_whole_numbers(cases):
    """The smallest t with S(t) <= 1 - p, for levels and for values the curve itself takes."""
    curve = curve_of(cases)
    steps = exact_curve(cases)
    levels = [Fraction(k, 20) for k in range(1, 20)] + [s for _, s in steps if 0 < s < 1]
    for level in levels:
        expected = next((t for t, s in steps if s <= level), None)
        assert curve.quantile(1 - level) == expected


@settings(max_examples=examples(60), deadline=None)
@given(TIED | SPREAD)
def test_the_curve_equals_an_independent_estimator(cases):
    """S(t) within 1e-9 of lifelines at every time that occurs, and one beside it."""
    from lifelines import KaplanMeierFitter  # takes seconds: only where it is needed

    curve = curve_of(cases)
    fitter = KaplanMeierFitter().fit([d for d, _ in cases], [e for _, e in cases])
    times = sorted({d for d, _ in cases} | {d + 1 for d, _ in cases})
    theirs = fitter.survival_function_at_times(times).tolist()
    assert [curve.survival_at(t) for t in times] == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_interval_of_the_median_equals_an_independent_one(seed):
    """Log-log Greenwood bounds cross one half where lifelines' bounds do."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    cases = [((seed * (k + 3) * 7_919) % 997, (seed + k) % 4 != 0) for k in range(80)]
    fitter = KaplanMeierFitter().fit([d for d, _ in cases], [e for _, e in cases])
    bounds = median_survival_times(fitter.confidence_interval_)
    theirs = [float(x) for x in bounds.to_numpy().ravel()]
    ours = [
        float("inf") if t is None else float(t)
        for t in curve_of(cases).independent_median_interval()
    ]
    assert ours == theirs


@given(TIED, st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing(cases, chance):
    """The estimate is of a set."""
    shuffled = list(cases)
    chance.shuffle(shuffled)
    assert curve_of(shuffled) == curve_of(cases)


def test_many_distinct_times_stay_exact():
    """20,000 cases, a censored one between any two ends: 10,000 factors that do not cancel."""
    n = 20_000
    curve = kaplan_meier(list(range(n)), [k % 2 == 0 for k in range(n)])
    exact = curve._exact(len(curve.times) - 1)
    assert curve.survival[-1] == pytest.approx(float(exact), rel=1e-9)
    level = curve._exact(5_000)
    assert curve.quantile(1 - level) == curve.times[5_000]
    assert curve.quantile(1 - level + Fraction(1, 10**40)) == curve.times[5_001]


def test_a_level_outside_the_range_is_refused():
    """0 and 1 have no quantile of their own."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        curve_of([(1, True)]).quantile(1.0)


def test_a_negative_duration_is_refused():
    """Nothing ends before its clock starts; the caller must say what it means."""
    with pytest.raises(ValueError, match="below 0"):
        kaplan_meier([-1], [True])


WEIGHTED = st.dictionaries(
    st.integers(1, 7),
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=20),
    max_size=4,
)


def weighted(cases: dict[int, list[tuple[int, bool]]]) -> Curve:
    return weighted_kaplan_meier(
        [(w, sorted(span_code(t, ended=e) for t, e in found)) for w, found in cases.items()]
    )


@given(WEIGHTED, st.integers(0, 2))
def test_a_case_of_weight_w_counts_like_w_cases(cases, millions):
    """S and its quantiles are those of as many cases, whatever all weights are scaled by."""
    scale = 10 ** (6 * millions)
    curve = weighted({w * scale: found for w, found in cases.items()})
    copies = curve_of([case for w, found in cases.items() for case in found * w])
    assert curve.n == sum(map(len, cases.values()))
    assert curve.times == copies.times
    assert curve.survival == pytest.approx(copies.survival)
    for tenths in range(1, 10):
        assert curve.quantile(tenths / 10) == copies.quantile(tenths / 10)


@given(TIED | SPREAD, st.randoms(use_true_random=False))
def test_cases_of_one_weight_in_two_parts_are_one_part(cases, chance):
    """The way that is short where all weights are alike leads to the same curve, to the bit."""
    parts: tuple[list[int], list[int]] = [], []
    for t, ended in cases:
        chance.choice(parts).append(span_code(t, ended=ended))
    whole = weighted_kaplan_meier([(1, sorted(parts[0] + parts[1]))])
    assert whole == weighted_kaplan_meier([(1, sorted(part)) for part in parts])


@given(TIED, st.integers(1, 10**9))
def test_equal_weights_are_none(cases, weight):
    """Curve, quantiles and interval are those of the cases themselves, however many each is for."""
    assert weighted({weight: cases}) == curve_of(cases)


@settings(max_examples=examples(60), deadline=None)
@given(WEIGHTED.filter(lambda cases: any(cases.values())))
def test_a_weighted_curve_equals_an_independent_estimator(cases):
    """S within 1e-9 of lifelines, which weights likewise."""
    from lifelines import KaplanMeierFitter

    flat = [(t, e, w) for w, found in cases.items() for t, e in found]
    fitter = KaplanMeierFitter().fit(
        [t for t, *_ in flat], [e for _, e, _ in flat], weights=[w for *_, w in flat]
    )
    times = sorted({t for t, *_ in flat})
    theirs = fitter.survival_function_at_times(times).tolist()
    curve = weighted(cases)
    assert [curve.survival_at(t) for t in times] == pytest.approx(theirs, abs=1e-9)


def test_unequal_weights_widen_the_interval():
    """Sixty cases, a third of them of weight 10: fewer than sixty equal ones, as Kish counts."""
    spans = [(t, True) for t in range(1, 61)]
    equal = curve_of(spans)
    curve = weighted({1: [s for s in spans if s[0] % 3], 10: [s for s in spans if not s[0] % 3]})
    assert curve.effective[0] == pytest.approx((40 + 200) ** 2 / (40 + 2_000))
    (low, high), (equal_low, equal_high) = (
        curve.independent_median_interval(),
        equal.independent_median_interval(),
    )
    assert high - low > equal_high - equal_low
