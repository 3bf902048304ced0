"""Renders for Prometheus what hosters said on their own pages in the last 24 h."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.answer_instruments import HOSTER_ANSWERS
from schemas.closed_lists import AnswerKind


@dataclass(frozen=True, slots=True, eq=False)
class AnswerCollector(Collector):
    """Renders the counts at each scrape.

    Attributes:
        counts: gives how many answers there were, by kind; None = nobody here reads them.
    """

    counts: Callable[[], Mapping[AnswerKind, int]] | None

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every kind, at 0 too."""
        if self.counts is None:
            return
        said, counts = HOSTER_ANSWERS, self.counts()
        found = GaugeMetricFamily(said.name, said.help, labels=said.labels)
        for kind in AnswerKind:
            found.add_metric((kind.value,), counts.get(kind, 0))
        yield found
