"""When a URL is probed, and by when a removal must be known.

The slots are the second reading's. Which of them the monitor was there for, and what was removed
when, only the world knows.
"""

from bisect import bisect_left
from typing import Final

from schemas.moments import Instant
from sim.world.material import Material
from sim.world.outages import Outages
from verify.method_10.gone import SPAN_MS
from verify.method_10.result.timetable import SLOTS_MS

CONFIRMED_MS: Final = 2 * SPAN_MS
"""So long after a slot a removal is known: its probes need half of it, and wait their turn."""

NEVER: Final[Instant] = 1 << 62
NONE: Final = Outages()


def next_probe_ms(delay_ms: int, noticed_at: Instant = 0, outages: Outages = NONE) -> int:
    """Return the latest time after notice of the first probe at or after a delay.

    Args:
        delay_ms: from the notice on.
        noticed_at: when that was.
        outages: probes that fall into one, or whose confirmation does, are passed over.
    """
    first = max(bisect_left(SLOTS_MS, (delay_ms,)), 1)
    later = SLOTS_MS[first:] or SLOTS_MS[-1:]
    spared = (
        until_ms
        for from_ms, until_ms in later
        if outages.spare(noticed_at + from_ms, noticed_at + until_ms + CONFIRMED_MS)
    )
    return next(spared, later[-1][1])


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
    before = SLOTS_MS[: max(bisect_left(SLOTS_MS, (span_ms,)) - 1, 1)]  # the last may be shifted
    made = (
        from_ms
        for from_ms, until_ms in reversed(before)
        if outages.spare(noticed_at + from_ms, noticed_at + until_ms)
    )
    return next(made, 0)
