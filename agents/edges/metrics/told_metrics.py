"""What the HTTP intake says of what it tells hotlines."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import Declared

FEEDBACK_ANSWERS: Final = Declared(
    name="hostwatch_intake_feedback_answers",
    help="Answers to hotlines that asked what became of their records: record, no_record, changes,"
    " cursor_gone or unavailable.",
    labels=("result",),
    series_max="5",
)
CURRENT: Final = Declared(
    name="hostwatch_intake_feedback_current",
    help="1 if the intake has read all that hotlines were told, else 0.",
)

TOLD_INSTRUMENTS: Final = (FEEDBACK_ANSWERS, CURRENT)
"""All of them; the intake alone has them."""


@dataclass(frozen=True, slots=True, eq=False)
class CurrentCollector(Collector):
    """Renders whether the index is current at each scrape.

    Attributes:
        current: tells it.
    """

    current: Callable[[], bool]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give 1 or 0."""
        yield GaugeMetricFamily(CURRENT.name, CURRENT.help, value=int(self.current()))
