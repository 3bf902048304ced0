"""The page of one hoster: turns a `HosterView` into the words and shapes of its template."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from agents.edges.web.case_labels import FLAGS, norm_words, verdicts
from agents.edges.web.formatting import cell, duration, sample, share, spoken
from agents.edges.web.overview_page import DAY_S, Row, row
from agents.edges.web.page_layout import framed
from agents.edges.web.svg_charts import LEFT_TICKS, TIME_TICKS, TIMES_MS, Bars, bars, left_path
from schemas.moments import Instant, moment, rfc3339
from schemas.reasons import CaseClass, Role
from streams.lifecycle.state_table import CLASSES
from streams.rollup.figures import Cohort, HosterFigures, Unavailable
from streams.statistics.estimates import Estimate, NormCount
from streams.statistics.survival import Curve
from streams.views.case_list import CaseLine
from streams.views.hoster_view import HosterView, RoleView
from streams.views.view import View

ROLES: Final = {Role.HOSTING: "Hosting", Role.PROXY: "Proxy or CDN"}
MEANINGS: Final = {
    Unavailable.ONLINE: "removal counts at R, unavailable as still there",
    Unavailable.ENDED: "removal counts at L, unavailable as removed",
}
"""How both estimates are told apart; the first is the strict one and stands first."""

NOTICED: Final = {Cohort.MONTH: "in the last 28 days", Cohort.QUARTER: "in the last 90 days"}
"""Cohorts beside the one of all cases, which has its curve drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """One norm: bounds in per cent and in words, and the cases they are of."""

    term: str
    share: str
    low: float | None
    high: float | None
    in_time: str
    late: str
    undetermined: str
    n: int
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The survival curve under one meaning of unavailable.

    Attributes:
        left: share not yet removed at each of `TIMES_MS`, as text.
    """

    meaning: str
    path: str
    n: int
    ended: int
    half: str
    interval: str
    nine_tenths: str
    left: tuple[str, ...]


class Median(NamedTuple):
    """A median as a cell, and its interval; empty = none is known."""

    half: str
    interval: str


class Noticed(NamedTuple):
    """The medians of a cohort, in the order of `MEANINGS`."""

    name: str
    n: int
    medians: tuple[Median, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A hoster in one role."""

    role: str
    key: str
    row: Row
    chart: Bars
    days: tuple[tuple[str, int], ...]
    norms: tuple[Norm, ...]
    removals: tuple[Removal, ...]
    cohorts: tuple[Noticed, ...]
    same: bool
    sample: str


def _norm(norm: NormCount) -> Norm:
    bounds = norm.bounds
    return Norm(
        term=norm_words(norm.norm_s),
        share=share(*bounds) if bounds else "no cases",
        low=100 * bounds[0] if bounds else None,
        high=100 * bounds[1] if bounds else None,
        in_time=f"{norm.in_time:,.0f}",
        late=f"{norm.late:,.0f}",
        undetermined=f"{norm.undetermined:,.0f}",
        n=norm.n,
        sample=f"estimated; 95 %: {share(*norm.interval)}" if norm.interval else "",
    )


def _left(curve: Curve, t: int, reach_ms: int) -> str:
    if t > reach_ms and curve.survival[-1:] != (0.0,):
        return "unknown"
    return f"{100 * curve.survival_at(t):.0f} %"


def _median(estimate: Estimate) -> Median:
    low, high = estimate.p50_low_ms, estimate.p50_high_ms
    return Median(
        half=cell(estimate.p50_ms) if estimate.n else "no cases",
        interval="" if low is high is None else f"{duration(low)} to {duration(high)}",
    )


def _noticed(figures: HosterFigures, cohort: Cohort) -> Noticed:
    found = [figures.estimate(meaning, cohort) for meaning in MEANINGS]
    return Noticed(NOTICED[cohort], found[0].n, tuple(map(_median, found)))


def _removal(part: RoleView, meaning: Unavailable) -> Removal:
    curve, reach_ms = part.curves[meaning], part.reach_ms[meaning]
    estimate = part.figures.estimate(meaning)
    median = _median(estimate)
    return Removal(
        meaning=MEANINGS[meaning],
        path=left_path(curve, reach_ms) if curve.n else "",
        n=curve.n,
        ended=curve.ended,
        half=median.half,
        interval=median.interval,
        nine_tenths=cell(estimate.p90_ms) if curve.n else "no cases",
        left=tuple(_left(curve, t, reach_ms) for t, _ in TIMES_MS) if curve.n else (),
    )


def _part(part: RoleView, view: View, name: str) -> Part:
    figures = part.figures
    removals = tuple(_removal(part, meaning) for meaning in MEANINGS)
    return Part(
        role=ROLES[figures.role],
        key=figures.role.value,
        row=row(figures, view),
        chart=bars(part.backlog, name),
        days=tuple((_day(day.at), day.open) for day in reversed(part.backlog[:-1])),
        norms=tuple(_norm(norm) for norm in figures.norms),
        removals=removals,
        cohorts=tuple(_noticed(figures, cohort) for cohort in NOTICED),
        same=len({removal.path for removal in removals}) == 1,
        sample=sample(figures, figures.norm(DAY_S)).partition(";")[0],
    )


def _day(at: Instant) -> str:
    when = moment(at)
    return f"{when.day} {when:%B %Y, %H:%M}"


def _minute(at: Instant | None) -> str:
    return "" if at is None else f"{moment(at):%Y-%m-%d %H:%M}"


def _line(line: CaseLine) -> dict[str, str]:
    return {
        "id": line.case_id or "",
        "role": ROLES[line.role],
        "noticed": _minute(line.noticed_at),
        "seen": _minute(line.last_seen_at),
        "gone": _minute(line.gone_at),
        "name": CLASSES[line.outcome][0],
        "flags": ", ".join(FLAGS[flag] for flag in line.flags),
        "verdicts": verdicts(line.verdicts) if line.sampled else "not in the sample",
    }


def _classes(found: HosterView) -> list[tuple[str, str, list[int]]]:
    """Return the classes that any role has a case in, each with its count per role."""
    lines = []
    for outcome in CaseClass:
        counts = [part.figures.outcomes[outcome] for part in found.roles]
        if any(counts):
            lines.append((*CLASSES[outcome], counts))
    return lines


def render_hoster(found: HosterView, view: View) -> str:
    """Return the page of a hoster; it does not renew itself, being there to be read.

    Args:
        found: the hoster.
        view: what it was made from; before it is ready there are no figures.
    """
    info = found.info
    return framed(
        "hoster.html",
        path=f"/hoster/{found.hoster}",
        refreshing=False,
        view=view,
        hoster=found.hoster,
        info=info,
        country=info.country if info.country != "??" else "",
        owner=info.group if info.group != found.hoster else "",
        as_of=spoken(found.as_of),
        as_of_machine=rfc3339(found.as_of),
        ledger_at=spoken(view.ledger_at) if view.ledger_at is not None else "nothing yet",
        parts=[_part(part, view, info.name) for part in found.roles],
        role_names=[ROLES[part.figures.role] for part in found.roles],
        classes=_classes(found),
        times=TIMES_MS,
        time_ticks=TIME_TICKS,
        left_ticks=LEFT_TICKS,
        lines=[_line(line) for line in found.cases.lines],
        of=found.cases.of,
    )


def render_unknown() -> str:
    """Return the page for an id that nobody has; it does not repeat the id."""
    return framed("unknown.html", path="", refreshing=False)
