"""Renders for Prometheus what became of what a stage of this process worked off."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import Declared

ResultT = TypeVar("ResultT", bound=StrEnum)


@dataclass(frozen=True, slots=True, eq=False)
class ResultCollector(Collector, Generic[ResultT]):
    """Renders counts by result at each scrape.

    Attributes:
        metric: a counter whose one label is the result.
        results: all there are.
        counts: gives the counts; None = the process does not run the stage.
    """

    metric: Declared
    results: type[ResultT]
    counts: Callable[[], Mapping[ResultT, int] | None]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every result, at 0 too."""
        metric = self.metric
        family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
        counts = self.counts()
        if counts is not None:
            for result in self.results:
                family.add_metric((result.value,), counts.get(result, 0))
        yield family
