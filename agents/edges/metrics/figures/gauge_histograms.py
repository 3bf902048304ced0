"""Gauge histograms of a `View`: how they are declared and how they are rendered."""

from collections.abc import Sequence
from itertools import accumulate
from math import inf, isinf
from typing import Final

from prometheus_client.core import GaugeHistogramMetricFamily
from prometheus_client.metrics_core import Metric

from agents.edges.metric_types.declaration import Declared, H, n_series
from streams.rollup.figures import DELAY_BOUNDS_S, REMOVAL_BOUNDS_S
from streams.rollup.open_age import OPEN_AGE_BOUNDS_S
from streams.statistics.sampling_weights import WHOLE
from streams.views.view import View

REMOVAL: Final = Declared(
    name="hostwatch_removal_seconds",
    help="Removed cases by time from notice to R, no open ones: its mean is no removal time."
    " Estimated if the hoster has a sample.",
    labels=H,
    unit="seconds",
    series_max=f"{n_series(REMOVAL_BOUNDS_S)} H",
)
OPEN_AGE: Final = Declared(
    name="hostwatch_open_age_seconds",
    help="Open cases whose clock runs, by the time since it began.",
    labels=H,
    unit="seconds",
    series_max=f"{n_series(OPEN_AGE_BOUNDS_S)} H",
)
DELAY: Final = Declared(
    name="hostwatch_report_to_notice_seconds",
    help="Notices of the last 28 days that started a clock, by time since the hotline's"
    " own report.",
    labels=("hotline", "role"),
    unit="seconds",
    series_max=f"{n_series(DELAY_BOUNDS_S)} per hotline and role",
)


def _histogram(metric: Declared) -> GaugeHistogramMetricFamily:
    return GaugeHistogramMetricFamily(
        metric.name, metric.help, labels=metric.labels, unit=metric.unit
    )


def removal(view: View) -> Metric:
    """Give the removal times of each hoster shown."""
    family = _histogram(REMOVAL)
    for figures in view.shown:
        labels = (figures.hoster, figures.role.value)
        counts = [count / WHOLE for count in figures.removal_weights]
        total_s = figures.removal_weight_ms / WHOLE / 1_000
        family.add_metric(labels, buckets(REMOVAL_BOUNDS_S, counts), gsum_value=total_s)
    return family


def open_age(view: View) -> Metric:
    """Give the ages of open cases of each hoster shown."""
    family = _histogram(OPEN_AGE)
    for figures in view.shown:
        labels = (figures.hoster, figures.role.value)
        ages = buckets(OPEN_AGE_BOUNDS_S, figures.open_ages.counts)
        family.add_metric(labels, ages, gsum_value=figures.open_ages.sum_ms / 1_000)
    return family


def delay(view: View) -> Metric:
    """Give the delays of each hotline."""
    family = _histogram(DELAY)
    for figures in view.totals:
        for hotline, delays in figures.delays.items():
            labels = (hotline, figures.role.value)
            below = buckets(DELAY_BOUNDS_S, delays.counts)
            family.add_metric(labels, below, gsum_value=delays.sum_ms / 1_000)
    return family


def buckets(bounds: Sequence[float], counts: Sequence[float]) -> list[tuple[str, float]]:
    """Return how many lie up to each bound, the last being infinite."""
    return [
        (_le(bound), float(below))
        for bound, below in zip((*bounds, inf), accumulate(counts), strict=True)
    ]


def _le(bound: float) -> str:
    """Write a bucket's bound as Prometheus 3 does, so that 2.x and 3.x store one series."""
    return "+Inf" if isinf(bound) else f"{float(bound)}"
