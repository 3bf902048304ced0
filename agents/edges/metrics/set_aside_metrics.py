"""Renders for Prometheus which role a record stops, and how many records are set aside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.instruments import RECORD_STOPS, SET_ASIDE
from agents.engine.consume.poison_records import STOPPED


@dataclass(frozen=True, slots=True, eq=False)
class SetAsideCollector(Collector):
    """Renders both at each scrape.

    Attributes:
        counts: gives how many records of each topic are set aside.
        stopped: by role of this process, whether a record stops it.
    """

    counts: Callable[[], Mapping[str, int]]
    stopped: Mapping[str, bool] = field(default_factory=lambda: STOPPED)

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every role, at 0 too, and every topic of which a record is set aside."""
        stops = GaugeMetricFamily(RECORD_STOPS.name, RECORD_STOPS.help, labels=RECORD_STOPS.labels)
        for role, stopped in sorted(self.stopped.items()):
            stops.add_metric((role,), float(stopped))
        aside = GaugeMetricFamily(SET_ASIDE.name, SET_ASIDE.help, labels=SET_ASIDE.labels)
        for topic, count in sorted(self.counts().items()):
            aside.add_metric((topic,), count)
        yield from (stops, aside)
