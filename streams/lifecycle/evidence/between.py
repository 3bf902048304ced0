"""Which of what happened did so from one instant on and before another."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

from schemas.moments import Instant

T = TypeVar("T")


def between(
    happened: Sequence[T],
    since: Instant | None,
    until: Instant | None,
    at: Callable[[T], Instant],
) -> Sequence[T]:
    """Return what happened from an instant on and before another.

    Args:
        happened: in order of time.
        since: None = from the first on.
        until: None = to the last.
        at: when one of them happened.
    """
    first = 0 if since is None else bisect_left(happened, since, key=at)
    last = len(happened) if until is None else bisect_left(happened, until, key=at)
    return happened[first:last]
