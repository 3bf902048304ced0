"""The registry of /metrics: a collector that fails is left out and told of, the others are told.

Without it one collector that fails takes all metrics with it, and whoever watches sees a process
that is gone. What fails is left out whole: half of its samples would be figures that are too low.
"""

import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import counter
from agents.edges.metric_types.instruments import COLLECTOR_DURATION, COLLECTOR_ERRORS
from agents.edges.metrics.deprecated_names import with_old_names
from agents.process.log import log


@dataclass(slots=True, eq=False)
class CollectorHealth:
    """How the collectors of a registry fared, itself a collector.

    Attributes:
        errors: scrapes at which a collector failed, by its name, at 0 too.
        took_s: what each took at the newest scrape.
    """

    errors: Counter = field(default_factory=lambda: counter(COLLECTOR_ERRORS))
    took_s: dict[str, float] = field(default_factory=dict)

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give errors and durations of all collectors."""
        took = GaugeMetricFamily(
            COLLECTOR_DURATION.name,
            COLLECTOR_DURATION.help,
            labels=COLLECTOR_DURATION.labels,
            unit=COLLECTOR_DURATION.unit,
        )
        for name, took_s in self.took_s.items():
            took.add_metric((name,), took_s)
        yield from self.errors.collect()
        yield took


@dataclass(frozen=True, slots=True, eq=False)
class _IsolatedCollector:
    """A collector whose failures are its own."""

    name: str
    collector: Collector
    health: CollectorHealth

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        began_s = time.perf_counter()
        try:
            return list(with_old_names(self.collector.collect()))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other metrics are told
            self.health.errors.labels(self.name).inc()
            name = type(error).__name__
            at = traceback.extract_tb(error.__traceback__)[-1]
            log("metrics").error(
                f"the metrics of {self.name} failed and are skipped: {name}",
                error=name,
                frames=f"{at.filename}:{at.lineno} {at.name}",
            )
            return ()
        finally:
            self.health.took_s[self.name] = time.perf_counter() - began_s


def registry_of(collectors: Iterable[tuple[str, Collector]]) -> CollectorRegistry:
    """Return a registry of collectors, by the names they are told of under."""
    registry, health = CollectorRegistry(), CollectorHealth()
    for name, collector in collectors:
        health.errors.labels(name)
        registry.register(_IsolatedCollector(name, collector, health))
    registry.register(health)  # last, so that it tells of this scrape
    return registry
