"""Nothing on an agenda is taken too late, and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS
from streams.rollup.due_queue import SPAN_MS, DueQueue

START = 1_770_000_000_000
AFTER = st.integers(1, 40).map(lambda hours: hours * HOUR_MS) | st.integers(1, 3 * SPAN_MS)
NOTES = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), AFTER), max_size=6)


@given(st.lists(st.tuples(NOTES, AFTER), max_size=8))
def test_whatever_is_due_is_taken_and_what_is_taken_early_can_be_noted_again(steps):
    """A key is taken by the time it is due; its notes are counted until then."""
    due_queue, now, noted = DueQueue(START), START, []
    for notes, hours in steps:
        for key, after in notes:
            due_queue.note(key, now + after)
            noted.append((key, now + after))
        now += hours
        taken = due_queue.take(now)
        assert {key for key, at in noted if at <= now} <= taken
        begun = now // SPAN_MS
        assert taken <= {key for key, at in noted if at <= now or at // SPAN_MS <= begun}
        early = [(key, at) for key, at in noted if at > now and key in taken]
        noted = [(key, at) for key, at in noted if key not in taken]
        for key, at in early:
            due_queue.note(key, at)
            noted.append((key, at))
        assert len(due_queue) >= len(noted)


def test_what_is_near_is_taken_at_its_instant():
    """In the span that has begun nothing is taken early."""
    due_queue = DueQueue(START)
    due_queue.note(b"a", START + 5)
    assert due_queue.take(START + 4) == set()
    assert len(due_queue) == 1
    assert due_queue.take(START + 5) == {b"a"}
    assert len(due_queue) == 0
