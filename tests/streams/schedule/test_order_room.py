"""Laws of the room for orders: what is written can be carried out, and what can be is written."""

from hypothesis import given
from hypothesis import strategies as st
from ledger_events import fold, placed, report
from msgspec import structs

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from streams.schedule.order_room import OrderRoom, Turn, room_of

START = 1_770_000_000_000
PER_MINUTE = 30


def admitted(room, turn, until, now=START, times=2_000):
    return sum(room.admits("big", turn, 1, until, now) for _ in range(times))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Turn),
            st.integers(0, 30 * MINUTE_MS),
            st.integers(20 * MINUTE_MS, 6 * HOUR_MS),
            st.integers(1, 6),
        ),
        max_size=60,
    )
)
def test_of_one_turn_no_more_is_written_than_can_be_carried_out(steps):
    """Whatever comes when, what was admitted fits in the time up to the last end of a window."""
    for turn in Turn:
        room, now, total, last = OrderRoom(2), START, 0, START
        for wanted, later, window, requests in steps:
            now += later
            if wanted is turn and room.admits("big", turn, requests, now + window, now):
                total, last = total + requests, max(last, now + window)
        assert total <= (last - START) * 2 / MINUTE_MS + 6


def test_a_burst_writes_what_there_is_room_for():
    """Of 2,000 slots with a window of 20 min, 600 are written; all others are left out."""
    room = OrderRoom(PER_MINUTE)
    until = START + 20 * MINUTE_MS
    assert admitted(room, Turn.SAMPLED, until) == 600
    assert room.left_out == 1_400
    assert admitted(room, Turn.SAMPLED, START + HOUR_MS) == 1_200


def test_the_room_comes_back_as_time_passes():
    """Ten minutes later there is room for as many as were carried out meanwhile."""
    room = OrderRoom(PER_MINUTE)
    admitted(room, Turn.SAMPLED, START + 20 * MINUTE_MS)
    later = START + 10 * MINUTE_MS
    assert admitted(room, Turn.SAMPLED, later + 20 * MINUTE_MS, later) == 300
    day = START + DAY_MS
    assert admitted(room, Turn.SAMPLED, day + 20 * MINUTE_MS, day) == 600


def test_who_goes_first_has_room_whatever_waits():
    """Slots of the rest take no room of the sample's, and none of these that of a norm's."""
    room = OrderRoom(PER_MINUTE)
    until = START + 20 * MINUTE_MS
    assert admitted(room, Turn.REST, until) == 600
    assert admitted(room, Turn.SAMPLED, until) == 600
    assert admitted(room, Turn.NORM_SLOT, until) == 600
    assert admitted(room, Turn.REST, until) == 0


def test_a_long_window_takes_no_room_of_a_short_one():
    """Six hours of daily slots that wait leave the first probes of new cases their turn."""
    room = OrderRoom(PER_MINUTE)
    admitted(room, Turn.SAMPLED, START + 6 * HOUR_MS)
    assert admitted(room, Turn.SAMPLED, START + 20 * MINUTE_MS) == 600


def test_part_of_the_partitions_has_part_of_the_room():
    """Whoever holds a quarter of the cases writes a quarter of what can be carried out."""
    room = OrderRoom(PER_MINUTE)
    room.part = 0.25
    assert admitted(room, Turn.SAMPLED, START + 20 * MINUTE_MS) == 150


def test_one_slot_is_written_however_small_the_part():
    """A hoster's only slot is polite whatever the reckoning says."""
    room = OrderRoom(1)
    room.part = 0.001
    assert room.admits("small", Turn.REST, 6, START + 20 * MINUTE_MS, START)
    assert not room.admits("small", Turn.REST, 6, START + 20 * MINUTE_MS, START)


def test_hosts_of_hosters_that_nobody_knows_share_no_room():
    """Only that they are unknown have they in common; the URLs of one host share its room."""
    state = fold(report(seen=0), placed())
    known, unknown = state.cases[0], structs.replace(state.cases[0], hoster="unknown")
    assert room_of(state, known) == "acme"
    one, same, other = (structs.replace(unknown, host=host) for host in (7, 7, 8))
    assert room_of(state, one) == room_of(state, same) != room_of(state, other)
    elsewhere = structs.replace(state, url_key="f" * 32)
    assert room_of(state, unknown) != room_of(elsewhere, unknown)
