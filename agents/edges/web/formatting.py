"""How figures are said in words on the page, in the language that is spoken."""

import math
from itertools import accumulate

from agents.edges.web.messages import ENGLISH, gettext, language, locale, translated
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, moment
from streams.rollup.figures import DELAY_BOUNDS_S, HosterFigures, RemovalTimeReading
from streams.statistics.estimates import NormCount
from streams.statistics.histogram_buckets import Durations
from streams.timetable import cell_of


def number(count: float) -> str:
    """Write a whole number with marks between its thousands."""
    text = f"{count:,.0f}"
    return text if language() == ENGLISH else text.replace(",", ".")


def decimal(value: float) -> str:
    """Write a number as short as it is exact enough."""
    text = f"{value:g}"
    return text if language() == ENGLISH else text.replace(".", ",")


def duration(ms: int | None) -> str:
    """Write a duration the way people say it; None is `not reached`."""
    if ms is None:
        return gettext("not reached")
    minutes = max(1, round(ms / MINUTE_MS)) if ms else 0
    if minutes < 120:
        return translated("%(n)s min", n=minutes)
    if ms < 2 * DAY_MS:
        return translated("%(n)s h", n=decimal(round(ms / HOUR_MS, 1)))
    return translated("%(n)s d", n=decimal(round(ms / DAY_MS, 1)))


def cell(ms: int | None, reading: RemovalTimeReading) -> str:
    """Write the cell of the timetable that a removal time lies in: `8 to 11.5 h`.

    Probes find a removal at their slots. One of 9 h and one of 11 h are both found at 11.5 h, so an
    instant would say more than is known.

    Args:
        ms: from the notice; None = not reached.
        reading: of `ended` the time is that of a last sighting, else of an R.
    """
    if ms is None:
        return gettext("not reached")
    from_h, until_h = cell_hours(ms, reading)
    if until_h <= 2:
        return translated(
            "%(low)s to %(high)s min", low=decimal(from_h * 60), high=decimal(until_h * 60)
        )
    if from_h % 24 == until_h % 24 == 0:
        return translated(
            "%(low)s to %(high)s d", low=decimal(from_h / 24), high=decimal(until_h / 24)
        )
    return translated("%(low)s to %(high)s h", low=decimal(from_h), high=decimal(until_h))


def cell_hours(ms: int, reading: RemovalTimeReading) -> tuple[float, float]:
    """Return the hours from the notice between which a removal time lies; see `cell`."""
    return cell_of(ms / HOUR_MS, is_found=reading is RemovalTimeReading.CENSORED)


def spoken(at: Instant) -> str:
    """Write an instant for readers: `6 February 2026, 06:40:00 UTC`."""
    when = moment(at)
    month = locale().months["format"]["wide"][when.month]
    return f"{when.day} {month} {when:%Y, %H:%M:%S} UTC"


def minute(at: Instant | None) -> str:
    """Write an instant to the minute, in UTC; empty where there is none."""
    return "" if at is None else f"{moment(at):%Y-%m-%d %H:%M}"


def day_of(at: Instant) -> str:
    """Write a day and its minute: `6 February 2026, 06:40`."""
    when = moment(at)
    return f"{when.day} {locale().months['format']['wide'][when.month]} {when:%Y, %H:%M}"


def tick(at: Instant) -> str:
    """Write an instant below a chart: its day, or its minute within one."""
    when = moment(at)
    month = locale().months["format"]["abbreviated"][when.month].rstrip(".")
    return f"{when:%H:%M}" if at % DAY_MS else f"{when.day} {month}"


def share(low: float, high: float) -> str:
    """Write bounds in per cent: `62-71 %`, or one number where they meet."""
    # Bounds are widened to whole numbers, never narrowed.
    floor, ceiling = math.floor(100 * low + 1e-9), math.ceil(100 * high - 1e-9)
    return f"{floor} %" if floor == ceiling else f"{floor}\u2013{ceiling} %"


def sample(figures: HosterFigures, norm: NormCount) -> str:
    """Say that a figure is estimated, and from how many cases; empty where all are probed.

    Where cases of several probabilities are put together no one of them is shown.
    """
    if figures.inclusion == 1:
        return ""
    sizes = {"n": number(norm.n), "of": number(norm.n_eligible)}
    if len(figures.included) == 1:
        p = decimal(float(f"{figures.inclusion:.2g}"))
        said = translated("estimated from a sample, p = %(p)s, %(n)s of %(of)s", p=p, **sizes)
    else:
        said = translated("estimated in part from samples, %(n)s of %(of)s", **sizes)
    return f"{said}; 95 %: {share(*norm.interval)}" if norm.interval else said


def delay(delays: Durations) -> str:
    """Say within what time half of the notices came, as the bound that holds for them."""
    half = (sum(delays.counts) + 1) // 2
    for bound_s, below in zip(DELAY_BOUNDS_S, accumulate(delays.counts), strict=False):
        if below >= half:
            return translated("half within %(time)s", time=duration(bound_s * SECOND_MS))
    return translated(
        "half after more than %(time)s", time=duration(DELAY_BOUNDS_S[-1] * SECOND_MS)
    )
