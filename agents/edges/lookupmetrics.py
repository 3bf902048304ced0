"""What a process asked name servers and address databases, rendered for Prometheus.

Counters since the start of the process. Answers that were still remembered were not asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.asn import Lookups
from agents.edges.declared import Declared
from agents.edges.dns import Resolver
from agents.edges.instruments import (
    DATASET_DURATION,
    DATASET_LOOKUPS,
    DNS_DURATION,
    DNS_LOOKUPS,
)
from agents.edges.resolution import DnsStatus


@dataclass(frozen=True, slots=True, eq=False)
class LookupCollector(Collector):
    """Renders the counts at each scrape.

    Attributes:
        asked: gives the resolver; None = no name server is asked.
        databases: gives what was looked up in each address database in use.
    """

    asked: Callable[[], Resolver | None]
    databases: Callable[[], Mapping[str, Lookups]]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every result, at 0 too; nothing of what is not asked."""
        yield from _of_names(self.asked())
        yield from _of_databases(self.databases())


def _of_names(resolver: Resolver | None) -> Iterator[Metric]:
    names, took = _counter(DNS_LOOKUPS), _histogram(DNS_DURATION)
    if resolver is not None:
        counts = resolver.counts()
        for status in DnsStatus:
            names.add_metric((status.value,), counts[status])
        resolver.took.add_to(took, ())
    yield from (names, took)


def _of_databases(databases: Mapping[str, Lookups]) -> Iterator[Metric]:
    addresses, took = _counter(DATASET_LOOKUPS), _histogram(DATASET_DURATION)
    for kind, lookups in databases.items():
        addresses.add_metric((kind, "found"), lookups.found)
        addresses.add_metric((kind, "absent"), lookups.absent)
        lookups.took.add_to(took, (kind,))
    yield from (addresses, took)


def _counter(metric: Declared) -> CounterMetricFamily:
    return CounterMetricFamily(metric.name, metric.help, labels=metric.labels)


def _histogram(metric: Declared) -> HistogramMetricFamily:
    return HistogramMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
