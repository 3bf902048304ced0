"""The timetable: how many hours after a notice, or after an end, a case is probed.

See docs/measurement.md, When it is probed.

Whatever plans probes, or judges whether one was made on time, takes its hours from here.
"""

from bisect import bisect_right
from typing import Final

TIMETABLE_H: Final = (
    0,
    0.25,
    0.5,
    0.9,
    1.1,
    2,
    4,
    8,
    11.5,
    12.5,
    18,
    23.5,
    24.5,
    30,
    36,
    47.5,
    48.5,
    72,
    *(24 * day for day in range(4, 43)),
    *(24 * day for day in range(49, 91, 7)),
    *(24 * day for day in range(120, 401, 30)),
)  # fmt: skip - a line for hours, days, weeks and months each
"""Hours after the notice: dense around the norms, daily to day 42, weekly to 90, monthly to 400."""

DAILY_UNTIL_H: Final = 24 * 42
"""The last daily slot."""

RETURN_H: Final = 168
"""Hours after R within which what is seen again is the same case."""

AFTER_REMOVAL_H: Final = (1, 3, 7, 14, 23, 48, 72, 120, 163.2, 336, 720, 2_160)
"""Hours after R: does it come back? The slot at 6.8 d is the last probe within RETURN_H."""

LAST_PROBE_ROOM_H: Final = 2
"""Between the last slot within RETURN_H and its end: a probe that waits its turn is still in it."""

NORMS_BETWEEN_SLOTS_H: Final = (1, 12, 24, 48)
"""Hours that stand between two slots close to them: usual norms. The registry may list others."""

NO_JITTER_H: Final = (*NORMS_BETWEEN_SLOTS_H, RETURN_H)
"""No jitter moves a slot across these, or across the 7 d of a return."""

JITTER: Final = 0.05
"""The jitter of a slot is at most this part of the step to the next slot."""

ORDER_MARGIN: Final = 0.05
"""An order's own term T has slots this part of T before it ends, and as long after it."""

ORDER_JITTER: Final = ORDER_MARGIN * JITTER * 2
"""Jitter of the two slots of an order, as part of its term: the step between them is 10 % of it."""

JITTER_UNSAMPLED: Final = 0.9
"""Jitter of slots of cases outside their hoster's sample, as part of the step, unless the step
crosses one of NORMS_BETWEEN_SLOTS_H. It is wide, so that they use whatever room a day has left."""

_SENT_H: Final = 0.1
"""How long after its slot a probe that is on time may be answered: 6 min."""


def cell_of(took_h: float, *, is_found: bool = True) -> tuple[float, float]:
    """Return the two slots between which a removal time lies.

    A probe at a slot finds what went since the one before. What was found between two slots, by a
    probe in doubt or a person, lies between these. What a probe at a slot saw for the last time
    went after it.

    Args:
        took_h: hours from the notice.
        is_found: it was found gone then; else it was seen then for the last time.
    """
    place = max(0, bisect_right(TIMETABLE_H, took_h) - 1)
    slot_h, next_h = (*TIMETABLE_H, 24 * 400)[place : place + 2]
    if is_found and took_h <= slot_h + JITTER * (next_h - slot_h) + _SENT_H and place:
        return TIMETABLE_H[place - 1], slot_h
    return slot_h, next_h
