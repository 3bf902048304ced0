"""The second reading's estimate of how long cases last, against sums that a hand can do."""

from fractions import Fraction

from verify.figures.kaplan_meier import CaseDuration, quantiles

HALF = [Fraction(1, 2)]


def test_without_cases_that_go_on_it_is_the_median():
    """Half of four ended by the second."""
    assert quantiles([CaseDuration(n, ended=True) for n in (4, 1, 3, 2)], HALF) == [2]


def test_cases_that_go_on_count_as_long_as_they_were_seen():
    """S falls to 3/4, then, of the two left, to 3/8."""
    spans = [
        CaseDuration(1, ended=True),
        CaseDuration(2, ended=False),
        CaseDuration(3, ended=True),
        CaseDuration(9, ended=False),
    ]
    assert quantiles(spans, [Fraction(1, 4), *HALF, Fraction(3, 4)]) == [1, 3, None]


def test_a_case_counts_as_often_as_it_stands_for():
    """One that stands for three is three."""
    many = [CaseDuration(1, ended=True, times=3), CaseDuration(2, ended=True)]
    assert quantiles(many, [Fraction(3, 4), Fraction(1)]) == [1, 2]
    single = [CaseDuration(1, ended=True)] * 3 + [CaseDuration(2, ended=True)]
    assert quantiles(many, HALF) == quantiles(single, HALF)


def test_a_share_that_is_reached_exactly_is_reached():
    """Whole numbers decide where a float comes near."""
    spans = [CaseDuration(n, ended=True) for n in range(1, 11)]
    assert quantiles(spans, [Fraction(n, 10) for n in range(1, 11)]) == list(range(1, 11))
