"""What the HTTP intake says of itself to Prometheus: counts, and nothing of who sends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.metric_types.declaration import Declared
from agents.edges.metrics.told_metrics import TOLD_INSTRUMENTS
from schemas.moments import SECOND_MS, Instant
from schemas.records.reports import HotlineId

REFUSED: Final = Declared(
    name="hostwatch_intake_refused_connections",
    help="Connections that the HTTP intake refused or closed before an answer, by reason. `key` is"
    " the limit of a hotline, all its keys together.",
    labels=("reason",),
    series_max=str(len(ConnectionRefusal)),
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

REQUESTS: Final = Declared(
    name="hostwatch_intake_refused_requests",
    help="Requests that the HTTP intake refused, by reason.",
    labels=("reason",),
    series_max="22",
)
LIMITED: Final = Declared(
    name="hostwatch_intake_limited_requests",
    help="Requests that the HTTP intake refused because a hotline or its key sent too many.",
    labels=("hotline",),
    series_max="1 per hotline",
)
KEY_ENDS: Final = Declared(
    name="hostwatch_intake_key_expiry_timestamp_seconds",
    help="Time at which the last key of a hotline expires or expired. None for a hotline with a"
    " key that never does.",
    labels=("hotline",),
    unit="seconds",
    series_max="1 per hotline",
)

INTAKE_INSTRUMENTS: Final = (
    REFUSED,
    OPEN,
    MOST,
    KEYS,
    REQUESTS,
    LIMITED,
    KEY_ENDS,
    *TOLD_INSTRUMENTS,
)
"""All of them; the intake alone has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFigures:
    """What the intake counts.

    Attributes:
        admission: of its connections.
        keys_current: the keys are those of the file.
        refused: refused requests by reason, every reason at 0 too.
        limited: refused requests of hotlines that sent too many.
        key_ends: when the last key of each hotline expires.
    """

    admission: Admission
    keys_current: bool
    refused: Mapping[str, int]
    limited: Mapping[HotlineId, int]
    key_ends: Mapping[HotlineId, Instant]


@dataclass(frozen=True, slots=True, eq=False)
class IntakeCollector(Collector):
    """Renders the counts at each scrape."""

    figures: IntakeFigures

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every reason, at 0 too."""
        it = self.figures
        for metric, values in (
            (REFUSED, {one.value: it.admission.refused[one] for one in ConnectionRefusal}),
            (REQUESTS, it.refused),
            (LIMITED, it.limited),
        ):
            counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for label, count in values.items():
                counter.add_metric((label,), count)
            yield counter
        for metric, value in (
            (OPEN, len(it.admission)),
            (MOST, it.admission.most),
            (KEYS, int(it.keys_current)),
        ):
            yield GaugeMetricFamily(metric.name, metric.help, value=value)
        ends = GaugeMetricFamily(KEY_ENDS.name, KEY_ENDS.help, labels=KEY_ENDS.labels)
        for hotline, at in it.key_ends.items():
            ends.add_metric((hotline,), at / SECOND_MS)
        yield ends


def exposition(*collectors: Collector) -> str:
    """Return what Prometheus reads."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry).decode()
