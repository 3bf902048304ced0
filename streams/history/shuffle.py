"""A history's records in other orders and batches: the state must have the same bytes."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from schemas.codec import STATE
from schemas.identity.ids import fraction
from streams import lifecycle
from streams.history.made_probe import URL_KEY
from streams.lifecycle.events.event_union import Happened

_BATCHES_MAX: Final = 8
"""The largest number of batches that an order is cut into, beside one record a batch."""


def disagreeing(happened: Sequence[Happened], times: int) -> list[int]:
    """Return the numbers of those orders whose state differs from that of one batch.

    Each order is drawn by its number: what differs once differs again. The state is stored and
    decoded between batches. Every third order has one record a batch.

    Args:
        happened: the records.
        times: how many orders.
    """
    if not happened:
        return []
    whole = STATE.encode(lifecycle.advance(URL_KEY, None, happened))
    return [number for number in range(times) if folded(happened, number) != whole]


def folded(happened: Sequence[Happened], number: int) -> bytes:
    """Return the bytes of the state after the records in the order of that number."""
    order = sorted(range(len(happened)), key=lambda n: fraction("order", number, n))
    value: bytes | None = None
    for batch in _batches(order, number):
        value = lifecycle.update_record(URL_KEY, value, [happened[n] for n in batch]).record_value
    return value or b""


def _batches(order: Sequence[int], number: int) -> list[Sequence[int]]:
    if number % 3 == 0:
        return [[n] for n in order]
    cuts = {round(fraction("cut", number, k) * len(order)) for k in range(number % _BATCHES_MAX)}
    bounds = sorted({0, *cuts, len(order)})
    return [order[a:b] for a, b in pairwise(bounds)]
