"""Renders for Prometheus how long a proposed decision waits for a second person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.key_instruments import PROPOSAL_WAITING
from schemas.moments import SECOND_MS, Instant


@dataclass(frozen=True, slots=True, eq=False)
class ProposalCollector(Collector):
    """Renders it at each scrape.

    Attributes:
        oldest_at: gives when the oldest of those that wait was proposed; None = none waits.
    """

    oldest_at: Callable[[], Instant | None]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give the time; 0 if none waits, so that the alert is over."""
        waiting = GaugeMetricFamily(PROPOSAL_WAITING.name, PROPOSAL_WAITING.help)
        waiting.add_metric((), (self.oldest_at() or 0) / SECOND_MS)
        yield waiting
