"""Charts of one hoster as SVG: paths in a square of 1,000 units, and labels at shares of it.

The square is stretched to the chart, lines and text are not. Colours and dashes are of the style.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log
from typing import Final, NamedTuple

from agents.edges.web.case_labels import UNBROKEN
from agents.edges.web.formatting import duration, minute, number, tick
from agents.edges.web.messages import N_, gettext, translated
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from streams.statistics.survival import Curve
from streams.views.backlog import Reading
from streams.views.case_search import FoundCase

UNITS: Final = 1_000
TICKS_MS: Final = (6 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS)
TICKS_MAX: Final = 7
"""As many dates as have room on a telephone."""

BACKLOG: Final = N_(
    "Backlog of %(name)s over the last %(span)s: from %(first)s to %(last)s, at most %(most)s."
)
TEXT_SHARE: Final = 9
"""Per cent of a telephone's width that a short text takes."""

FIRST_MS: Final = 30 * MINUTE_MS
LAST_MS: Final = 42 * DAY_MS
"""The axis of removal times: from the half hour that probes cannot resolve finer, to the
last daily slot."""

TIMES_H: Final = (1, 4, 12, 24, 48, 168, 1_008)
"""Hours at which the share that is left is told."""

_DAYS_FROM_H: Final = 48
_MINOR_H: Final = frozenset({12, 48})


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


def times() -> list[tuple[int, str]]:
    """Return the times at which the share that is left is told, in ms, and their names."""
    return [
        (
            hours * HOUR_MS,
            (
                translated("%(n)s d", n=hours // 24)
                if hours >= _DAYS_FROM_H
                else translated("%(n)s h", n=hours)
            ).replace(" ", UNBROKEN),
        )
        for hours in TIMES_H
    ]


def time_ticks() -> tuple[Tick, ...]:
    """Return the ticks of the axis of removal times."""
    return tuple(
        Tick(share=100 * time_share(ms), text=text, minor=ms // HOUR_MS in _MINOR_H)
        for ms, text in times()
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


def between_path(upper: Curve, lower: Curve, reach_ms: int) -> str:
    """Return the outline of what lies between two curves of the share not yet removed.

    Args:
        upper: the curve that stays higher.
        lower: the other.
        reach_ms: the longest time watched.
    """
    until = min(max(reach_ms, FIRST_MS), LAST_MS)
    times_ms = sorted({FIRST_MS, until, *(t for c in (upper, lower) for t in c.times)})
    inside = [t for t in times_ms if FIRST_MS <= t <= until]

    def steps(curve: Curve, sequence: Sequence[int]) -> list[str]:
        at = [(UNITS * time_share(t), UNITS * (1 - curve.survival_at(t))) for t in sequence]
        return [f"{x:.0f} {y:.0f}" for x, y in at]

    there = [p for a, b in pairwise(steps(upper, inside)) for p in (a, _corner(a, b))]
    back = [p for a, b in pairwise(steps(lower, inside)) for p in (a, _corner(a, b))]
    return f"M{'L'.join([*there, *reversed(back)])}Z" if there else ""


def _corner(before: str, after: str) -> str:
    """Return where a step from one point goes down to the next."""
    return f"{after.partition(' ')[0]} {before.partition(' ')[2]}"


def bars(days: Sequence[Reading], name: str) -> Bars:
    """Return the chart of a backlog.

    Args:
        days: readings, ascending, the present last.
        name: whose it is, for those who cannot see it.
    """
    first, last = days[0].at, days[-1].at
    top = _round_up(max(day.backlog for day in days))

    def x(at: Instant) -> float:
        return (at - first) / (last - first) if last > first else 1.0

    line = "M" + "L".join(
        f"{UNITS * x(day.at):.0f} {UNITS * (1 - day.backlog / top):.0f}" for day in days
    )
    most = max(day.backlog for day in days)
    return Bars(
        line=line,
        area=f"{line}V{UNITS}H0Z",
        days=tuple(Tick(share=100 * x(at), text=tick(at)) for at in _ticks(days)),
        counts=tuple(Tick(share=100 - p, text=number(top * p // 100)) for p in (100, 50, 0)),
        label=translated(
            BACKLOG,
            name=name,
            span=duration(last - first),
            first=number(days[0].backlog),
            last=number(days[-1].backlog),
            most=number(most),
        ),
    )


def _ticks(days: Sequence[Reading]) -> list[Instant]:
    """Return the readings that have a label: at whole days or quarters of them, not too many."""
    for step in TICKS_MS:
        labelled = [day.at for day in days[:-1] if day.at % step == 0]
        if len(labelled) <= TICKS_MAX:
            break
    return labelled


def _round_up(count: int) -> int:
    """Return the next even number of one digit and zeros, or of two digits: half of it is whole."""
    step = 2 * max(1, 10 ** (len(str(count)) - 2)) if count > 20 else 2
    return max(2, -(-count // step) * step)


class BarSpan(NamedTuple):
    """A part of a case's time: from and to in per cent, and `there`, `between` or `gone`."""

    low: float
    high: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBar:
    """A case's time as a bar; what is not known of it is a span of its own."""

    spans: tuple[BarSpan, ...]
    marks: tuple[Tick, ...]
    label: str


def case_bar(case: FoundCase, norms: Sequence[tuple[Instant, str]], as_of: Instant) -> CaseBar:
    """Return the chart of a case: there until L, unknown until R, gone from then on.

    Args:
        case: the case.
        norms: when each of its norms runs out, and its name.
        as_of: the present.
    """
    seen_at = case.last_seen_at or case.reported_at
    first = min(case.opened_at, case.reported_at, seen_at)
    last = max(as_of, seen_at, case.gone_at or 0)

    def x(at: Instant) -> float:
        return 100 * (min(at, last) - first) / (last - first) if last > first else 100.0

    until = last if case.gone_at is None else case.gone_at
    spans = [BarSpan(x(first), x(seen_at), "there"), BarSpan(x(seen_at), x(until), "between")]
    if case.gone_at is not None:
        spans.append(BarSpan(x(case.gone_at), 100.0, "gone"))
    labelled = [(case.noticed_at, gettext("notice")), (case.gone_at, "R"), (case.last_seen_at, "L")]
    marks = [Tick(share=x(at), text=text) for at, text in labelled if at is not None]
    marks += [Tick(share=x(at), text=text, minor=True) for at, text in norms if at <= last]
    return CaseBar(
        spans=tuple(span for span in spans if span.high > span.low),
        marks=_apart(marks),
        label=translated(
            "Last seen %(seen)s, gone %(gone)s, notice %(notice)s.",
            seen=minute(case.last_seen_at) or gettext("never"),
            gone=minute(case.gone_at) or gettext("no"),
            notice=minute(case.noticed_at) or gettext("none"),
        ),
    )


def _apart(marks: Sequence[Tick]) -> tuple[Tick, ...]:
    """Leave out the text of a mark that would lie on another's of its row."""
    kept: list[Tick] = []
    for mark in marks:
        near = [one for one in kept if one.minor == mark.minor and one.text]
        free = all(abs(one.share - mark.share) >= TEXT_SHARE for one in near)
        kept.append(mark if free else replace(mark, text=""))
    return tuple(kept)
