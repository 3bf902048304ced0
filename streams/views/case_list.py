"""The cases of one hoster as a list: ids, instants, class and verdicts; no URL and no host."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final, NamedTuple

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict, Role
from schemas.moments import SECOND_MS, Instant
from streams.case_class import phase_at
from streams.norms.maturity import AUTHORITY_ORDER, norms_apply
from streams.rollup.case_row import CaseRow
from streams.rollup.case_table import Group, HeldCases
from streams.views.view import View

LISTED_MAX: Final = 50
"""Lines of a page of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterCases:
    """What is held of one hoster.

    Attributes:
        roles: its cases by role.
        view: what else was known at the same moment, without figures; None = not said.
    """

    roles: Mapping[Role, HeldCases] = field(default_factory=dict)
    view: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case.

    Attributes:
        case_id: as `cases.v1` has it.
        noticed_at, last_seen_at, gone_at: the notice that counts, L and R.
        verdicts: by norm in seconds, `streams.norms.maturity.AUTHORITY_ORDER` for
            orders; empty where no norm applies to it, or it is not sampled.
        running: norms, in seconds, whose time is not over; their verdict is not due yet.
        sampled: probes on time are promised to it.
    """

    case_id: str
    role: Role
    case_class: CaseClass
    reported_at: Instant
    noticed_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    verdicts: tuple[tuple[int, NormVerdict], ...]
    running: frozenset[int]
    sampled: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """Some cases, newest first, and of how many."""

    lines: tuple[CaseLine, ...]
    of: int


def case_list(
    held: HosterCases, as_of: Instant, limit: int = LISTED_MAX, skip: int = 0
) -> CaseList:
    """Return a hoster's cases, newest notice first; those without one follow, newest report first.

    Args:
        held: its cases.
        as_of: the instant classes are asked for; cases that begin later are left out.
        limit: how many lines at most.
        skip: how many of the newest are left out before them.
    """
    found = list(_existing(held, as_of))
    newest = nlargest(skip + limit, found, key=lambda one: _newness(one[3], one[1], one[2]))
    lines = tuple(
        _line(case, held.roles[role].ids.of(key, n), role, as_of)
        for role, key, n, case in newest[skip:]
    )
    return CaseList(lines=lines, of=len(found))


class FoundLine(NamedTuple):
    """A case, and whose it is."""

    hoster: str
    line: CaseLine


def found_lines(
    group: Group, cases: Iterable[tuple[str, CaseRow]], as_of: Instant
) -> Iterator[FoundLine]:
    """Yield the cases of a URL at a hoster in a role.

    Args:
        group: whose they are, and in which role.
        cases: each with its id, oldest first.
        as_of: the instant asked for; a case that begins later is left out.
    """
    hoster, role = group
    for id, row in cases:
        if row.phases[0].from_at <= as_of:
            yield FoundLine(hoster, _line(row, id, role, as_of))


def not_due(
    verdicts: Iterable[tuple[int, NormVerdict]],
    noticed_at: Instant | None,
    order_due_at: Instant | None,
    as_of: Instant,
) -> frozenset[int]:
    """Return the undetermined norms of a case whose time is not over.

    Args:
        verdicts: its verdicts by norm in seconds, or `AUTHORITY_ORDER`.
        noticed_at: its clock.
        order_due_at: when the last term of its orders runs out.
        as_of: the present.
    """
    return frozenset(
        norm_s
        for norm_s, verdict in verdicts
        if verdict is NormVerdict.UNDETERMINED
        and noticed_at is not None
        and as_of
        < (order_due_at or 0 if norm_s == AUTHORITY_ORDER else noticed_at + norm_s * SECOND_MS)
    )


def _existing(held: HosterCases, as_of: Instant) -> Iterable[tuple[Role, bytes, int, CaseRow]]:
    for role, of_role in held.roles.items():
        for url_key, cases in of_role.urls:
            for ordinal, case in enumerate(cases):
                if case.phases[0].from_at <= as_of:
                    yield role, url_key, ordinal, case


def _newness(case: CaseRow, url_key: bytes, ordinal: int) -> tuple[bool, Instant, bytes, int]:
    noticed_at = case.noticed_at
    at = case.reported_at if noticed_at is None else noticed_at
    return noticed_at is not None, at, url_key, ordinal


def _line(case: CaseRow, id: str, role: Role, as_of: Instant) -> CaseLine:
    phase = phase_at(case, as_of) or case.phases[0]
    has_norms = (
        case.sampling.sampled
        and case.noticed_at is not None
        and norms_apply(phase.case_class, case.flags)
    )
    verdicts = tuple(zip(case.norms_s, case.verdicts, strict=False)) if has_norms else ()
    if has_norms and case.order_verdict is not None:
        verdicts = ((AUTHORITY_ORDER, case.order_verdict), *verdicts)
    return CaseLine(
        case_id=id,
        role=role,
        case_class=phase.case_class,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        verdicts=verdicts,
        running=not_due(verdicts, case.noticed_at, case.order_due_at, as_of)
        if phase.case_class in OPEN
        else frozenset(),
        sampled=case.sampling.sampled,
        flags=case.flags,
    )
