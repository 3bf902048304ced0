"""The overview: turns a `View` into the words and shapes of its template."""

from dataclasses import dataclass
from typing import Final

from agents.edges.lookup.firing_alerts import Firing
from agents.edges.web.case_bars import case_distribution, flow
from agents.edges.web.formatting import cell, delay, duration, number, sample, share, spoken
from agents.edges.web.hoster_table import (
    COLUMNS,
    DAY_S,
    ONLY,
    SIZES,
    SORTED,
    TableQuery,
    chosen,
    paged,
)
from agents.edges.web.messages import N_, gettext, translated
from agents.edges.web.page_layout import framed, stamp
from agents.edges.web.svg_charts import BACKLOG
from schemas.closed_lists import Result, Role
from schemas.moments import Instant, rfc3339
from streams.rollup.case_figures import OTHER, TOTAL
from streams.rollup.figures import HosterFigures, RemovalTimeReading
from streams.views.view import BacklogSamples, View

CHARTS_MAX: Final = 12
"""As many charts as a reader compares at a glance; the table has all hosters."""

CHART_WIDTH: Final = 240
CHART_HEIGHT: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterTableRow:
    """A line of the table, as text; `low` and `high` are shares in per cent, None without one.

    `id` is the hoster's, where it has a page; empty = it has none.
    `returned` are removed cases that were seen again, open or removed once more by now.
    `sample` says that what rests on probes on time is estimated, and from what; empty = it is not.
    """

    id: str
    name: str
    country: str
    reported: int
    backlog: int
    overdue: int
    overdue_unseen: int
    unavailable: int
    awaiting: int
    removed: int
    returned: int
    median: str
    p90: str
    median_ended: str | None
    low: float | None
    high: float | None
    share: str
    n: int
    sample: str
    unprobed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A small chart: an SVG path, its end and the words for those who cannot see it."""

    name: str
    role: str
    line: str
    area: str
    end_x: float
    end_y: float
    now: int
    top: int
    span: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTable:
    """One role: a page of its table, and the sum over all of it.

    Attributes:
        of: rows on all pages.
        every: hosters there are.
    """

    title: str
    caption: str
    key: str
    total: HosterTableRow
    rows: tuple[HosterTableRow, ...]
    of: int
    every: int
    page: int
    pages: int


def row(figures: HosterFigures, view: View) -> HosterTableRow:
    """Return a hoster's line."""
    info = view.hosters.get(figures.hoster)
    name = {OTHER: gettext("Other hosters"), TOTAL: gettext("All")}.get(
        figures.hoster, info.name if info else figures.hoster
    )
    online = figures.estimate(RemovalTimeReading.CENSORED)
    ended = figures.estimate(RemovalTimeReading.EVENT)
    median = cell(online.p50_ms, RemovalTimeReading.CENSORED)
    median_ended = cell(ended.p50_ms, RemovalTimeReading.EVENT)
    norm = figures.norm(DAY_S)
    bounds = norm.bounds
    return HosterTableRow(
        id="" if figures.hoster in (OTHER, TOTAL) else figures.hoster,
        name=name,
        country=info.country if info and info.country != "??" else "",
        reported=figures.reported,
        backlog=figures.backlog,
        overdue=figures.overdue,
        overdue_unseen=figures.overdue_unseen,
        unavailable=figures.unavailable,
        awaiting=figures.awaiting,
        removed=figures.removed,
        returned=figures.reappearances,
        median=median if online.n else gettext("no cases"),
        p90=cell(online.p90_ms, RemovalTimeReading.CENSORED) if online.n else gettext("no cases"),
        median_ended=median_ended if median_ended != median else None,
        low=100 * bounds[0] if bounds else None,
        high=100 * bounds[1] if bounds else None,
        share=share(*bounds) if bounds else gettext("no cases"),
        n=norm.n,
        sample=sample(figures, norm),
        unprobed=figures.unprobed,
    )


def _rechecks(view: View) -> str:
    """Say how many removed cases were probed again in hiding, and how many were there."""
    names = {Role.HOSTING: gettext("hosting"), Role.PROXY: gettext("proxies")}
    said = [
        translated(
            "%(role)s: %(n)s cases, %(seen)s seen online",
            role=names[total.role],
            n=number(total.rechecked),
            seen=number(total.disagreed),
        )
        for total in view.totals
        if total.rechecked
    ]
    return "; ".join(said) or gettext("none yet")


def chart(samples: BacklogSamples, view: View) -> Chart:
    """Return a hoster's backlog as a step line from zero to its own highest value."""
    info = view.hosters.get(samples.hoster)
    name = info.name if info else samples.hoster
    first, last = samples.at[0], samples.at[-1]
    top = max(*samples.backlog, 1)
    reach = CHART_HEIGHT - 4

    def x(at: Instant) -> float:
        return CHART_WIDTH * (at - first) / (last - first) if last > first else CHART_WIDTH

    def y(count: int) -> float:
        return 2 + reach * (1 - count / top)

    points = list(zip(samples.at, samples.backlog, strict=True))
    steps = [f"M{x(first):.1f} {y(points[0][1]):.1f}"]
    steps += [f"H{x(at):.1f}V{y(count):.1f}" for at, count in points[1:]]
    line = "".join(steps)
    span = duration(last - first) if last > first else gettext("no time yet")
    return Chart(
        name=name,
        role=samples.role.value,
        line=line,
        area=f"{line}L{x(last):.1f} {CHART_HEIGHT}H{x(first):.1f}Z",
        end_x=min(x(last), CHART_WIDTH - 3),
        end_y=y(points[-1][1]),
        now=points[-1][1],
        top=max(samples.backlog),
        span=span,
        label=translated(
            BACKLOG,
            name=name,
            span=span,
            first=number(points[0][1]),
            last=number(points[-1][1]),
            most=number(max(samples.backlog)),
        ),
    )


def _part(view: View, query: TableQuery, role: Role, title: str, caption: str) -> RoleTable | None:
    every = [figures for figures in view.figures if figures.role is role]
    total = next((figures for figures in view.totals if figures.role is role), None)
    if total is None or not every:
        return None
    page = paged(chosen(every, query, view), query)
    return RoleTable(
        title=gettext(title),
        caption=gettext(caption),
        key=role.value,
        total=row(total, view),
        rows=tuple(row(figures, view) for figures in page.rows),
        of=page.of,
        every=len(every),
        page=page.page,
        pages=page.pages,
    )


def render(
    view: View,
    *,
    refreshing: bool = True,
    query: TableQuery | None = None,
    alerts: Firing | None = None,
) -> str:
    """Return the page.

    Args:
        view: what it shows.
        refreshing: it renews itself; a reader can switch that off (WCAG 2.2.2).
        query: how the table of hosters is sorted, filtered and divided; None = as it is at first.
        alerts: what Prometheus says; None = no address of it is set.
    """
    query = query or TableQuery()
    charts = [chart(h, view) for h in view.backlog_samples if h.hoster != OTHER][:CHARTS_MAX]
    parts = [
        _part(view, query, Role.HOSTING, N_("Hosters"), N_("Figures per hoster")),
        _part(view, query, Role.PROXY, N_("Proxies and CDNs"), N_("Figures per proxy or CDN")),
    ]
    hotlines = sorted({line.hotline for line in view.intake})
    hosting = next((t for t in view.totals if t.role is Role.HOSTING), None)
    at = query.address()
    return framed(
        "live.html",
        path="/",
        query=f"{at}&" if at else "",
        refreshing=refreshing,
        stamp=stamp(view),
        view=view,
        as_of=spoken(view.as_of),
        as_of_machine=rfc3339(view.as_of),
        parts=[part for part in parts if part],
        table=query,
        columns=[(name, gettext(text), name in SORTED) for name, text in COLUMNS.items()],
        only=[(name, gettext(text)) for name, text in ONLY.items()],
        sizes=SIZES,
        charts=charts,
        chart_width=CHART_WIDTH,
        chart_height=CHART_HEIGHT,
        headline=None if hosting is None else row(hosting, view),
        flow=[] if hosting is None else flow(hosting),
        case_distribution=[] if hosting is None else case_distribution(hosting),
        alerts=alerts,
        rechecks=_rechecks(view),
        intake=[(hotline, intake(view, hotline)) for hotline in hotlines],
        received=view.received(),
        results={result.value: view.received(result) for result in Result},
    )


def intake(view: View, hotline: str) -> dict[str, int | str]:
    """Return what became of a hotline's records, and how long it takes to tell a hoster."""
    lines = [line for line in view.intake if line.hotline == hotline]
    found: dict[str, int | str] = {
        result.value: sum(line.count for line in lines if line.result is result)
        for result in Result
    }
    reasons: dict[str, int] = {}
    for line in lines:
        if line.reason:
            name = line.reason.value.replace("_", " ")
            reasons[name] = reasons.get(name, 0) + line.count
    hosting = next((total for total in view.totals if total.role is Role.HOSTING), None)
    delays = hosting.delays.get(hotline) if hosting else None
    found["delay"] = delay(delays) if delays else gettext("no notice")
    found["reasons"] = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items()))
    return found
