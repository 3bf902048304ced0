"""One moment of one hoster: what its page is rendered from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.moments import Instant
from streams.case_class import phase_at
from streams.rollup.case_figures import figures
from streams.rollup.case_row import CaseRow
from streams.rollup.case_table import flat
from streams.rollup.figures import HosterFigures, RemovalTimeReading
from streams.statistics.survival import Curve
from streams.views.backlog import Reading, backlog
from streams.views.case_list import CaseList, HosterCases, case_list, case_verdicts
from streams.views.view import HosterInfo, View

READINGS_MIN: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """A hoster in one role.

    Attributes:
        figures: as they stand everywhere else.
        backlog: of the last weeks; the present figure is the last. Readings before the first
            open case are left out, beyond a few.
        curves: share not yet removed by time since the notice, per meaning of unavailable.
        reach_ms: the longest time that a case was watched for; the curves say nothing beyond.
        running: open cases by norm, in seconds, whose time for it is not over.
    """

    figures: HosterFigures
    backlog: tuple[Reading, ...]
    curves: dict[RemovalTimeReading, Curve]
    reach_ms: dict[RemovalTimeReading, int]
    running: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterView:
    """A hoster in all its roles.

    Attributes:
        roles: those in which it has cases; never added up.
        cases: the newest of all roles.
    """

    hoster: str
    info: HosterInfo
    as_of: Instant
    roles: tuple[RoleView, ...]
    cases: CaseList


def hoster_view(hoster: str, view: View, held: HosterCases, skip: int = 0) -> HosterView:
    """Work out one hoster's page.

    Args:
        hoster: its id.
        view: what else is known; all holds for its `as_of`.
        held: its cases, of the same moment; figures are worked out from them.
        skip: how many of the newest cases stand on earlier pages of the list.
    """
    parts = [
        figures(hoster, role, flat(cases for _, cases in held.roles[role].urls), view.as_of)
        for role in sorted(held.roles)
    ]
    return HosterView(
        hoster=hoster,
        info=view.hosters.get(hoster, HosterInfo(name=hoster)),
        as_of=view.as_of,
        roles=tuple(_role(part, held, view.as_of) for part in parts if part.reported),
        cases=case_list(held, view.as_of, skip=skip),
    )


def _begun(days: Sequence[Reading]) -> Sequence[Reading]:
    """Leave out the readings before the one that the first open case followed, but for a few.

    A young ledger would be a line along the ground with its end turned up.
    """
    first = next((i for i, day in enumerate(days) if day.backlog), len(days))
    return days[max(0, min(first - 1, len(days) - READINGS_MIN)) :]


def _role(found: HosterFigures, held: HosterCases, as_of: Instant) -> RoleView:
    cases = list(flat(cases for _, cases in held.roles[found.role].urls))
    days = _begun(backlog(cases, as_of))
    return RoleView(
        figures=found,
        backlog=(*(day for day in days if day.at < as_of), Reading(as_of, found.backlog)),
        curves={meaning: found.spans[meaning].curve() for meaning in RemovalTimeReading},
        reach_ms={meaning: found.spans[meaning].longest_ms for meaning in RemovalTimeReading},
        running=_running(cases, as_of),
    )


def _running(cases: Iterable[CaseRow], as_of: Instant) -> Counter[int]:
    """Count the open cases by norm whose time for it is not over."""
    found: Counter[int] = Counter()
    for case in cases:
        phase = phase_at(case, as_of)
        if phase is not None:
            found.update(case_verdicts(case, phase.case_class, as_of).running)
    return found
