"""What the HTTP intake says of itself to Prometheus: counts, and nothing of who sends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.http_server.admission import Admission, Refusal
from agents.edges.metric_types.declaration import Declared
from agents.edges.metrics.told_metrics import TOLD_INSTRUMENTS

REFUSED: Final = Declared(
    name="hostwatch_intake_refused_connections",
    help="Connections that the HTTP intake refused or closed before an answer, by reason.",
    labels=("reason",),
    series_max=str(len(Refusal)),
)
OPEN: Final = Declared(
    name="hostwatch_intake_connections",
    help="Open connections to the HTTP intake.",
)
MOST: Final = Declared(
    name="hostwatch_intake_connections_max",
    help="Limit of connections to the HTTP intake.",
)
KEYS: Final = Declared(
    name="hostwatch_intake_keys_current",
    help="1 if the keys are those of intake.keys_file. 0 if the file cannot be read and"
    " the last keys still hold.",
)

INTAKE_INSTRUMENTS: Final = (REFUSED, OPEN, MOST, KEYS, *TOLD_INSTRUMENTS)
"""All of them; the intake alone has them."""


@dataclass(frozen=True, slots=True, eq=False)
class IntakeCollector(Collector):
    """Renders the counts at each scrape.

    Attributes:
        admission: of the intake's connections.
        keys_current: tells whether the keys are those of the file.
    """

    admission: Admission
    keys_current: Callable[[], bool]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every reason, at 0 too."""
        refused = CounterMetricFamily(REFUSED.name, REFUSED.help, labels=REFUSED.labels)
        for reason in Refusal:
            refused.add_metric((reason.value,), self.admission.refused[reason])
        yield refused
        for metric, value in (
            (OPEN, len(self.admission)),
            (MOST, self.admission.most),
            (KEYS, int(self.keys_current())),
        ):
            yield GaugeMetricFamily(metric.name, metric.help, value=value)


def exposition(*collectors: Collector) -> str:
    """Return what Prometheus reads."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry).decode()
