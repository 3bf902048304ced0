"""How figures are said in words on the page."""

import math
from itertools import accumulate

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, moment
from streams.rollup.figures import DELAY_BOUNDS_S, HosterFigures
from streams.statistics.estimates import NormCount
from streams.statistics.histogram_buckets import Durations
from streams.timetable import cell_of


def duration(ms: int | None) -> str:
    """Write a duration the way people say it; None is `not reached`."""
    if ms is None:
        return "not reached"
    minutes = max(1, round(ms / MINUTE_MS)) if ms else 0
    if minutes < 120:
        return f"{minutes} min"
    number, unit = (ms / HOUR_MS, "h") if ms < 2 * DAY_MS else (ms / DAY_MS, "d")
    return f"{number:.1f}".removesuffix(".0") + f" {unit}"


def cell(ms: int | None) -> str:
    """Write the cell of the timetable that a removal time lies in: `8 to 11.5 h`.

    Probes find a removal at their slots. One of 9 h and one of 11 h are both found at 11.5 h, so an
    instant would say more than is known.
    """
    if ms is None:
        return "not reached"
    from_h, until_h = cell_of(ms / HOUR_MS)
    if until_h <= 2:
        return f"{from_h * 60:g} to {until_h * 60:g} min"
    if from_h % 24 == until_h % 24 == 0:
        return f"{from_h / 24:g} to {until_h / 24:g} d"
    return f"{from_h:g} to {until_h:g} h"


def spoken(at: Instant) -> str:
    """Write an instant for readers: `6 February 2026, 06:40:00 UTC`."""
    when = moment(at)
    return f"{when.day} {when:%B %Y, %H:%M:%S} UTC"


def share(low: float, high: float) -> str:
    """Write bounds in per cent: `62-71 %`, or one number where they meet."""
    # Bounds are widened to whole numbers, never narrowed.
    floor, ceiling = math.floor(100 * low + 1e-9), math.ceil(100 * high - 1e-9)
    return f"{floor} %" if floor == ceiling else f"{floor}\u2013{ceiling} %"


def sample(figures: HosterFigures, norm: NormCount) -> str:
    """Say that a figure is estimated, and from how many cases; empty where all are probed.

    Where cases of several probabilities are put together no one of them is named.
    """
    if figures.inclusion == 1:
        return ""
    one = len(figures.included) == 1
    drawn = f"from a sample, p = {figures.inclusion:.2g}" if one else "in part from samples"
    told = f"estimated {drawn}, {norm.n:,} of {norm.of:,}"
    return f"{told}; 95 %: {share(*norm.interval)}" if norm.interval else told


def delay(delays: Durations) -> str:
    """Say within what time half of the notices came, as the bound that holds for them."""
    half = (sum(delays.counts) + 1) // 2
    for bound_s, below in zip(DELAY_BOUNDS_S, accumulate(delays.counts), strict=False):
        if below >= half:
            return f"half within {duration(bound_s * SECOND_MS)}"
    return f"half after more than {duration(DELAY_BOUNDS_S[-1] * SECOND_MS)}"
