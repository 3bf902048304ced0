"""What a history comes to at an instant, in hours: what `hostwatch judge` prints."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from schemas.closed_lists import BACKLOG, CaseClass, NormVerdict, Role
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import CaseSummary, UrlState
from streams.case_class import class_at
from streams.lifecycle.result.grades import Grades, grades
from streams.norms.overdue import is_overdue
from streams.rollup.case_figures import figures
from streams.rollup.row_interning import rows
from streams.rollup.windows import Window, WindowEvent
from streams.schedule.slots import slots

HOUR_DIGITS: Final = 3
"""Hours are printed to 3.6 s."""


class CaseOutcome(Struct, frozen=True, kw_only=True, rename={"case_class": "class"}):
    """One case at an instant; docs/measurement.md has the rules.

    Attributes:
        case_class: its class; of an open case its state.
        clock: what its clock rests on; None = none runs.
        l_h, r_h: of the spell now running, else of the last one.
        verdicts, again: norm verdicts and second verdicts, by the norm's hours.
        order: the worst verdict of its orders that count; None = there is none.
        naming: it passes what naming asks of a single case.
        next_look_h: the next slot, without the case's fixed shift; None = there is none.
    """

    hoster: str
    role: Role
    case_class: CaseClass
    opened_h: float
    noticed_h: float | None
    clock: str | None
    l_h: float | None
    r_h: float | None
    verdicts: dict[str, str]
    order: str | None
    again: dict[str, str]
    public_late: bool
    naming: bool
    overdue: bool
    flags: tuple[str, ...]
    reappearances: int
    next_look_h: float | None


class UrlOutcome(Struct, frozen=True, kw_only=True):
    """A URL at an instant: its cases in order of opening, and windows of 28 d by hoster."""

    as_of_h: float
    cases: tuple[CaseOutcome, ...]
    windows_28d: dict[str, dict[str, int]]


def evaluated(state: UrlState | None, start_at: Instant, as_of: Instant) -> UrlOutcome:
    """Return what a state says at an instant.

    Args:
        state: the URL's; None = nothing is known yet.
        start_at: hour 0.
        as_of: the instant.
    """
    begun = _begun(state, as_of)
    return UrlOutcome(
        as_of_h=_hours(as_of, start_at),
        cases=tuple(_case(case, case_class, start_at, as_of) for case, case_class in begun),
        windows_28d=_windows([case for case, _ in begun], as_of),
    )


def case_outcomes(state: UrlState, start_at: Instant, as_of: Instant) -> dict[str, CaseOutcome]:
    """Return the cases of a state at an instant by their ids, in order of opening.

    Args:
        state: the URL's.
        start_at: hour 0.
        as_of: the instant.
    """
    begun = _begun(state, as_of)
    return {case.case_id: _case(case, case_class, start_at, as_of) for case, case_class in begun}


def graded(state: UrlState | None, as_of: Instant) -> tuple[Grades, ...]:
    """Return what L and R of the cases at an instant rest on, in order of opening.

    Args:
        state: the URL's; None = nothing is known yet.
        as_of: the instant.
    """
    return tuple(grades(state, case) for case, _ in _begun(state, as_of)) if state else ()


def _begun(state: UrlState | None, as_of: Instant) -> list[tuple[CaseSummary, CaseClass]]:
    """Return the cases that there are at an instant, each with its class."""
    found = [
        (case, case_class)
        for case in (state.cases if state else ())
        if (case_class := class_at(case, as_of)) is not None
    ]
    found.sort(key=lambda one: (one[0].opened_at, one[0].group, one[0].role))
    return found


def _hours(at: Instant, start_at: Instant) -> float:
    return round((at - start_at) / HOUR_MS, HOUR_DIGITS)


def _case(
    case: CaseSummary, case_class: CaseClass, start_at: Instant, as_of: Instant
) -> CaseOutcome:
    def hours(at: Instant | None) -> float | None:
        return None if at is None else _hours(at, start_at)

    return CaseOutcome(
        hoster=case.hoster,
        role=case.role,
        case_class=case_class,
        opened_h=_hours(case.opened_at, start_at),
        noticed_h=hours(case.noticed_at),
        clock=case.clock,
        l_h=hours(case.last_seen_at),
        r_h=hours(case.gone_at),
        verdicts=_by_norm(case.norms_s, case.verdicts),
        order=case.order_verdict,
        again=_by_norm(case.norms_s, case.again_verdicts),
        public_late=case.public_late,
        naming=case.naming,
        overdue=case_class in BACKLOG and is_overdue(case),
        flags=tuple(sorted(case.flags)),
        reappearances=len(case.returns),
        next_look_h=hours(_next_slot(case, as_of)),
    )


def _by_norm(norms_s: Sequence[int], verdicts: Sequence[NormVerdict]) -> dict[str, str]:
    named = zip(norms_s, verdicts, strict=False)
    return {f"{norm_s / 3_600:g}": verdict.value for norm_s, verdict in named}


def _next_slot(case: CaseSummary, as_of: Instant) -> Instant | None:
    """Return the next slot where a case without an id, which is not shifted, has it."""
    unshifted = replace(case, case_id="")
    return next((slot.at for slot in slots(unshifted, as_of) if slot.at > as_of), None)


def _windows(cases: Iterable[CaseSummary], as_of: Instant) -> dict[str, dict[str, int]]:
    """Return what happened at each hoster in 28 d, in the role that it has."""
    by_hoster: dict[tuple[str, Role], list[CaseSummary]] = defaultdict(list)
    for case in cases:
        by_hoster[case.hoster, case.role].append(case)
    found: dict[str, dict[str, int]] = {}
    for (hoster, role), mine in sorted(by_hoster.items()):
        said = figures(hoster, role, rows(mine, as_of), as_of).windows
        counts = {event.value: said[event][Window.FOUR_WEEKS] for event in WindowEvent}
        before = found.get(hoster, {})
        found[hoster] = {name: n + before.get(name, 0) for name, n in counts.items()}
    return found
