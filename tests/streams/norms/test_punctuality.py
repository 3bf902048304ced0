"""Probes around the norms: which count, which are due, which were missed."""

import pytest
from cases import at, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from schemas.closed_lists import CaseClass
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.case import Phase
from schemas.records.case_observations import ALL_SLOTS, SLOTS, NormProbes
from streams.norms.punctuality import (
    HOURS,
    ON_TIME_MS,
    RANGES_MS,
    norm_slots,
    slot_on_time,
    unplanned,
)
from streams.schedule.slots import slots

NOTICED_AT = at(0)

SLOT_BITS = st.integers(0, ALL_SLOTS)


def test_brackets_are_slots_of_the_timetable() -> None:
    """Each is one, with the slot that follows it; those of a case lie in their ranges."""
    assert HOURS == (0.9, 1.1, 11.5, 12.5, 23.5, 24.5, 47.5, 48.5)
    for number in range(200):
        planned = [s.at for s in slots(case(number=number, noticed=0)) if s.at < at(50)]
        for first, last in RANGES_MS:
            inside = [slot for slot in planned if first <= slot - NOTICED_AT <= last]
            assert len(inside) == 1


def test_every_norm_stands_between_two() -> None:
    """An hour, 12, 24 and 48: one norm slot ends before it and one begins after it."""
    for norm_h, i in zip((1, 12, 24, 48), range(0, SLOTS, 2), strict=True):
        assert RANGES_MS[i][1] + ON_TIME_MS <= norm_h * HOUR_MS < RANGES_MS[i + 1][0]


@pytest.mark.parametrize("i", range(SLOTS))
def test_a_probe_on_time_is_one_within_five_minutes_of_a_slot_in_the_range(i: int) -> None:
    """Slot and sending each have their bounds."""
    first, last = RANGES_MS[i]
    for after in (first, last):
        assert slot_on_time(NOTICED_AT, NOTICED_AT + after, 0) == 1 << i
        assert slot_on_time(NOTICED_AT, NOTICED_AT + after, ON_TIME_MS) == 1 << i
        assert slot_on_time(NOTICED_AT, NOTICED_AT + after, ON_TIME_MS + 1) == 0
    assert slot_on_time(NOTICED_AT, NOTICED_AT + first - 1, 0) == 0
    assert slot_on_time(NOTICED_AT, NOTICED_AT + last + 1, 0) == 0


def test_no_slot_is_planned_where_it_is_gone_or_was_not_known() -> None:
    """After an end, in doubt and before the notice came there is nothing to miss."""
    online = Phase(at(0), CaseClass.ONLINE)
    assert unplanned(NOTICED_AT, at(0), [online]) == 0
    assert unplanned(NOTICED_AT, at(2), [online]) == 0b11
    ended = [online, Phase(at(12), CaseClass.REMOVED), Phase(at(24), CaseClass.ONLINE)]
    assert unplanned(NOTICED_AT, at(0), ended) == 0b11000
    barred = [online, Phase(at(0.5), CaseClass.DOUBTED), Phase(at(12), CaseClass.UNAVAILABLE)]
    assert unplanned(NOTICED_AT, at(0), barred) == 0b111
    assert unplanned(NOTICED_AT, at(0), [Phase(at(13), CaseClass.ONLINE)]) == 0b1111


@given(probed=SLOT_BITS, left_out=SLOT_BITS, hours=st.floats(0, 60))
def test_what_is_missed_was_due_planned_and_not_probed(
    probed: int, left_out: int, hours: float
) -> None:
    """Counted norm slot by norm slot; with time nothing that was missed is missed no more."""
    one = structs.replace(case(noticed=0), norm_probes=NormProbes(probed, left_out))
    due = missed = 0
    for i, (_, last) in enumerate(RANGES_MS):
        if NOTICED_AT + last + ON_TIME_MS <= at(hours):
            was_probed, was_planned = probed >> i & 1, not left_out >> i & 1
            due += bool(was_probed or was_planned)
            missed += was_planned and not was_probed
    assert norm_slots(one, at(hours)) == (due, missed)
    later = norm_slots(one, at(hours) + 30 * MINUTE_MS)
    assert (later.due >= due, later.not_on_time >= missed) == (True, True)


def test_a_case_without_a_notice_has_none() -> None:
    """Norms run from a notice."""
    one = structs.replace(case(CaseClass.AWAITING, noticed=None), norm_probes=NormProbes())
    assert norm_slots(one, at(100)) == (0, 0)
