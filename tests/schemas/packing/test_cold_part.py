"""The cold part of a packed state: read by itself, and kept as it is."""

import pytest
from ledger_events import BOTH, ONLINE, fold, notice, place, placed, report, slots
from msgspec.structs import replace

from schemas import packing
from schemas.codec import STATE, Rejected
from schemas.packing import CaseName, state_record
from schemas.packing.cold_part import cold_part_bytes, read_case_names

STATE_HELD = fold(report(seen=0), placed(), notice(1), slots([2, 3], ONLINE, BOTH))


def owned_by(owner: str):
    (case,) = STATE_HELD.cases
    return replace(STATE_HELD, cases=(replace(case, group=owner),))


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


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(fold(report()), id="none"),
        pytest.param(STATE_HELD, id="one"),
        pytest.param(owned_by("o" * 40), id="one, the longest owner"),
        pytest.param(owned_by("o" * 400), id="one, longer than the beginning that is read"),
        pytest.param(owned_by('o"\\\u00eb'), id="one, written with escapes"),
        pytest.param(fold(report(), placed(0, place(), place("other"))), id="two"),
    ],
)
def test_names_of_cases_are_those_of_the_whole(state):
    """However many there are, and however long their owners are."""
    said = tuple(CaseName(case.case_id, case.group) for case in state.cases)
    assert read_case_names(cold_part_bytes(state, None, None), len(said)) == said


def test_another_number_of_names_than_of_cases_is_refused():
    """The parts of such a record are of two states."""
    raw = cold_part_bytes(STATE_HELD, None, None)
    with pytest.raises(state_record.DECODE_ERRORS):
        read_case_names(raw, 2)
    with pytest.raises(state_record.DECODE_ERRORS):
        read_case_names(cold_part_bytes(fold(report()), None, None), 1)
