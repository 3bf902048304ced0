"""The page of one hoster: turns a `HosterView` into the words and shapes of its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from agents.edges.web.case_bars import Segment, case_distribution
from agents.edges.web.case_labels import ANSWERS, ROLES, class_words, norm_words
from agents.edges.web.case_page import case_row
from agents.edges.web.formatting import (
    cell,
    day_of,
    duration,
    minute,
    number,
    sample,
    share,
    spoken,
)
from agents.edges.web.hoster_table import DAY_S
from agents.edges.web.messages import N_, gettext, translated
from agents.edges.web.overview_page import HosterTableRow, row
from agents.edges.web.page_layout import framed, stamp
from agents.edges.web.svg_charts import (
    LEFT_TICKS,
    Bars,
    bars,
    between_path,
    left_path,
    time_ticks,
    times,
)
from schemas.closed_lists import CaseClass
from schemas.moments import rfc3339
from schemas.records.feedback import HosterAnswer
from streams.rollup.figures import HosterFigures, NoticeCohort, RemovalTimeReading
from streams.statistics.estimates import Estimate, NormCount
from streams.statistics.survival import Curve
from streams.views.case_list import LISTED_MAX
from streams.views.hoster_view import HosterView, RoleView
from streams.views.view import View

ANSWERS_SHOWN: Final = 50
"""Answers of a hoster on its page; the ledger has them all."""

MEANINGS: Final = {
    RemovalTimeReading.CENSORED: N_("removal counts at R, unavailable as still there"),
    RemovalTimeReading.EVENT: N_("removal counts at L, unavailable as removed"),
}
"""How both estimates are told apart; the first is the strict one and stands first."""

NOTICED: Final = {
    NoticeCohort.MONTH: N_("in the last 28 days"),
    NoticeCohort.QUARTER: N_("in the last 90 days"),
}
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
    running: int
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalCurve:
    """The survival curve under one meaning of unavailable.

    Attributes:
        left: share not yet removed at each of `times`, as text.
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
class RoleSection:
    """A hoster in one role."""

    role: str
    case_distribution: list[Segment]
    between: str
    key: str
    row: HosterTableRow
    chart: Bars
    days: tuple[tuple[str, int], ...]
    norms: tuple[Norm, ...]
    removals: tuple[RemovalCurve, ...]
    cohorts: tuple[Noticed, ...]
    same: bool
    sample: str


def _norm(norm: NormCount, running: int) -> Norm:
    bounds = norm.bounds
    return Norm(
        term=norm_words(norm.norm_s),
        share=share(*bounds) if bounds else gettext("no cases"),
        low=100 * bounds[0] if bounds else None,
        high=100 * bounds[1] if bounds else None,
        in_time=number(norm.in_time),
        late=number(norm.late),
        undetermined=number(norm.undetermined),
        n=norm.n,
        running=running,
        sample=_estimated(norm),
    )


def _estimated(norm: NormCount) -> str:
    """Return that a share is estimated, and its interval; empty where it is counted."""
    if not norm.interval:
        return ""
    said = gettext("estimated")
    return f"{said}; 95 %: {share(*norm.interval)}"


def _left(curve: Curve, t: int, reach_ms: int) -> str:
    if t > reach_ms and curve.survival[-1:] != (0.0,):
        return gettext("unknown")
    return f"{100 * curve.survival_at(t):.0f} %"


def _median(estimate: Estimate, reading: RemovalTimeReading) -> Median:
    return Median(
        half=cell(estimate.p50_ms, reading) if estimate.n else gettext("no cases"),
        interval=_interval(estimate) if estimate.has_interval else "",
    )


def _interval(estimate: Estimate) -> str:
    """Return the interval of a median; what is not reached is no end of it."""
    low, high = duration(estimate.p50_low_ms), duration(estimate.p50_high_ms)
    return low if low == high else translated("%(low)s to %(high)s", low=low, high=high)


def _noticed(figures: HosterFigures, cohort: NoticeCohort) -> Noticed:
    found = {meaning: figures.estimate(meaning, cohort) for meaning in MEANINGS}
    medians = tuple([_median(estimate, meaning) for meaning, estimate in found.items()])
    return Noticed(gettext(NOTICED[cohort]), found[RemovalTimeReading.CENSORED].n, medians)


def _removal(part: RoleView, meaning: RemovalTimeReading) -> RemovalCurve:
    curve, reach_ms = part.curves[meaning], part.reach_ms[meaning]
    estimate = part.figures.estimate(meaning)
    median = _median(estimate, meaning)
    return RemovalCurve(
        meaning=gettext(MEANINGS[meaning]),
        path=left_path(curve, reach_ms) if curve.n else "",
        n=curve.n,
        ended=curve.ended,
        half=median.half,
        interval=median.interval,
        nine_tenths=cell(estimate.p90_ms, meaning) if curve.n else gettext("no cases"),
        left=tuple(_left(curve, t, reach_ms) for t, _ in times()) if curve.n else (),
    )


def part_of(part: RoleView, view: View, name: str) -> RoleSection:
    """Return a hoster in a role as text and charts."""
    figures = part.figures
    removals = tuple(_removal(part, meaning) for meaning in MEANINGS)
    return RoleSection(
        role=gettext(ROLES[figures.role]),
        case_distribution=case_distribution(figures),
        between=_between(part),
        key=figures.role.value,
        row=row(figures, view),
        chart=bars(part.backlog, name),
        days=tuple((day_of(day.at), day.backlog) for day in reversed(part.backlog[:-1])),
        norms=tuple(_norm(norm, part.running.get(norm.norm_s, 0)) for norm in figures.norms),
        removals=removals,
        cohorts=tuple(_noticed(figures, cohort) for cohort in NOTICED),
        same=len({removal.path for removal in removals}) == 1,
        sample=sample(figures, figures.norm(DAY_S)).partition(";")[0],
    )


def _between(part: RoleView) -> str:
    """Return the outline of what lies between the two curves, empty without a case."""
    upper, lower = (part.curves[meaning] for meaning in MEANINGS)
    if not upper.n:
        return ""
    return between_path(upper, lower, max(part.reach_ms.values()))


def _classes(found: HosterView) -> list[tuple[str, str, list[int]]]:
    """Return the classes that any role has a case in, each with its count per role."""
    lines = []
    for case_class in CaseClass:
        counts = [part.figures.classes[case_class] for part in found.roles]
        if any(counts):
            lines.append((*class_words(case_class), counts))
    return lines


def render_hoster(
    found: HosterView, view: View, page: int = 1, answers: Sequence[HosterAnswer] = ()
) -> str:
    """Return the page of a hoster; it does not renew itself, being there to be read.

    Args:
        found: the hoster.
        view: what it was made from; before it is ready there are no figures.
        page: which page of the list of cases, from 1.
        answers: what the hoster said on its own page, newest first.
    """
    info, of = found.info, found.cases.of
    first = (page - 1) * LISTED_MAX + 1
    return framed(
        "hoster.html",
        path=f"/hoster/{found.hoster}",
        refreshing=False,
        stamp=stamp(view, found.as_of) if view.ready else None,
        view=view,
        hoster=found.hoster,
        info=info,
        country=info.country if info.country != "??" else "",
        owner=info.group if info.group != found.hoster else "",
        as_of=spoken(found.as_of),
        as_of_machine=rfc3339(found.as_of),
        parts=[part_of(part, view, info.name) for part in found.roles],
        role_names=[gettext(ROLES[part.figures.role]) for part in found.roles],
        classes=_classes(found),
        times=times(),
        time_ticks=time_ticks(),
        left_ticks=LEFT_TICKS,
        lines=[case_row(line) for line in found.cases.lines],
        answers=[answer_row(one) for one in answers[:ANSWERS_SHOWN]],
        of=of,
        first=first,
        last=first + len(found.cases.lines) - 1,
        page=page,
        pages=max(1, -(-of // LISTED_MAX)),
    )


def answer_row(one: HosterAnswer) -> dict[str, str]:
    """Return what a hoster said about a case as text."""
    return {
        "at": minute(one.answered_at),
        "case": one.case_id,
        "said": gettext(ANSWERS[one.answer]),
    }


def render_unknown() -> str:
    """Return the page for an id that nobody has; it does not repeat the id."""
    return framed("unknown.html", path="", refreshing=False)
