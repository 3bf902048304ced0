"""Instants: the one representation of time past the edge.

A hotline writes RFC 3339 times with a zone; everything hostwatch writes itself is an `Instant`,
whole milliseconds since 1970-01-01T00:00:00Z. A fold over millions of events compares and subtracts
times far more often than anybody reads one. Names of instants end in `_at`, names of durations in
their unit (`_s`, `_ms`).
"""

from datetime import UTC, datetime
from typing import Final, TypeAlias

Instant: TypeAlias = int
"""Milliseconds since the Unix epoch, UTC."""

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(moment: datetime) -> Instant:
    """Turn an aware datetime into an instant, cutting below the millisecond.

    Raises:
        ValueError: the datetime carries no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000 + delta.microseconds // 1_000


def moment(at: Instant) -> datetime:
    """Turn an instant into an aware datetime in UTC."""
    seconds, ms = divmod(at, 1_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=ms * 1_000)


def rfc3339(at: Instant) -> str:
    """Write an instant the way RFC 3339 does, to the second."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")
