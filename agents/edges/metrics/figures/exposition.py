"""Renders a `View` for Prometheus."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import Declared
from agents.edges.metrics.figures import gauge_histograms
from agents.edges.metrics.figures.catalogue import BUILD, FIGURES, HOSTER, READY, STALE
from streams.rollup.case_figures import OTHER
from streams.views.view import HosterInfo, View


@dataclass(frozen=True, slots=True, eq=False)
class ViewCollector(Collector):
    """Renders the newest view at each scrape.

    Attributes:
        view: gives the newest view.
    """

    view: Callable[[], View]

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of one view; before it is complete only that it is not."""
        view = self.view()
        yield _gauge(READY, view)
        yield _build(view)
        if not view.ready:
            return
        yield _gauge(STALE, view)
        for metric in FIGURES:
            yield _gauge(metric, view)
        yield gauge_histograms.removal(view)
        yield gauge_histograms.open_age(view)
        yield gauge_histograms.delay(view)
        yield _hosters(view)


def _gauge(metric: Declared, view: View) -> Metric:
    if "quantile" in metric.labels:
        return _quantiles(metric, view)
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
    for labels, value in metric.read(view) if metric.read else ():
        family.add_metric(labels, value)
    return family


def _quantiles(metric: Declared, view: View) -> Metric:
    """Return a summary of quantiles alone: the label `quantile` is that type's (promtool)."""
    family = Metric(metric.name, metric.help, "summary", metric.unit)
    for labels, value in metric.read(view) if metric.read else ():
        family.add_sample(metric.name, dict(zip(metric.labels, labels, strict=True)), value)
    return family


FOLDED: Final = HosterInfo(name="Other hosters", country="")
"""Hosters without series of their own are in several countries, so the sum of them has none. Totals
over all countries include it."""


def _hosters(view: View) -> Metric:
    family = InfoMetricFamily(HOSTER.name.removesuffix("_info"), HOSTER.help)
    for hoster in sorted({figures.hoster for figures in view.shown}):
        info = FOLDED if hoster == OTHER else view.hosters.get(hoster, HosterInfo(name=hoster))
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
