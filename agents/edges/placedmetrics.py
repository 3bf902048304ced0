"""Counts for Prometheus what became of the reports that this process attributed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.instruments import ATTRIBUTED
from schemas.facts import Attribution
from streams.registry import UNKNOWN


class Placed(StrEnum):
    """What became of a report that was to be placed."""

    HOSTER = "hoster"
    UNKNOWN = "unknown"
    NO_SUCH_NAME = "no_such_name"
    NO_ANSWER = "no_answer"


_OF_NONE: Final = frozenset({UNKNOWN})


def placed(fact: Attribution) -> Placed:
    """Return what an attribution says of its report; one whose key is gone has no answer."""
    if not fact.answered:
        return Placed.NO_ANSWER
    if fact.nxdomain:
        return Placed.NO_SUCH_NAME
    hosters = {placement.hoster for placement in fact.placements}
    return Placed.UNKNOWN if hosters <= _OF_NONE else Placed.HOSTER


@dataclass(frozen=True, slots=True)
class PlacedCollector(Collector):
    """Renders the counts at each scrape.

    Attributes:
        results: gives the counts; None = the process attributes nothing.
    """

    results: Callable[[], Counter[Placed] | None]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every result, at 0 too."""
        family = CounterMetricFamily(ATTRIBUTED.name, ATTRIBUTED.help, labels=ATTRIBUTED.labels)
        counts = self.results()
        if counts is not None:
            for result in Placed:
                family.add_metric((result.value,), counts[result])
        yield family
