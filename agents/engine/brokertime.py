"""What the broker's clock shows at most, as far as its acknowledgements tell.

A record is appended after it was handed in. So the broker's clock showed at most the append time
when the record was handed in, however long it was on its way, and since then it has gone on as the
machine's steady clock has. A clock of the machine that shows more is ahead, and by no less.
"""

import time
from collections.abc import Callable, Iterable

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

    def at_most(self) -> Instant | None:
        """Return what the broker's clock shows at most; None = nothing is known of it."""
        return None if self._offset_ms is None else self._offset_ms + self._steady()
