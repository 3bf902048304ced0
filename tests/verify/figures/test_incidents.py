"""The second program's interval of a median: by hand, and equal to what is published."""

from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.incidents import coded, median_interval
from verify.figures.incidents import median_limits
from verify.figures.kaplan_meier import CaseDuration

CASES = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from([1, 3]), st.integers(0, 99)),
    max_size=60,
)


@given(CASES)
def test_both_programs_find_the_same_limits(cases):
    """Each is written from the text alone."""
    weights = sorted({weight for _, _, weight, _ in cases})
    parts = [
        (weight, sorted(coded(d, ended=e, incident=i) for d, e, w, i in cases if w == weight))
        for weight in weights
    ]
    spans = [CaseDuration(d, ended, w, (incident, 0)) for d, ended, w, incident in cases]
    assert median_limits(spans) == median_interval(parts)


def test_fewer_than_six_incidents_have_no_limits():
    """Ten cases of five hosts on a day are five observations; without hosts nothing is said."""
    assert median_limits([CaseDuration(n, True, 1, (n % 5, 20_000)) for n in range(10)]) is None
    assert median_limits([CaseDuration(n, True) for n in range(10)]) is None
    low, high = median_limits([CaseDuration(n, True, 1, (n, 20_000)) for n in range(10)])
    assert low < 5 < high


def test_what_ends_all_is_no_upper_limit():
    """Of six incidents only the last end is behind all limits of S, and there S is 0."""
    assert median_limits([CaseDuration(n, True, 1, (n, 20_000)) for n in range(6)]) == (0, None)
