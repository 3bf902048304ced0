"""What a process asked name servers and address databases, for Prometheus.

Counters since the start of the process. Answers that were still remembered were not asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks


@dataclass(frozen=True, slots=True, eq=False)
class LookupCollector(Collector):
    """Gives the metrics that a resolver and the databases keep.

    Attributes:
        asked: gives the resolver; None = no name server is asked.
        networks: the address databases.
    """

    asked: Callable[[], Resolver | None]
    networks: Networks

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every result, at 0 too; nothing of what is not asked."""
        resolver = self.asked()
        if resolver is not None:
            yield from resolver.lookups.collect()
            yield from resolver.took.collect()
        yield from self.networks.lookups.collect()
        yield from self.networks.took.collect()
