"""The cold part of a packed state: read by itself, and kept as it is."""

import pytest
from ledger_events import BOTH, ONLINE, fold, notice, placed, report, slots
from msgspec.structs import replace

from schemas import packing
from schemas.codec import STATE, Rejected

STATE_HELD = fold(report(seen=0), placed(), notice(1), slots([2, 3], ONLINE, BOTH))


def test_it_says_all_that_the_hot_part_does_not():
    """Read by itself it gives the state without cases, probes and what is expected of them."""
    cold = STATE.cold_part(packing.cold_part_of(STATE.encode(STATE_HELD)))
    hot = ("fingerprints", "tracks", "cases", "newest_at", "evaluated_by", "expectations")
    assert replace(cold.state, **{name: getattr(STATE_HELD, name) for name in hot}) == STATE_HELD
    assert len(cold.cases) == len(STATE_HELD.cases)


def test_a_state_is_opened_alike_whether_it_was_read_before():
    """Who read it before saves time and changes nothing."""
    raw = STATE.encode(STATE_HELD)
    cold, hot = STATE.cold_part(packing.cold_part_of(raw)), STATE.hot(raw)
    decoded = STATE.decode_before(raw, hot, cold)
    assert decoded == STATE.decode_before(raw, hot)
    assert STATE.encode_after(STATE_HELD, decoded) == raw


def test_what_is_damaged_is_refused():
    """Bytes that are none raise what every damaged record raises."""
    with pytest.raises(Rejected):
        STATE.cold_part(b"\0\0\0\1")
