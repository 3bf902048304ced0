"""One URL of the practice world and the truth about it."""

from dataclasses import dataclass, field

from schemas.moments import HOUR_MS, Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A URL that a hotline reports, with everything that will happen to it.

    Attributes:
        hoster: id of the hoster that serves it.
        host, path: where it is; the URL's port is the world's.
        url: the URL as first reported.
        since_at: online from then on.
        reported_at: the first report.
        noticed_at: the first delivered notice.
        removed_at: gone from then on; None = never.
        length: size in bytes that the server states.
    """

    hoster: str
    host: str = field(repr=False)
    path: str = field(repr=False)
    url: str = field(repr=False)
    since_at: Instant
    reported_at: Instant
    noticed_at: Instant
    removed_at: Instant | None
    length: int

    def online(self, at: Instant) -> bool:
        """Return whether it is there at an instant."""
        return self.since_at <= at and (self.removed_at is None or at < self.removed_at)

    def gone(self, at: Instant) -> bool:
        """Return whether it was there and is no more."""
        return self.removed_at is not None and at >= self.removed_at

    def removal_ms(self) -> int | None:
        """Return the time from notice to removal in milliseconds; None = never."""
        return None if self.removed_at is None else self.removed_at - self.noticed_at

    def in_time(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it was gone by `as_of` and within the norm."""
        delay_ms = self.removal_ms()
        return delay_ms is not None and self.gone(as_of) and delay_ms <= norm_ms

    def late(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it was there for longer than the norm by `as_of`."""
        end = as_of if self.removed_at is None else min(as_of, self.removed_at)
        return end - self.noticed_at > norm_ms


SECTOR_NORM_MS = 24 * HOUR_MS
"""The sector's norm, the one the practice world's registry holds."""
