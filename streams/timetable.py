"""The timetable: how many hours after a notice, or after an end, a case is probed.

See docs/measurement.md, When it is probed.

Whatever plans probes, or judges whether one was made on time, takes its hours from here.
"""

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
"""The last daily slot. No norm is longer."""

AFTER_REMOVAL_H: Final = (1, 3, 7, 14, 23, 48, 72, 168, 336, 720, 2_160)
"""Hours after R: does it come back?"""

NORMS_H: Final = (1, 12, 24, 48)
"""The norms. Each stands between two slots that are close to it."""

UNSPREAD_H: Final = (*NORMS_H, 168)
"""No slot is spread across these: the norms, and the 7 d of a return."""

SPREAD: Final = 0.05
"""Slots are spread over at most this part of the step to the next slot."""

SPREAD_REST: Final = 0.9
"""The same for cases outside their hoster's sample, where no norm lies in it: they get what room is
left, and there is more of it in a day than in its twentieth."""
