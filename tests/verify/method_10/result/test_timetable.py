"""Laws of the second reading's timetable (rules 7.1, 7.5 and 7.7)."""

from itertools import pairwise

from schemas.moments import DAY_MS, HOUR_MS
from streams.timetable import NORMS_BETWEEN_SLOTS_H, TIMETABLE_H
from verify.method_10.result.timetable import BESIDE_NORMS_MS, DAILY_SLOTS_MS, HOURS, SLOTS_MS


def test_both_readings_have_one_timetable():
    """Each was written from the document by itself."""
    assert HOURS == TIMETABLE_H


def test_a_shift_is_a_twentieth_of_the_step_and_leads_across_no_norm():
    """A slot begins at its hour, and may lie so much later."""
    assert len(SLOTS_MS) == len(HOURS) - 1
    for (from_ms, until_ms), (at, later) in zip(SLOTS_MS, pairwise(HOURS), strict=True):
        assert from_ms == round(at * HOUR_MS)
        assert until_ms == round((at + (later - at) / 20) * HOUR_MS)
        assert not any(from_ms < hours * HOUR_MS <= until_ms for hours in NORMS_BETWEEN_SLOTS_H)


def test_slots_around_a_norm_are_at_most_a_day_apart():
    """Of a longer norm nobody can say that it was hidden."""
    assert SLOTS_MS[: len(DAILY_SLOTS_MS)] == DAILY_SLOTS_MS
    assert max(later - at for (at, _), (later, _) in pairwise(DAILY_SLOTS_MS)) == DAY_MS
    assert DAILY_SLOTS_MS[-1][0] == 41 * DAY_MS  # the step behind it is a day, too


def test_each_norm_has_a_slot_on_either_side():
    """They are the ones that are asked whether somebody probed on time."""
    for hours in NORMS_BETWEEN_SLOTS_H:
        near = [slot for slot in BESIDE_NORMS_MS if abs(slot[0] - hours * HOUR_MS) <= HOUR_MS]
        assert [from_ms < hours * HOUR_MS for from_ms, _ in near][:2] == [True, False]
    assert len(BESIDE_NORMS_MS) == 2 * len(NORMS_BETWEEN_SLOTS_H)
