"""Renders a `View` for Prometheus: one collector on a registry that is handed in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from math import inf, isinf

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.catalogue import BUILD, DELAY, FIGURES, HOSTER, READY, REMOVAL, STALE
from agents.edges.declared import Declared
from streams.figures import DELAY_BOUNDS_S, REMOVAL_BOUNDS_S
from streams.rollup import OTHER
from streams.view import HosterInfo, View
from streams.weights import WHOLE


class ViewCollector(Collector):
    """Renders the newest view at each scrape.

    Args:
        view: gives the newest view.
        registry: where the collector registers itself.
    """

    def __init__(self, view: Callable[[], View], registry: CollectorRegistry) -> None:
        """Register without a first collection; `describe` sees to that."""
        self._view = view
        registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of one view; before it is complete only that it is not."""
        view = self._view()
        yield _gauge(READY, view)
        yield _build(view)
        if not view.ready:
            return
        yield _gauge(STALE, view)
        for metric in FIGURES:
            yield _gauge(metric, view)
        yield _removal(view)
        yield _delay(view)
        yield _hosters(view)


def _gauge(metric: Declared, view: View) -> Metric:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
    for labels, value in metric.read(view) if metric.read else ():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Declared) -> GaugeHistogramMetricFamily:
    return GaugeHistogramMetricFamily(
        metric.name, metric.help, labels=metric.labels, unit=metric.unit
    )


def _removal(view: View) -> Metric:
    family = _histogram(REMOVAL)
    for figures in view.shown:
        labels = (figures.hoster, figures.role.value)
        counts = [count / WHOLE for count in figures.removal_weights]
        total_s = figures.removal_weight_ms / WHOLE / 1_000
        family.add_metric(labels, _buckets(REMOVAL_BOUNDS_S, counts), gsum_value=total_s)
    return family


def _delay(view: View) -> Metric:
    family = _histogram(DELAY)
    for figures in view.totals:
        for hotline, delays in figures.delays.items():
            labels = (hotline, figures.role.value)
            buckets = _buckets(DELAY_BOUNDS_S, delays.counts)
            family.add_metric(labels, buckets, gsum_value=delays.sum_ms / 1_000)
    return family


def _buckets(bounds: Sequence[float], counts: Sequence[float]) -> list[tuple[str, float]]:
    """Return how many lie up to each bound, the last being infinite."""
    return [
        (_le(bound), float(below))
        for bound, below in zip((*bounds, inf), accumulate(counts), strict=True)
    ]


def _hosters(view: View) -> Metric:
    family = InfoMetricFamily(HOSTER.name.removesuffix("_info"), HOSTER.help)
    for hoster in sorted({figures.hoster for figures in view.shown} - {OTHER}):
        info = view.hosters.get(hoster, HosterInfo(name=hoster))
        family.add_metric(
            (),
            {
                "hoster": hoster,
                "name": info.name,
                "country": info.country,
                "group": info.group or hoster,
                "type": info.type,
            },
        )
    return family


def _build(view: View) -> Metric:
    return InfoMetricFamily(
        BUILD.name.removesuffix("_info"),
        BUILD.help,
        value={"version": view.code, "method": view.method},
    )


def _le(bound: float) -> str:
    """Write a bucket's bound as Prometheus 3 does, so that 2.x and 3.x store one series."""
    return "+Inf" if isinf(bound) else f"{float(bound)}"
