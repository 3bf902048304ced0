"""The charts of a report. What each shows stands in a table beside it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from agents.edges.web.formatting import number, tick
from agents.edges.web.messages import gettext, translated
from agents.tools.documents.svg import WIDTH, Drawing
from agents.tools.report.numbers import by_hours, percent
from schemas.moments import Instant
from streams.report.figures.backlog import Backlog
from streams.report.figures.concentrations import Concentrated
from streams.report.figures.funnel_plot import FunnelPlot
from streams.report.figures.removal_times import RemovedBy

ROWS_MAX: Final = 20
"""Rows of a chart of intervals; a page has room for them, the next begin another one."""

_LEFT: Final = 200
_RIGHT: Final = WIDTH - 40
_ROW: Final = 26
_TOP: Final = 34
_QUARTERS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


class IntervalRow(NamedTuple):
    """A share as bounds and interval; a marked one is drawn as a diamond."""

    name: str
    bounds: tuple[float, float]
    interval: tuple[float, float]
    marked: bool = False


def intervals(
    name: str, told_as: str, rows: Sequence[IntervalRow], threshold: float | None
) -> list[Markup]:
    """Draw shares with their intervals, a line each; several drawings where they are many.

    Args:
        name: of the drawings.
        told_as: what they show.
        rows: in the order drawn.
        threshold: drawn as a line; None = none.
    """
    parts = [rows[i : i + ROWS_MAX] for i in range(0, len(rows), ROWS_MAX)]
    return [_intervals(f"{name}-{i}", told_as, part, threshold) for i, part in enumerate(parts)]


def _x(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def _share_axis(drawing: Drawing, bottom: float) -> None:
    for quarter in _QUARTERS:
        drawing.line((_x(quarter), _TOP - 8), (_x(quarter), bottom), "grid")
        drawing.text(
            (_x(quarter), bottom + 18), f"{percent(quarter, 0)} %", "middle", quiet=True, size=12
        )


def _intervals(
    name: str, told_as: str, rows: Sequence[IntervalRow], threshold: float | None
) -> Markup:
    bottom = _TOP + _ROW * len(rows)
    drawing = Drawing(bottom + 28)
    _share_axis(drawing, bottom)
    if threshold is not None:
        drawing.line((_x(threshold), _TOP - 12), (_x(threshold), bottom), "target")
        words = translated("threshold %(share)s %%", share=percent(threshold, 0))
        drawing.text((_x(threshold), _TOP - 18), words, "middle", size=12)
    for place, row in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        drawing.text((_LEFT - 12, y + 4.5), _short(row.name), "end")
        low, high = row.interval
        drawing.line((_x(low), y), (_x(high), y), "thin")
        for end in (low, high):
            drawing.line((_x(end), y - 5), (_x(end), y + 5), "thin")
        first, last = row.bounds
        drawing.box((_x(first) - 2, y - 5), _x(last) - _x(first) + 4, 10, "strong")
        if row.marked:
            drawing.diamond(((_x(first) + _x(last)) / 2, y), "empty", 8)
    return drawing.svg(name, told_as)


def _short(name: str, room: int = 26) -> str:
    return name if len(name) <= room else f"{name[: room - 1]}\u2026"


def backlog_chart(backlog: Backlog, period_end: Instant, told_as: str) -> Markup:
    """Draw how many cases were open over time, and how many of these were late if that is known.

    Args:
        backlog: its readings.
        period_end: from when on no case is added; hatched from there.
        told_as: what it shows.
    """
    drawing, left, right, top, bottom = Drawing(300), 60.0, WIDTH - 20.0, 30.0, 250.0
    most = max(*backlog.open, 1)
    step = _round_step(most)
    highest = step * -(-most // step)

    def x(at: Instant) -> float:
        return left + (right - left) * (at - backlog.at[0]) / (backlog.at[-1] - backlog.at[0])

    def y(count: float) -> float:
        return bottom - (bottom - top) * count / highest

    drawing.hatched((x(period_end), top), right - x(period_end), bottom - top)
    for count in range(0, highest + 1, step):
        drawing.line((left, y(count)), (right, y(count)), "grid")
        drawing.text((left - 8, y(count) + 4), number(count), "end", quiet=True, size=12)
    for at in backlog.at[:: max(1, len(backlog.at) // 6)]:
        drawing.text((x(at), bottom + 20), tick(at), "middle", quiet=True, size=12)
    for series, mark in ((backlog.open, "one"), (backlog.late, "two")):
        if series is not None:
            places = [(x(at), y(n)) for at, n in zip(backlog.at, series, strict=True)]
            drawing.path(places, mark)
    drawing.line((x(period_end), top - 6), (x(period_end), bottom), "axis")
    drawing.text((x(period_end), top - 12), gettext("end of the period"), "middle", size=12)
    drawing.line((left, 288), (left + 32, 288), "one")
    drawing.text((left + 40, 292), gettext("open"), size=12)
    if backlog.late is not None:
        drawing.line((left + 140, 288), (left + 172, 288), "two")
        drawing.text((left + 180, 292), gettext("open and late"), size=12)
    drawing.hatched((left + 320, 281), 32, 14)
    drawing.text((left + 360, 292), gettext("no case is added any more"), size=12)
    return drawing.svg("backlog", told_as)


def _round_step(most: int) -> int:
    """Return a round distance of at most five lines."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * step * factor:
                return step * factor
        step *= 10


def removed_chart(rows: Sequence[RemovedBy], told_as: str) -> Markup:
    """Draw the share removed by each time: sure, not known (hatched), with its interval.

    Args:
        rows: by time.
        told_as: what it shows.
    """
    bottom = _TOP + _ROW * len(rows)
    drawing = Drawing(bottom + 28)
    _share_axis(drawing, bottom)
    for place, row in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        words = translated("removed within %(time)s", time=by_hours(row.hours))
        drawing.text((_LEFT - 12, y + 4.5), words, "end")
        sure, perhaps = row.bounds
        drawing.box((_LEFT, y - 8), _x(sure) - _LEFT, 16, "fill")
        drawing.hatched((_x(sure), y - 8), _x(perhaps) - _x(sure), 16)
        low, high = row.interval
        drawing.line((_x(low), y), (_x(high), y), "thin")
        for end in (low, high):
            drawing.line((_x(end), y - 5), (_x(end), y + 5), "thin")
    return drawing.svg("removed", told_as)


def funnel_chart(plot: FunnelPlot, names: Sequence[str], told_as: str) -> Markup:
    """Draw hosters' shares by how much each rests on, with the limits.

    Across, distances are square roots, so that one large hoster leaves room for the small ones.

    Args:
        plot: its figures.
        names: who is named; drawn as diamonds.
        told_as: what it shows.
    """
    drawing, left, right, top, bottom = Drawing(370), 60.0, WIDTH - 24.0, 16.0, 300.0
    most = max(plot.at)

    def at(n: float, share: float) -> tuple[float, float]:
        return left + (right - left) * min(n / most, 1) ** 0.5, bottom - (bottom - top) * share

    band = [at(n, high) for n, (_, high) in zip(plot.at, plot.spread, strict=True)]
    band += reversed([at(n, low) for n, (low, _) in zip(plot.at, plot.spread, strict=True)])
    drawing.path(band, "band", closed=True)
    for quarter in _QUARTERS:
        drawing.line(at(0, quarter), at(most, quarter), "grid")
        place = (left - 8, at(0, quarter)[1] + 4)
        drawing.text(place, f"{percent(quarter, 0)} %", "end", quiet=True, size=12)
    for end in (0, 1):
        drawing.path([at(n, e[end]) for n, e in zip(plot.at, plot.chance, strict=True)], "target")
    drawing.line(at(0, plot.centre), at(most, plot.centre), "thin")
    for part in range(5):
        n = most * (part / 4) ** 2
        drawing.text((at(n, 0)[0], bottom + 18), number(n), "middle", quiet=True, size=12)
    words = gettext("as many independent cases tell as much")
    drawing.text(((left + right) / 2, bottom + 36), words, "middle", quiet=True, size=12)
    for spot in plot.spots:
        if spot.hoster in names:
            drawing.diamond(at(spot.n_eff, spot.share), "empty")
        else:
            drawing.spot(at(spot.n_eff, spot.share), "dot")
    _funnel_legend(drawing, left, 358)
    return drawing.svg("funnel", told_as)


def _funnel_legend(drawing: Drawing, left: float, y: float) -> None:
    drawing.diamond((left + 6, y - 4), "empty")
    drawing.text((left + 20, y), gettext("named"), size=12)
    drawing.spot((left + 96, y - 4), "dot")
    drawing.text((left + 108, y), gettext("not named"), size=12)
    drawing.line((left + 200, y - 4), (left + 232, y - 4), "target")
    drawing.text((left + 240, y), gettext("limits of chance alone"), size=12)
    drawing.box((left + 420, y - 11), 28, 13, "band")
    drawing.text((left + 456, y), gettext("with the spread of all"), size=12)


def lorenz_chart(found: Concentrated, told_as: str) -> Markup:
    """Draw which share of all cases the largest hosters have.

    Args:
        found: by hoster, of all cases.
        told_as: what it shows.
    """
    drawing, left, right, top, bottom = Drawing(310), 60.0, WIDTH - 24.0, 16.0, 260.0
    count = max(len(found.lorenz), 2)

    def at(place: float, share: float) -> tuple[float, float]:
        return left + (right - left) * place / count, bottom - (bottom - top) * share

    for quarter in _QUARTERS:
        drawing.line(at(0, quarter), at(count, quarter), "grid")
        place = (left - 8, at(0, quarter)[1] + 4)
        drawing.text(place, f"{percent(quarter, 0)} %", "end", quiet=True, size=12)
    drawing.line(at(0, 0), at(count, min(1.0, count / found.owners)), "target")
    places = [at(0, 0), *(at(i, share) for i, share in enumerate(found.lorenz, 1))]
    drawing.path(places, "one")
    for rank in range(0, count + 1, max(1, count // 8)):
        drawing.text((at(rank, 0)[0], bottom + 18), number(rank), "middle", quiet=True, size=12)
    drawing.line((left, 296), (left + 32, 296), "one")
    drawing.text((left + 40, 300), gettext("share of the largest hosters together"), size=12)
    drawing.line((left + 320, 296), (left + 352, 296), "target")
    drawing.text((left + 360, 300), gettext("if all had as many"), size=12)
    return drawing.svg("lorenz", told_as)
