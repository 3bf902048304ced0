"""What probers of this process have done and hold, rendered for Prometheus.

Counters since the process started: they tell how the prober fares, and no figure of a company is
made of them. Labels are the vantage's id of the settings and closed lists.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.instruments import (
    CANARY,
    PROBE_CHECKED,
    PROBE_LOOKS,
    PROBE_ORDERS,
    PROBE_ORDERS_HELD,
    PROBE_ORDERS_OVERDUE,
    PROBE_READ,
    PROBE_REQUESTS,
)
from schemas.facts import Facts
from schemas.reasons import ProbeError


class Settled(StrEnum):
    """What became of an order."""

    LOOKED = "looked"  # a look was made and is recorded
    UNSEEN = "unseen"  # there was no address to ask, or none that may be: recorded too
    IMPOLITE = "impolite"  # politeness left no moment for it: recorded as missed
    CROWDED = "crowded"  # not of its hoster's sample, and no room: missed, by evaluation
    LATE = "late"  # its window had passed: missed, by evaluation
    REPEATED = "repeated"  # it was held or settled already
    FORGOTTEN = "forgotten"  # its URL's key was destroyed


def _none_overdue() -> tuple[int, int]:
    return 0, 0


@dataclass(slots=True)
class Counts:
    """What one prober did since the start.

    Attributes:
        settled: orders by what became of them.
        ended: looks by error, None where there was an answer.
        requests: that went out.
        read_bytes: of answers.
        agreed, differed: looks in which a GET checked the HEAD.
        held: orders in hand now.
        overdue: gives how many of them are overdue now, of samples and of the rest.
        canary: it answered as expected when last asked; None = there is none, or it was not.
    """

    settled: Counter[Settled] = field(default_factory=Counter)
    ended: Counter[ProbeError | None] = field(default_factory=Counter)
    requests: int = 0
    read_bytes: int = 0
    agreed: int = 0
    differed: int = 0
    held: int = 0
    overdue: Callable[[], tuple[int, int]] = _none_overdue
    canary: bool | None = None

    def looked(self, facts: Facts) -> None:
        """Count a look."""
        self.settled[Settled.LOOKED] += 1
        self.ended[facts.error] += 1
        self.requests += facts.requests
        self.read_bytes += facts.bytes
        if facts.head_status:
            self.agreed += facts.method == "HEAD"
            self.differed += facts.method == "GET"


ProbeCounts = Callable[[], Mapping[str, Counts]]
"""Gives the counts of each vantage that this process probes from."""


class ProbeCollector(Collector):
    """Renders the counts at each scrape.

    Args:
        counts: gives them.
        registry: where the collector registers itself.
    """

    def __init__(self, counts: ProbeCounts, registry: CollectorRegistry) -> None:
        """Register without a first collection; `describe` sees to that."""
        self._counts = counts
        registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all probers; every value of a closed list is there, at 0 too."""
        orders, looks, requests, read, checked = (
            CounterMetricFamily(one.name, one.help, labels=one.labels)
            for one in (PROBE_ORDERS, PROBE_LOOKS, PROBE_REQUESTS, PROBE_READ, PROBE_CHECKED)
        )
        held = GaugeMetricFamily(
            PROBE_ORDERS_HELD.name, PROBE_ORDERS_HELD.help, labels=PROBE_ORDERS_HELD.labels
        )
        overdue, canary = (
            GaugeMetricFamily(one.name, one.help, labels=one.labels)
            for one in (PROBE_ORDERS_OVERDUE, CANARY)
        )
        for vantage, counts in self._counts().items():
            if counts.canary is not None:
                canary.add_metric((vantage,), float(counts.canary))
            for result in Settled:
                orders.add_metric((vantage, result.value), counts.settled[result])
            for error in (None, *ProbeError):
                name = "none" if error is None else error.value
                looks.add_metric((vantage, name), counts.ended[error])
            requests.add_metric((vantage,), counts.requests)
            read.add_metric((vantage,), counts.read_bytes)
            checked.add_metric((vantage, "agreed"), counts.agreed)
            checked.add_metric((vantage, "differed"), counts.differed)
            held.add_metric((vantage,), counts.held)
            for sample, number in zip(("in", "out"), counts.overdue(), strict=True):
                overdue.add_metric((vantage, sample), number)
        yield from (orders, looks, requests, read, checked, held, overdue, canary)
