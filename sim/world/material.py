"""One URL of the practice world and the truth about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.moments import HOUR_MS, Instant

Absence: TypeAlias = tuple[Instant, Instant | None]
"""Not there from one instant until another; None = for good."""

SECTOR_NORM_MS = 24 * HOUR_MS
"""The sector's norm, the one the practice world's registry holds."""

FEED_DELAY_MS = HOUR_MS
"""How long a feed delays notices at most; dated back by more they count from received_at."""


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
        back_at: after a removal, there again from then on; None = it is not put back.
        gaps: shorter absences than a removal, in order; before any removal.
        second: id of the hoster that serves it in the gaps, or from `moved_at` on; empty = nobody
            does.
        moved_at: its name leads to the second hoster from then on; None = it stays.
        leaves: the second hoster is another owner's, so it is gone from the first.
        through: id of the proxy that passes it on; empty = none does.
        length: size in bytes that the server states.
        report_late_ms, notice_late_ms: how long report and notice are on their way to the monitor.
        feed_delay_ms: how long the hotline's feed is registered to take at most.
        withdrawn_at: when the hotline takes its report back; None = it does not.
        order_s: the notice is an order with this term in seconds; None = it is none.
    """

    hoster: str
    host: str = field(repr=False)
    path: str = field(repr=False)
    url: str = field(repr=False)
    since_at: Instant
    reported_at: Instant
    noticed_at: Instant
    removed_at: Instant | None
    back_at: Instant | None = None
    gaps: tuple[tuple[Instant, Instant], ...] = ()
    second: str = ""
    moved_at: Instant | None = None
    leaves: bool = False
    through: str = ""
    length: int
    report_late_ms: int = 0
    notice_late_ms: int = 0
    feed_delay_ms: int = FEED_DELAY_MS
    withdrawn_at: Instant | None = None
    order_s: int | None = None

    @property
    def heard_at(self) -> Instant:
        """When the monitor is told that it was reported."""
        return self.reported_at + self.report_late_ms

    @property
    def told_at(self) -> Instant:
        """When the monitor is told of the notice."""
        return self.noticed_at + self.notice_late_ms

    @property
    def clock_at(self) -> Instant:
        """When its clock begins: with the notice, unless that is dated back too far.

        The second reading takes from the ledger what intake judged of it, so the world says it.
        """
        return self.told_at if self.notice_late_ms > self.feed_delay_ms else self.noticed_at

    def withdrawn(self, at: Instant) -> bool:
        """Return whether its report was withdrawn by an instant."""
        return self.withdrawn_at is not None and self.withdrawn_at <= at

    def cancelled(self, at: Instant) -> bool:
        """Return whether its report was withdrawn by an instant, and not after its removal."""
        return self.withdrawn(at) and not self.gone(self.withdrawn_at or 0)

    def gone_untold(self) -> bool:
        """Return whether it was removed before its clock began, so that nothing is asked of it."""
        return self.removed_at is not None and self.removed_at <= self.clock_at

    def matured(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether a norm had run out by `as_of`, and it had not left before that."""
        ends = [at for at in (as_of, self.left_at) if at is not None]
        return self.clock_at + norm_ms <= min(ends)

    @property
    def left_at(self) -> Instant | None:
        """When it left its hoster for another owner's; None = it stays, or was removed first."""
        moved_at, removed_at = self.moved_at, self.removed_at
        if not self.leaves or moved_at is None:
            return None
        return None if removed_at is not None and removed_at <= moved_at else moved_at

    def left(self, at: Instant) -> bool:
        """Return whether it is at another owner's hoster."""
        return self.left_at is not None and self.left_at <= at

    def absences(self) -> Iterator[Absence]:
        """Yield when it is not at its hoster, in order."""
        yield from self.gaps
        if self.left_at is not None:
            yield self.left_at, None
        if self.removed_at is not None:
            yield self.removed_at, self.back_at

    def absent(self, at: Instant) -> Absence | None:
        """Return the absence that an instant lies in; None = it is there, or not there yet."""
        return next((a for a in self.absences() if a[0] <= at and not (a[1] and a[1] <= at)), None)

    def away(self, at: Instant) -> bool:
        """Return whether the second hoster has it at an instant, or in a gap nobody."""
        if self.moved_at is not None and self.moved_at <= at:
            return True
        return any(begun_at <= at < ended_at for begun_at, ended_at in self.gaps)

    def serves(self, hoster: str, at: Instant) -> bool:
        """Return whether a hoster serves it at an instant."""
        away = self.away(at)
        if hoster in (self.hoster, self.through):
            return not away and self.online(at)
        return hoster == self.second and away and not self.gone(at)

    def online(self, at: Instant) -> bool:
        """Return whether it is there at an instant."""
        return self.since_at <= at and self.absent(at) is None

    def shown(self, at: Instant) -> bool:
        """Return whether its URL shows it at an instant, at whichever hoster."""
        elsewhere = bool(self.second) and self.serves(self.second, at)
        return elsewhere or self.serves(self.hoster, at)

    def gone(self, at: Instant) -> bool:
        """Return whether it was removed and is not back."""
        removed_at, back_at = self.removed_at, self.back_at
        return removed_at is not None and removed_at <= at and not (back_at and back_at <= at)

    def back(self, at: Instant) -> bool:
        """Return whether it was removed and is there again."""
        return self.back_at is not None and self.back_at <= at

    def removal_ms(self) -> int | None:
        """Return the time from the clock to the removal in milliseconds; None = never."""
        return None if self.removed_at is None else self.removed_at - self.clock_at

    def in_time(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it was removed by `as_of` and within the norm; a return undoes nothing."""
        removed_at = self.removed_at
        if removed_at is None or removed_at > as_of:
            return False
        return removed_at - self.clock_at <= norm_ms

    def late(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it was there for longer than the norm by `as_of`."""
        ends = [at for at in (as_of, self.removed_at, self.left_at) if at is not None]
        return min(ends) - self.clock_at > norm_ms

    def there_past(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it is there past the norm, still or again."""
        is_there = not (self.gone(as_of) or self.left(as_of))
        return is_there and as_of - self.clock_at > norm_ms

    def overdue(self, norm_ms: int, as_of: Instant) -> bool:
        """Return whether it is there still past the norm.

        After a return no norm runs until a notice is delivered anew.
        """
        return self.there_past(norm_ms, as_of) and not self.back(as_of)
