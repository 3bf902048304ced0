"""Laws of the windows."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import DAY_MS, HOUR_MS
from streams.rollup.windows import WIDTH_MS, Window, counts

NOW = 1_770_000_000_000


def test_a_window_takes_in_its_end_and_leaves_out_its_start():
    """(as_of - width, as_of]: what happened exactly one hour ago is over."""
    events = [NOW, NOW - HOUR_MS + 1, NOW - HOUR_MS, NOW - DAY_MS, NOW + 1]
    assert counts(events, NOW) == {
        Window.HOUR: 2,
        Window.DAY: 3,
        Window.WEEK: 4,
        Window.FOUR_WEEKS: 4,
    }


@given(st.lists(st.integers(NOW - 40 * DAY_MS, NOW + DAY_MS)), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events, chance):
    """A late event is counted where it belongs: the count is of a set, by its own times."""
    late = list(events)
    chance.shuffle(late)
    expected = {w: sum(NOW - width < at <= NOW for at in events) for w, width in WIDTH_MS.items()}
    assert counts(late, NOW) == counts(events, NOW) == expected
