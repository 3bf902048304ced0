"""How a metric is declared: name, help, labels, and where in a `View` its values stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from prometheus_client import Counter, Histogram, disable_created_metrics
from prometheus_client.metrics_core import Metric

from streams.views.view import View

# when a series began is asked by nobody, and would be half as many series again
disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types

MetricSample: TypeAlias = tuple[tuple[str, ...], float]
Samples: TypeAlias = Iterator[MetricSample]
SampleReader: TypeAlias = Callable[[View], Samples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One metric: how it is declared and where it is read.

    Attributes:
        name: with prefix, unit and no suffix of a type.
        help: a full sentence, shown in Prometheus and Grafana.
        labels: names of its labels.
        unit: `seconds` where values are times or durations, else empty.
        series_max: how many series it has at most, H being the hosters shown, R the roles and P the
            partitions.
        read: gives its samples; None for those built by the collector itself.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    series_max: str = "1"
    read: SampleReader | None = None


H: Final = ("hoster", "role")


def n_series(bounds: Sequence[float]) -> int:
    """Return how many series a histogram is: a bucket for each bound and +Inf, number and sum."""
    return len(bounds) + 3


def counter(metric: Declared) -> Counter:
    """Return a counter of this process that no registry holds yet."""
    return Counter(metric.name, metric.help, metric.labels, unit=metric.unit, registry=None)


def histogram(metric: Declared, bounds_s: Sequence[float], *, shared: int = 0) -> Histogram:
    """Return a histogram of this process that no registry holds yet.

    Args:
        metric: what it is called.
        bounds_s: upper bounds of its buckets in seconds; the infinite one is added.
        shared: how many of the first labels `together` adds.
    """
    return Histogram(
        metric.name,
        metric.help,
        metric.labels[shared:],
        unit=metric.unit,
        buckets=bounds_s,
        registry=None,
    )


def together(metric: Declared, parts: Mapping[str, Histogram]) -> Metric:
    """Return histograms of one metric as one family, each under its value of the first label."""
    family = Metric(metric.name, metric.help, "histogram", metric.unit)
    for value, part in parts.items():
        for one in part.collect():
            family.samples += [
                sample._replace(labels={metric.labels[0]: value, **sample.labels})
                for sample in one.samples
            ]
    return family
