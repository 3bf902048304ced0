"""Which orders of a prober are being located: how many, and that few lie outside a sample."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from schemas.records.processing import ProbeOrder
from schemas.records.reports import HosterId

RESOLVING_MAX: Final = 256
"""Orders outside its sample that may be located at once for one hoster: a second's worth of what
name servers are asked, so that a burst of new names keeps nobody from being located."""


class OrdersBeingResolved:
    """Counts the orders that are being located, by hoster and whether they are of its sample."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._found: Counter[tuple[HosterId, bool]] = Counter()

    def is_full(self, order: ProbeOrder) -> bool:
        """Return whether an order lies outside a sample and no more of these are to be located."""
        return not order.sampled and self._found[order.hoster, False] >= RESOLVING_MAX

    def ahead(self, order: ProbeOrder) -> int:
        """Return how many of its hoster's orders are being located and will go before an order."""
        outside = 0 if order.sampled else self._found[order.hoster, False]
        return self._found[order.hoster, True] + outside

    @contextmanager
    def of(self, order: ProbeOrder) -> Iterator[None]:
        """Count an order while it is being located."""
        kind = order.hoster, order.sampled
        self._found[kind] += 1
        try:
            yield
        finally:
            self._found[kind] -= 1
            if not self._found[kind]:
                del self._found[kind]
