"""Which probe goes first where politeness leaves no room for all, from the highest rank down.

0. around a norm, of the sample, while it can begin within ON_TIME_MS of its slot: the soonest end
   of that time first;
1. of the sample, come on time: the soonest end of the window first;
2. of the sample, come late, after an outage: the newest slot first;
3. not of the sample: the newest slot first.

Of the last two, slots of one ON_TIME_MS are equally new, so that of a burst those that wait are not
pushed out by those that come. What lost its chance of rank 0 while it waited falls to rank 2, for
others still have theirs.
"""

from typing import Final, NamedTuple, TypeAlias

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS, Instant
from schemas.records.processing import ProbeOrder
from streams.norms.punctuality import ON_TIME_MS

_NORM_SLOT: Final = 0
_ON_TIME: Final = 1
_LATE: Final = 2
_REST: Final = 3

Rank: TypeAlias = tuple[int, int]
"""Class of rank and what decides within it; the lowest goes first."""


class QueueRequest(NamedTuple):
    """What a probe asks for.

    Attributes:
        lanes: what it asks of; the first is its hoster's.
        rank: see `rank`.
        slot_at: its planned slot.
        not_after: when it has to have begun.
    """

    lanes: tuple[str, ...]
    rank: Rank
    slot_at: Instant
    not_after: Instant


REST_WAIT_MS: Final = HOUR_MS
"""How long a probe outside a sample waits at most. A prober cannot commit past an order that waits,
and the room left goes to the newest ones anyway."""


def queue_request(order: ProbeOrder, lanes: tuple[str, ...], now: Instant) -> QueueRequest:
    """Return what an order that comes now asks for.

    Args:
        order: the order.
        lanes: what its probe asks of.
        now: when it comes.
    """
    until = order.not_after if order.sampled else min(order.not_after, now + REST_WAIT_MS)
    return QueueRequest(lanes, rank(order, now), order.slot_at, until)


def after_redirect(
    queue_request: QueueRequest, lanes: tuple[str, ...], now: Instant, until: Instant
) -> QueueRequest:
    """Return what a probe under way asks for where a redirect leads it.

    It keeps its class of rank and goes first within it, for it holds lanes of another meanwhile.

    Args:
        queue_request: what it had its turn for.
        lanes: what it asks of besides.
        now: from when.
        until: when it has to have its turn.
    """
    kind = queue_request.rank[0]
    first = until if kind in (_NORM_SLOT, _ON_TIME) else -now
    return QueueRequest(lanes, (kind, first), queue_request.slot_at, until)


def at_new_address(
    queue_request: QueueRequest, lanes: tuple[str, ...], now: Instant
) -> QueueRequest:
    """Return what a probe asks for that had its turn and found its name at another address.

    It keeps its class of rank and goes first within it: behind its equals it might find that the
    name has moved once more each time its turn comes.

    Args:
        queue_request: what it had its turn for.
        lanes: what it asks of now.
        now: from when.
    """
    kind, by = queue_request.rank
    first = {_NORM_SLOT: by, _ON_TIME: now}.get(kind, -now)
    return queue_request._replace(lanes=lanes, rank=(kind, first))


def rank(order: ProbeOrder, now: Instant) -> Rank:
    """Return the rank of an order that comes now."""
    newest_first = _age(order.slot_at)
    if not order.sampled:
        return _REST, newest_first
    by = order.slot_at + ON_TIME_MS
    if now > by:
        return _LATE, newest_first
    if order.bracket and order.target is Target.URL:
        return _NORM_SLOT, by
    return _ON_TIME, order.not_after


def _age(slot_at: Instant) -> int:
    return -(slot_at // ON_TIME_MS)


def rank_once_late(rank: Rank, slot_at: Instant, now: Instant) -> Rank | None:
    """Return the rank of a probe that lost its chance while it waited; None = it did not."""
    kind, by = rank
    return (_LATE, _age(slot_at)) if kind == _NORM_SLOT and by < now else None
