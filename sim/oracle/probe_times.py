"""When a URL is probed, and by when a removal must be known: the oracle's own timetable."""

from bisect import bisect_left
from typing import Final

from schemas.moments import HOUR_MS, Instant
from sim.world.material import Material
from sim.world.outages import Outages

TIMETABLE_H: Final = (
    *(0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8, 11.5, 12.5, 18, 23.5, 24.5, 30, 36, 47.5, 48.5),
    *(day * 24 for day in range(3, 43)),  # daily to day 42
    *(day * 24 for day in range(49, 91, 7)),  # weekly to day 90
    *(day * 24 for day in range(120, 401, 30)),  # monthly to day 400
)
"""Hours after notice at which a URL is probed (docs/measurement.md, When it is probed), kept apart
from the code judged."""

SPREAD: Final = 0.05
"""Slots are spread by at most this share of the step."""

CONFIRMED_MS: Final = HOUR_MS
"""Three probes over 30 min confirm a removal; an hour after the slot it is known."""

NEVER: Final[Instant] = 1 << 62
NONE: Final = Outages()


def next_probe_ms(delay_ms: int, noticed_at: Instant = 0, outages: Outages = NONE) -> int:
    """Return the latest time after notice of the first probe at or after a delay.

    Args:
        delay_ms: from the notice on.
        noticed_at: when that was.
        outages: probes that fall into one, or whose confirmation does, are passed over.
    """
    first = max(bisect_left(TIMETABLE_H, delay_ms / HOUR_MS), 1)
    latest_ms = 0
    for place in range(min(first, len(TIMETABLE_H) - 2), len(TIMETABLE_H) - 1):
        before, slot, after = TIMETABLE_H[place - 1 : place + 2]
        latest_ms = int((slot + SPREAD * max(slot - before, after - slot)) * HOUR_MS)
        from_at = noticed_at + int(slot * HOUR_MS)
        if outages.spare(from_at, noticed_at + latest_ms + CONFIRMED_MS):
            break
    return latest_ms


def known_by(item: Material, outages: Outages = NONE) -> Instant:
    """Return the instant by which a removal must be confirmed; far away where there is none."""
    delay_ms = item.removal_ms()
    if delay_ms is None:
        return NEVER
    return item.clock_at + next_probe_ms(delay_ms, item.clock_at, outages) + CONFIRMED_MS


def last_probe_ms(span_ms: int, noticed_at: Instant, outages: Outages) -> int:
    """Return a time after notice by which the last probe before a span's end was, at the least.

    Args:
        span_ms: from the notice on.
        noticed_at: when that was.
        outages: probes that fall into one are passed over.
    """
    # the slot before may be spread past
    place = max(bisect_left(TIMETABLE_H, span_ms / HOUR_MS) - 2, 0)
    while place and not _made(place, noticed_at, outages):
        place -= 1
    return int(TIMETABLE_H[place] * HOUR_MS)


def _made(place: int, noticed_at: Instant, outages: Outages) -> bool:
    """Return whether the monitor was there all the time in which a slot may lie."""
    from_h, until_h = TIMETABLE_H[place : place + 2]
    return outages.spare(
        noticed_at + int(from_h * HOUR_MS),
        noticed_at + int((from_h + SPREAD * (until_h - from_h)) * HOUR_MS),
    )
