"""What the broker's clock shows, as far as its acknowledgements tell.

A record is appended after it was handed in and before it is acknowledged. So the broker's clock
showed at most the append time when the record was handed in, and at least that time when its
acknowledgement came. This holds however long both were on their way. Since then the broker's clock
has gone on as the machine's steady clock has. A clock of the machine that shows more is ahead, one
that shows less is behind.
"""

import time
from collections.abc import Callable, Iterable

from agents.clock import Clock
from schemas.moments import Instant

_NONE_MS = -1
"""What stands in place of an append time where a topic has none."""


def steady_ms() -> int:
    """Return milliseconds of the clock that nobody sets and that runs while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class BrokerTime:
    """Takes acknowledgements in, and tells.

    Args:
        steady: the steady clock, milliseconds.
    """

    def __init__(self, steady: Callable[[], int] = steady_ms) -> None:
        """Know nothing before the first acknowledgement."""
        self._steady = steady
        self._offset_ms: int | None = None
        self._least_offset_ms: int | None = None

    def handed_in(self) -> int:
        """Return the moment at which records are about to be handed in, for `acknowledged`."""
        return self._steady()

    def acknowledged(self, handed_in_ms: int, appended_at: Iterable[Instant]) -> None:
        """Take in when records were appended.

        Of several brokers the one whose clock shows most decides: that all of them are behind is
        less likely than that one is.

        Args:
            handed_in_ms: see `handed_in`.
            appended_at: by the broker's clock.
        """
        latest_at = max(appended_at, default=_NONE_MS)
        if latest_at > _NONE_MS:
            self._offset_ms = latest_at - handed_in_ms
            self._least_offset_ms = latest_at - self._steady()

    def at_most(self) -> Instant | None:
        """Return what the broker's clock shows at most; None = nothing is known of it."""
        return None if self._offset_ms is None else self._offset_ms + self._steady()

    def at_least(self) -> Instant | None:
        """Return the newest append time and what went by since; None = nothing is known of it."""
        return None if self._least_offset_ms is None else self._least_offset_ms + self._steady()

    def apart_ms(self, shown_ms: int) -> int | None:
        """Return how far a clock is from the broker's: 0 = not, as far as can be told.

        Args:
            shown_ms: what it shows, in wall time.

        Returns:
            Positive if it is ahead, negative if it is behind; None = nothing is known.
        """
        least, most = self.at_least(), self.at_most()
        if least is None or most is None:
            return None
        return max(shown_ms - most, 0) + min(shown_ms - least, 0)


class BrokerClock(Clock):
    """World time by the broker's clock, whatever the machine's shows.

    Args:
        clock: maps wall time to world time; asked for the time until the broker's is known.
        time: what is known of the broker's.
    """

    __slots__ = ("_time",)
    _time: BrokerTime

    def __init__(self, clock: Clock, time: BrokerTime) -> None:
        """Take the other clock's world."""
        super().__init__(clock.start_wall_ms, clock.start_world_ms, clock.speed)
        object.__setattr__(self, "_time", time)

    def now(self) -> Instant:
        """Return the newest append time and what went by since, in world time."""
        shown_ms = self._time.at_least()
        return super().now() if shown_ms is None else self.world(shown_ms)
