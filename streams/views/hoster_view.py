"""One moment of one hoster: what its page is rendered from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.moments import Instant
from streams.rollup.case_table import flat
from streams.rollup.figures import HosterFigures, Unavailable
from streams.statistics.survival import Curve
from streams.views.backlog import Reading, backlog
from streams.views.case_list import CaseList, HosterCases, case_list
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
    """

    figures: HosterFigures
    backlog: tuple[Reading, ...]
    curves: dict[Unavailable, Curve]
    reach_ms: dict[Unavailable, int]


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


def hoster_view(hoster: str, view: View, held: HosterCases) -> HosterView:
    """Work out one hoster's page.

    Args:
        hoster: its id.
        view: the figures; all holds for its `as_of`.
        held: its cases, of the same moment or a little later.
    """
    parts = sorted(
        (part for part in view.figures if part.hoster == hoster), key=lambda part: part.role
    )
    return HosterView(
        hoster=hoster,
        info=view.hosters.get(hoster, HosterInfo(name=hoster)),
        as_of=view.as_of,
        roles=tuple(_role(part, held, view.as_of) for part in parts),
        cases=case_list(held, view.as_of),
    )


def _begun(days: Sequence[Reading]) -> Sequence[Reading]:
    """Leave out the readings before the one that the first open case followed, but for a few.

    A young ledger would be a line along the ground with its end turned up.
    """
    first = next((i for i, day in enumerate(days) if day.open), len(days))
    return days[max(0, min(first - 1, len(days) - READINGS_MIN)) :]


def _role(figures: HosterFigures, held: HosterCases, as_of: Instant) -> RoleView:
    cases = flat(cases for _, cases in held.roles.get(figures.role, ()))
    days = _begun(backlog(cases, as_of))
    return RoleView(
        figures=figures,
        backlog=(*(day for day in days if day.at < as_of), Reading(as_of, figures.open)),
        curves={meaning: figures.spans[meaning].curve() for meaning in Unavailable},
        reach_ms={meaning: figures.spans[meaning].longest_ms for meaning in Unavailable},
    )
