"""How long the notices of hotlines were on their way to the broker, for Prometheus.

Counters since the start of the process. What is delivered again after a crash counts again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client import Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import histogram
from agents.edges.metric_types.feed_instruments import FEED_BOUNDS_S, FEED_DELAY
from schemas.closed_lists import HotlineMode
from schemas.records.reports import NoticeAccepted, ReportsEntry


def _took() -> Histogram:
    return histogram(FEED_DELAY, FEED_BOUNDS_S)


@dataclass(frozen=True, slots=True)
class FeedDelays:
    """Counts accepted notices by their time from the delivery proof to the append.

    Attributes:
        took: the histogram, by hotline.
    """

    took: Histogram = field(default_factory=_took)

    def add(self, entries: Iterable[ReportsEntry | None]) -> None:
        """Count the notices among entries that are durable.

        A notice without a proof counts from its append, and a replayed one was never on its way:
        neither has a delay.
        """
        for entry in entries:
            if type(entry) is not NoticeAccepted or entry.mode is HotlineMode.HISTORIC:
                continue
            if entry.noticed_at != entry.received_at:
                took_ms = max(0, entry.received_at - entry.noticed_at)  # clocks may differ by 5 min
                self.took.labels(entry.hotline).observe(took_ms / 1_000)


@dataclass(frozen=True, slots=True, eq=False)
class FeedCollector(Collector):
    """Renders the delays at each scrape.

    Attributes:
        delays: gives them; None = the process runs no intake.
    """

    delays: Callable[[], FeedDelays | None]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give the hotlines of which a notice came."""
        delays = self.delays()
        if delays is not None:
            yield from delays.took.collect()
