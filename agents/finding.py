"""Which orders of a prober are being located outside their hoster's sample, so that few are."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from schemas.flow import ProbeOrder
from schemas.ledger import HosterId

FINDING_MAX: Final = 256
"""Orders outside its sample that may be located at once for one hoster: a second's worth of what
name servers are asked, so that a burst of new names keeps nobody from being located."""


class Finding:
    """Counts, by hoster, the orders outside its sample that are being located."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._found: Counter[HosterId] = Counter()

    def is_full(self, hoster: HosterId) -> bool:
        """Return whether no more of a hoster's orders outside its sample are to be located now."""
        return self._found[hoster] >= FINDING_MAX

    @contextmanager
    def of(self, order: ProbeOrder) -> Iterator[None]:
        """Count an order while it is being located; one of the sample is not counted."""
        if order.sampled:
            yield
            return
        self._found[order.hoster] += 1
        try:
            yield
        finally:
            self._found[order.hoster] -= 1
            if not self._found[order.hoster]:
                del self._found[order.hoster]
