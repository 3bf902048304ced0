"""Renders for Prometheus how old the newest signed root of the ledger is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.key_instruments import NEWEST_ROOT
from schemas.moments import SECOND_MS, Instant


@dataclass(frozen=True, slots=True, eq=False)
class RootCollector(Collector):
    """Renders it at each scrape.

    Attributes:
        newest_at: gives the end of the newest hour with a root; None = there is none.
    """

    newest_at: Callable[[], Instant | None]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give the time; 0 if there is no root, so that a ledger without any alerts nobody."""
        newest = GaugeMetricFamily(NEWEST_ROOT.name, NEWEST_ROOT.help)
        newest.add_metric((), (self.newest_at() or 0) / SECOND_MS)
        yield newest
