"""Laws of the timetable: its hours rise, and each norm stands between two slots close to it."""

from bisect import bisect
from itertools import pairwise

import pytest

from streams.timetable import (
    AFTER_REMOVAL_H,
    DAILY_UNTIL_H,
    NORMS_BETWEEN_SLOTS_H,
    TIMETABLE_H,
    cell_of,
)


@pytest.mark.parametrize("hours", [TIMETABLE_H, AFTER_REMOVAL_H])
def test_the_timetable_plans_no_slot_twice(hours: tuple[float, ...]) -> None:
    """No slot is planned twice, and none before the one that stands in front of it."""
    assert all(earlier < later for earlier, later in pairwise(hours))


@pytest.mark.parametrize("norm_h", NORMS_BETWEEN_SLOTS_H)
def test_a_norm_lies_close_between_two_slots(norm_h: int) -> None:
    """What a norm's verdict rests on are probes at most half an hour from it; none is at it."""
    place = bisect(TIMETABLE_H, norm_h)
    before, after = TIMETABLE_H[place - 1 : place + 1]
    assert norm_h - 0.5 <= before < norm_h < after <= norm_h + 0.5


def test_slots_are_daily_up_to_the_last_daily_one() -> None:
    """From the third day to day 42 every day has a slot, and the next one comes a week later."""
    last = TIMETABLE_H.index(DAILY_UNTIL_H)
    assert TIMETABLE_H[TIMETABLE_H.index(72) : last + 1] == tuple(range(72, DAILY_UNTIL_H + 1, 24))
    assert TIMETABLE_H[last + 1] == DAILY_UNTIL_H + 24 * 7


@pytest.mark.parametrize(
    ("found_h", "cell"),
    [
        (11.52, (8, 11.5)),
        (11.5, (8, 11.5)),
        (12, (11.5, 12.5)),
        (0.01, (0, 0.25)),
        (24.6, (23.5, 24.5)),
        (97, (72, 96)),
        (9_999, (9_360, 9_600)),
    ],
)
def test_a_removal_lies_in_a_cell_of_the_timetable(
    found_h: float, cell: tuple[float, float]
) -> None:
    """What a slot found went since the one before; what was found between two lies between them."""
    assert cell_of(found_h) == cell


@pytest.mark.parametrize(
    ("seen_h", "cell"), [(8, (8, 11.5)), (8.05, (8, 11.5)), (9, (8, 11.5)), (0.01, (0, 0.25))]
)
def test_what_was_seen_at_a_slot_went_after_it(seen_h: float, cell: tuple[float, float]) -> None:
    """However far the slot is shifted."""
    assert cell_of(seen_h, is_found=False) == cell
