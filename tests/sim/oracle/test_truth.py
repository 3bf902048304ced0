"""The truth about a hoster, by worked examples."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS
from sim.oracle.truth import median_ms, standing
from sim.world.material import Material


def item(noticed_h, removed_h):
    return Material(
        hoster="amber",
        host="pics.amber.example",
        path=f"/{noticed_h}/{removed_h}",
        url="http://pics.amber.example/",
        since_at=0,
        reported_at=noticed_h * HOUR_MS - 1,
        noticed_at=noticed_h * HOUR_MS,
        removed_at=None if removed_h is None else removed_h * HOUR_MS,
        length=1,
    )


def test_standing_counts_each_url_once():
    """Removed, open, overdue and untold URLs are what they are; the share is over matured ones."""
    found = standing(
        [item(1, 5), item(1, 40), item(1, None), item(30, 60), item(49, 55), item(60, None)],
        as_of=50 * HOUR_MS,
        told_until=49 * HOUR_MS,
    )
    assert (found.reported, found.noticed, found.removed, found.backlog) == (5, 5, 2, 3)
    assert found.overdue == 1
    assert (found.matured, found.share_24h) == (3, (1 / 3, 1 / 3))


def test_a_report_without_notice_is_reported_only():
    """Between report and notice a URL counts as reported."""
    found = standing([item(49, None)], as_of=50 * HOUR_MS, told_until=49 * HOUR_MS - 1)
    assert (found.reported, found.noticed, found.share_24h) == (1, 0, None)


def test_median_counts_the_censored():
    """Kaplan-Meier by hand: 1, 2+, 3, 4 -> S(1) = 3/4, S(3) = 3/8, so the median is 3."""
    assert median_ms([(1, True), (2, False), (3, True), (4, False)]) == 3
    assert median_ms([(1, True), (2, False), (3, False)]) is None
    assert median_ms([(5, True), (9, False)]) == 5


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=40))
def test_the_median_is_the_first_time_by_which_half_are_gone(spans):
    """By its definition, in whole numbers: also where exactly half are left."""
    left = Fraction(1)
    expected = None
    for time in range(1, 13):
        at_risk = sum(span >= time for span, _ in spans)
        ended = sum(span == time and gone for span, gone in spans)
        left *= Fraction(at_risk - ended, at_risk) if at_risk else 1
        if ended and left <= Fraction(1, 2):
            expected = time
            break
    assert median_ms(spans) == expected


def test_the_median_of_many_is_found_in_time():
    """Of 80,000 every other is watched no longer, so sqrt(1 - t / 80,000) are left at t."""
    assert median_ms([(n, n % 2 == 0) for n in range(1, 80_001)]) == 60_000
