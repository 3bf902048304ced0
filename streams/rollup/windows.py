"""What happened in the last hour, day, week and four weeks, in event time.

A window ends at `as_of` and takes in what happened in (as_of - width, as_of], whenever it
became known: an event that arrives late is counted where it belongs the next time figures are
made, because nothing is summed up on its way.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, Instant
from streams.statistics.sorted_multiset import SortedMultiset


class Window(StrEnum):
    """The widths that are published, narrowest first."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    FOUR_WEEKS = "28d"


class WindowEvent(StrEnum):
    """What is counted in windows."""

    REPORTED = "reported"
    NOTICED = "noticed"
    REMOVED = "removed"
    REAPPEARED = "reappeared"
    LATE = "late"  # at the instant the norm ran out, for cases whose verdict is late


WIDTH_MS: Final[dict[Window, int]] = {
    Window.HOUR: HOUR_MS,
    Window.DAY: DAY_MS,
    Window.WEEK: 7 * DAY_MS,
    Window.FOUR_WEEKS: 28 * DAY_MS,
}

WIDEST_MS: Final = max(WIDTH_MS.values())


def counts(events: Iterable[Instant], as_of: Instant) -> dict[Window, int]:
    """Count events in every window that ends at `as_of`; later ones are not yet counted."""
    held = SortedMultiset()
    for at in events:
        held.change(at, 1)
    return counted(held, as_of)


def counted(events: SortedMultiset, as_of: Instant) -> dict[Window, int]:
    """Count events that are held in a multiset."""
    now = events.up_to(as_of)
    return {window: now - events.up_to(as_of - width) for window, width in WIDTH_MS.items()}
