"""The published side: what a rollup would say at an instant, by the product's own code.

The only module here that uses `streams`, because that is what is under test.
"""

from dataclasses import dataclass, field
from typing import Final

from msgspec import Raw
from msgspec.structs import replace

from schemas.closed_lists import (
    BACKLOG,
    HotlineMode,
    NormVerdict,
    Quarantine,
    Result,
)
from schemas.codec import OUTCOME, STATE
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from streams.case_class import phase_at
from streams.lifecycle.result.grades import Grades, grades
from streams.norms.measurability import is_measurable
from streams.norms.overdue import is_overdue, is_overdue_unseen, late_at
from streams.norms.punctuality import norm_slots
from streams.rollup.case_figures import figures, totals
from streams.rollup.case_table import CaseTable, UrlCases, flat
from streams.rollup.figures import (
    DELAY_BOUNDS_S,
    PLAIN,
    REMOVAL_BOUNDS_S,
    HosterFigures,
    NoticeCohort,
    RemovalTimeReading,
)
from streams.rollup.intake_counts import IntakeTally
from streams.rollup.open_age import OPEN_AGE_BOUNDS_S
from streams.rollup.windows import Window, WindowEvent
from streams.views import replay_figures
from verify.compared.record import HAPPENINGS, WIDTHS_MS, Case, Figures, Group, RemovalEstimate
from verify.figures.figures import named
from verify.figures.replayed import NOT_REACHED, QUARTILE_NAMES

_REPORT: Final = Raw(b"0")
"""The table of the rollup counts reports and does not read them."""


@dataclass(frozen=True, slots=True)
class PublishedState:
    """What a state in `cases.v1` says of a URL: how many reports, cases, text, replayed rows.

    Attributes:
        grades: what L and R of each of the cases rest on.
    """

    reports: int
    summaries: tuple[CaseSummary, ...]
    rows: tuple[replay_figures.SourceReport, ...] = ()
    sealed: str = ""
    grades: tuple[Grades, ...] = ()

    @classmethod
    def of(cls, value: bytes) -> "PublishedState":
        """Read a state as it stands there.

        Raises:
            Rejected: it is none.
        """
        state = STATE.decode(value)
        replayed = tuple(r for r in state.reports if r.mode is HotlineMode.HISTORIC)
        rows = replay_figures.rows_of(replace(state, reports=replayed)) if replayed else ()
        graded = tuple(grades(state, case) for case in state.cases)
        return cls(len(state.reports), state.cases, tuple(rows), state.sealed, graded)

    def cases(self, as_of: Instant) -> list[Case]:
        """Return its cases at an instant."""
        found = zip(self.summaries, self.grades, strict=True)
        return [_case(summary, graded, as_of) for summary, graded in found]


def _case(summary: CaseSummary, graded: Grades, as_of: Instant) -> Case:
    phase = phase_at(summary, as_of)
    in_backlog = phase is not None and phase.case_class in BACKLOG
    return Case(
        case_id=summary.case_id,
        hoster=summary.hoster,
        group=summary.group,
        role=summary.role,
        case_class=phase.case_class if phase else None,
        since_at=phase.from_at if phase else 0,
        opened_at=summary.opened_at,
        reported_at=summary.reported_at,
        noticed_at=summary.noticed_at,
        norms_s=summary.norms_s,
        verdicts=summary.verdicts,
        first_seen_at=summary.first_seen_at,
        last_seen_at=summary.last_seen_at,
        gone_at=summary.gone_at,
        settled_at=summary.confirmed_at,
        first_end=summary.first_end,
        returns=tuple((r.last_seen_at, r.gone_at, r.back_at) for r in summary.returns),
        again_noticed_at=summary.again_noticed_at,
        again_verdicts=summary.again_verdicts,
        flags=summary.flags,
        naming=summary.naming,
        inclusion=summary.sampling.inclusion,
        sampled=summary.sampling.sampled,
        missed=norm_slots(summary, as_of).not_on_time,
        unmeasurable=phase is not None and not is_measurable(summary, phase.case_class, as_of),
        rechecked=summary.rechecks.rechecked,
        disagreed=summary.rechecks.disagreed,
        delay=summary.delay,
        clock=str(summary.clock or ""),
        order_verdict=summary.order_verdict,
        order_due_at=summary.order_due_at,
        late_in_public=summary.late_in_public,
        overdue=in_backlog and is_overdue(summary),
        overdue_unseen=in_backlog and is_overdue_unseen(summary, as_of),
        late_at=late_at(summary),
        matures=True,
        host=summary.host,
        seen_by=graded.seen_by,
        gone_by=graded.gone_by,
    )


@dataclass(slots=True)
class Published:
    """The table a rollup holds.

    Attributes:
        as_of: the instant figures are made for.
    """

    as_of: Instant
    _table: CaseTable = field(default_factory=CaseTable)
    _rows: list[replay_figures.SourceReport] = field(default_factory=list)

    def put(self, url_key: str, state: PublishedState) -> None:
        """Take in a URL's newest state."""
        url = UrlCases(reports=(_REPORT,) * state.reports, cases=state.summaries)
        self._table.put(bytes.fromhex(url_key), url, self.as_of)
        self._rows += state.rows

    def numbers(self) -> dict[str, int]:
        """Return what is said of the table as a whole."""
        return {
            "cases": self._table.cases,
            "pending_urls": self._table.pending_urls,
            "pending_reports": self._table.pending_reports,
        }

    def figures(self) -> tuple[dict[Group, Figures], dict[Group, Figures]]:
        """Return the figures of every hoster, and the totals of each role."""
        parts = [
            figures(hoster, role, flat(self._table.snapshot((hoster, role))), self.as_of)
            for hoster, role in self._table.groups()
        ]
        whole = totals(parts, self.as_of)
        return (
            {(part.hoster, part.role): _figures(part) for part in parts},
            {(part.hoster, part.role): _figures(part) for part in whole},
        )

    def replayed(self) -> dict[Group, Figures]:
        """Return what `hostwatch replay` says of the replayed reports; empty without any."""
        return {(g.id, g.by): _replayed(g) for g in replay_figures.groups(self._rows) if g.reported}


def _replayed(group: replay_figures.ReplayGroup) -> Figures:
    counts = {
        "replayed": group.reported,
        "removed": group.removed,
        "online": group.online,
        "never_online": group.never_online,
    }
    for name, reached in zip(QUARTILE_NAMES, group.quartiles_s, strict=True):
        counts[name] = NOT_REACHED if reached is None else reached
    return Figures(counts={name: n for name, n in counts.items() if n}, removals={})


_BY_ONE_PROGRAM = ("untold_returns",)
"""What the second program does not count."""


def _figures(part: HosterFigures) -> Figures:
    counts = {name: getattr(part, name) for name in PLAIN if name not in _BY_ONE_PROGRAM}
    counts |= {
        "cases": part.reported,
        "backlog": part.backlog,
        "oldest_open_at": part.oldest_open_at or 0,
        "open_age_sum_ms": part.open_ages.sum_ms,
    }
    counts |= {f"class {case_class}": n for case_class, n in part.classes.items()}
    counts |= {f"flag {flag}": n for flag, n in part.flags.items()}
    for inclusion, sampled, cases in part.included:
        counts[f"cases at {inclusion}"] = cases
        counts[f"sampled at {inclusion}"] = sampled
    for norm in part.norms:
        for counted in norm.parts:
            name = f"norm {norm.norm_s} at {counted.inclusion}"
            counts[f"{name} {NormVerdict.IN_TIME}"] = counted.in_time
            counts[f"{name} {NormVerdict.LATE}"] = counted.late
            counts[f"{name} {NormVerdict.UNDETERMINED}"] = counted.undetermined
            counts[f"{name} left out"] = counted.left_out
    for (norm_s, verdict), n in part.second.items():
        counts[f"second {norm_s} {verdict}"] = n
    counts |= _delays(part)
    for what in HAPPENINGS:
        for width in WIDTHS_MS:
            counts[f"{what} {width}"] = part.windows[WindowEvent(what)][Window(width)]
    for bound, n in zip((*OPEN_AGE_BOUNDS_S, "above"), part.open_ages.counts, strict=True):
        counts[f"open_age_bucket {bound}"] = n
    bounds = (*REMOVAL_BOUNDS_S, "above")
    for bound, n in zip(bounds, part.removal_weights, strict=True):
        counts[f"removal_bucket {bound}"] = n
    return Figures(
        counts={name: n for name, n in counts.items() if n},
        removals={
            named(u.value, cohort.value): _removal(part, u, cohort)
            for u in RemovalTimeReading
            for cohort in NoticeCohort
        },
        shares={str(n.norm_s): n.bounds for n in part.norms if n.bounds is not None},
        inclusion=part.inclusion,
    )


def _delays(part: HosterFigures) -> dict[str, int]:
    found = {}
    for hotline, delays in part.delays.items():
        found[f"delay_sum_ms of {hotline}"] = delays.sum_ms
        for bound, n in zip((*DELAY_BOUNDS_S, "above"), delays.counts, strict=True):
            found[f"delay_bucket {bound} of {hotline}"] = n
    return found


def _removal(
    part: HosterFigures, unavailable: RemovalTimeReading, cohort: NoticeCohort
) -> RemovalEstimate:
    found = part.estimate(unavailable, cohort)
    return RemovalEstimate(
        n=found.n,
        ended=found.ended,
        p50_ms=found.p50_ms,
        p90_ms=found.p90_ms,
        has_interval=found.has_interval,
        p50_low_ms=found.p50_low_ms,
        p50_high_ms=found.p50_high_ms,
    )


@dataclass(slots=True)
class PublishedIntake:
    """The counts of intake that a rollup shows."""

    _tally: IntakeTally = field(default_factory=IntakeTally)

    def add(self, value: bytes) -> None:
        """Take in one record of `outcomes.v1`.

        Raises:
            Rejected: it is none.
        """
        self._tally.add(OUTCOME.decode(value))

    def counts(self) -> list[tuple[tuple[str, str, Result, Quarantine | None], int]]:
        """Return how many records of a hotline and type had which outcome."""
        return [((c.hotline, c.type, c.result, c.reason), c.count) for c in self._tally.counts()]
