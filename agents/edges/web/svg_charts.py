"""Charts of one hoster as SVG: paths in a square of 1,000 units, and labels at shares of it.

The square is stretched to the chart, lines and text are not. Colours and dashes are of the style.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from agents.edges.web.case_labels import UNBROKEN
from agents.edges.web.formatting import duration
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant, moment
from streams.statistics.survival import Curve
from streams.views.backlog import Reading

UNITS: Final = 1_000
TICKS_MS: Final = (6 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS)
TICKS_MAX: Final = 7
"""As many dates as have room on a telephone."""

FIRST_MS: Final = 30 * MINUTE_MS
LAST_MS: Final = 42 * DAY_MS
"""The axis of removal times: from the half hour that probes cannot resolve finer, to the expiry."""

_TIMES_H: Final = (
    (1, "1 h"),
    (4, "4 h"),
    (12, "12 h"),
    (24, "24 h"),
    (48, "2 d"),
    (168, "7 d"),
    (1_008, "42 d"),
)
TIMES_MS: Final = tuple((hours * HOUR_MS, text.replace(" ", UNBROKEN)) for hours, text in _TIMES_H)
_MINOR: Final = frozenset({12 * HOUR_MS, 2 * DAY_MS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled line: `share` of the chart's width or height in per cent.

    The label of a minor one is left out where there is little room.
    """

    share: float
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The backlog as a line from one reading to the next, from zero."""

    line: str
    area: str
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    label: str


def time_share(ms: int) -> float:
    """Return where a time lies on the logarithmic axis, 0 to 1."""
    inside = min(max(ms, FIRST_MS), LAST_MS)
    return log(inside / FIRST_MS) / log(LAST_MS / FIRST_MS)


TIME_TICKS: Final = tuple(
    Tick(share=100 * time_share(ms), text=text, minor=ms in _MINOR) for ms, text in TIMES_MS
)
LEFT_TICKS: Final = tuple(Tick(share=100 - left, text=f"{left} %") for left in (100, 50, 10))
"""Half and a tenth left: where median and 90th percentile are read off."""


def left_path(curve: Curve, reach_ms: int) -> str:
    """Return the path of the share not yet removed, up to the longest time watched."""
    y = round(UNITS * (1 - curve.survival_at(FIRST_MS)))
    path = [f"M0 {y}"]
    for t, s in zip(curve.times, curve.survival, strict=True):
        if FIRST_MS < t <= LAST_MS:
            path.append(f"H{UNITS * time_share(t):.0f}V{UNITS * (1 - s):.0f}")
    path.append(f"H{UNITS * time_share(reach_ms):.0f}")
    return "".join(path)


def bars(days: Sequence[Reading], name: str) -> Bars:
    """Return the chart of a backlog.

    Args:
        days: readings, ascending, the present last.
        name: whose it is, for those who cannot see it.
    """
    first, last = days[0].at, days[-1].at
    top = _round_up(max(day.open for day in days))

    def x(at: Instant) -> float:
        return (at - first) / (last - first) if last > first else 1.0

    line = "M" + "L".join(
        f"{UNITS * x(day.at):.0f} {UNITS * (1 - day.open / top):.0f}" for day in days
    )
    most = max(day.open for day in days)
    return Bars(
        line=line,
        area=f"{line}V{UNITS}H0Z",
        days=tuple(Tick(share=100 * x(at), text=_date(at)) for at in _ticks(days)),
        counts=tuple(Tick(share=100 - p, text=f"{top * p // 100:,}") for p in (100, 50, 0)),
        label=f"Backlog of {name} over the last {duration(last - first)}: from {days[0].open:,} to "
        f"{days[-1].open:,}, at most {most:,}.",
    )


def _ticks(days: Sequence[Reading]) -> list[Instant]:
    """Return the readings that are named: at whole days or quarters of them, not too many."""
    for step in TICKS_MS:
        named = [day.at for day in days[:-1] if day.at % step == 0]
        if len(named) <= TICKS_MAX:
            break
    return named


def _date(at: Instant) -> str:
    when = moment(at)
    return f"{when:%H:%M}" if at % DAY_MS else f"{when.day} {when:%b}"


def _round_up(count: int) -> int:
    """Return the next even number of one digit and zeros, or of two digits: half of it is whole."""
    step = 2 * max(1, 10 ** (len(str(count)) - 2)) if count > 20 else 2
    return max(2, -(-count // step) * step)
