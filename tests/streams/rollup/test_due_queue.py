"""Nothing on an agenda is taken too late, and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS
from streams.rollup.due_queue import SPAN_MS, Agenda

START = 1_770_000_000_000
AFTER = st.integers(1, 40).map(lambda hours: hours * HOUR_MS) | st.integers(1, 3 * SPAN_MS)
NOTES = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), AFTER), max_size=6)


@given(st.lists(st.tuples(NOTES, AFTER), max_size=8))
def test_whatever_is_due_is_taken_and_what_is_taken_early_can_be_noted_again(steps):
    """A key is taken by the time it is due; its notes are counted until then."""
    agenda, now, noted = Agenda(START), START, []
    for notes, hours in steps:
        for key, after in notes:
            agenda.note(key, now + after)
            noted.append((key, now + after))
        now += hours
        taken = agenda.take(now)
        assert {key for key, at in noted if at <= now} <= taken
        begun = now // SPAN_MS
        assert taken <= {key for key, at in noted if at <= now or at // SPAN_MS <= begun}
        early = [(key, at) for key, at in noted if at > now and key in taken]
        noted = [(key, at) for key, at in noted if key not in taken]
        for key, at in early:
            agenda.note(key, at)
            noted.append((key, at))
        assert len(agenda) >= len(noted)


def test_what_is_near_is_taken_at_its_instant():
    """In the span that has begun nothing is taken early."""
    agenda = Agenda(START)
    agenda.note(b"a", START + 5)
    assert agenda.take(START + 4) == set()
    assert len(agenda) == 1
    assert agenda.take(START + 5) == {b"a"}
    assert len(agenda) == 0
