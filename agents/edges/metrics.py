"""Renders a `View` for Prometheus: one collector on a registry that is handed in."""

from collections.abc import Callable, Iterable, Iterator
from math import inf, isinf

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.catalogue import BUILD, FIGURES, HOSTER, READY, REMOVAL, STALE, Declared
from streams.figures import REMOVAL_BOUNDS_S
from streams.rollup import OTHER
from streams.view import HosterInfo, View


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
        yield _hosters(view)


def _gauge(metric: Declared, view: View) -> Metric:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in metric.read(view) if metric.read else ():
        family.add_metric(labels, value)
    return family


def _removal(view: View) -> Metric:
    family = GaugeHistogramMetricFamily(REMOVAL.name, REMOVAL.help, labels=REMOVAL.labels)
    bounds = [_le(bound) for bound in (*REMOVAL_BOUNDS_S, inf)]
    for figures in view.shown:
        below = 0
        buckets = []
        for bound, count in zip(bounds, figures.removal_counts, strict=True):
            below += count
            buckets.append((bound, float(below)))
        labels = (figures.hoster, figures.role.value)
        family.add_metric(labels, buckets, gsum_value=figures.removal_sum_ms / 1_000)
    return family


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
