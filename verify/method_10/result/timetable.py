"""The timetable after a notice, and by how much a slot may be shifted (rules 7.1 and 7.5)."""

from itertools import pairwise
from typing import Final

from schemas.moments import DAY_MS, MINUTE_MS

HOURS: Final = (
    *(0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8, 11.5, 12.5, 18, 23.5, 24.5, 30, 36, 47.5, 48.5, 72),
    *(24 * day for day in range(4, 43)),
    *(24 * day for day in range(49, 91, 7)),
    *(24 * day for day in range(120, 401, 30)),
)
"""Hours after the notice: daily to day 42, weekly to day 90, monthly to day 400."""

SPREAD_ONE_IN: Final = 20
"""A slot is shifted by at most this part of the step to the next one."""

_MINUTES: Final = tuple(round(60 * hours) for hours in HOURS)

SLOTS_MS: Final = tuple(
    (at * MINUTE_MS, at * MINUTE_MS + (later - at) * MINUTE_MS // SPREAD_ONE_IN)
    for at, later in pairwise(_MINUTES)
)
"""From when until when after the notice each slot may lie; of the last one no shift is known."""

DAILY_SLOTS_MS: Final = tuple(slot for slot in SLOTS_MS if slot[0] < 42 * DAY_MS)
"""Those of them that may lie around a norm."""

BESIDE_NORMS_MS: Final = tuple(
    slot
    for hours, slot in zip(HOURS, SLOTS_MS, strict=False)
    if hours in (0.9, 1.1, 11.5, 12.5, 23.5, 24.5, 47.5, 48.5)
)
"""The slots right before and after 1, 12, 24 and 48 h (rule 7.7)."""
