"""The cases of one hoster as a list: ids, instants, class and verdicts; no URL and no host."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final, NamedTuple, Protocol

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict, Role
from schemas.moments import SECOND_MS, Instant
from streams.case_class import phase_at
from streams.norms.maturity import AUTHORITY_ORDER, norms_apply
from streams.norms.overdue import ClockedCase
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


class CaseWithNorms(ClockedCase, Protocol):
    """A case that has verdicts, as `streams.rollup.case_row.CaseRow` or a summary of it."""

    @property
    def noticed_at(self) -> Instant | None:
        """When its clock began; None = none runs."""
        ...

    @property
    def norms_s(self) -> tuple[int, ...]:
        """Its norms, seconds."""
        ...

    @property
    def order_due_at(self) -> Instant | None:
        """When the last term of its orders runs out; None = it has none."""
        ...


class CaseVerdicts(NamedTuple):
    """The verdicts of a case; none where no norm applies to it.

    Attributes:
        first: by norm in seconds, `streams.norms.maturity.AUTHORITY_ORDER` for orders.
        running: norms of these whose time is not over; their verdict is not due yet.
        second: by norm in seconds, on what followed a return.
        second_running: norms of these whose time is not over.
    """

    first: tuple[tuple[int, NormVerdict], ...] = ()
    running: frozenset[int] = frozenset()
    second: tuple[tuple[int, NormVerdict], ...] = ()
    second_running: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case.

    Attributes:
        case_id: as `cases.v1` has it.
        noticed_at, last_seen_at, gone_at: the notice that counts, L and R.
        verdicts: the first verdicts, by norm in seconds, `streams.norms.maturity.AUTHORITY_ORDER`
            for orders; empty where no norm applies to it, or it is not sampled.
        running: norms, in seconds, whose time is not over; their verdict is not due yet.
        second, second_running: the same of the second verdicts, on what followed a return.
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
    second: tuple[tuple[int, NormVerdict], ...]
    second_running: frozenset[int]
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


def case_verdicts(case: CaseWithNorms, case_class: CaseClass, as_of: Instant) -> CaseVerdicts:
    """Return the verdicts of a case as every page says them.

    Args:
        case: the case.
        case_class: its class at `as_of`.
        as_of: the present.
    """
    if case.noticed_at is None or not norms_apply(case_class, case.flags):
        return CaseVerdicts()
    first = tuple(zip(case.norms_s, case.verdicts, strict=False))
    if case.order_verdict is not None:
        first = ((AUTHORITY_ORDER, case.order_verdict), *first)
    again_at = case.again_noticed_at
    second = () if again_at is None else tuple(zip(case.norms_s, case.again_verdicts, strict=False))
    if case_class not in OPEN:
        return CaseVerdicts(first=first, second=second)
    return CaseVerdicts(
        first=first,
        running=not_due(first, case.noticed_at, case.order_due_at, as_of),
        second=second,
        second_running=not_due(second, again_at, None, as_of),
    )


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
    sampled = case.sampling.sampled
    said = case_verdicts(case, phase.case_class, as_of) if sampled else CaseVerdicts()
    return CaseLine(
        case_id=id,
        role=role,
        case_class=phase.case_class,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        verdicts=said.first,
        running=said.running,
        second=said.second,
        second_running=said.second_running,
        sampled=sampled,
        flags=case.flags,
    )
