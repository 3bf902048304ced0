"""The cases of one hoster as a list: ids, instants, class and verdicts; no URL and no host."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final, TypeAlias

from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.reasons import CaseClass, Flag, NormVerdict, Role
from streams.case_class import phase_at
from streams.norms.maturity import ORDER
from streams.rollup.case_row import CaseRow
from streams.rollup.tally import UNJUDGED

LISTED_MAX: Final = 500
"""Lines of a list: more than a reader goes through, and some 200 KiB of page."""

Held: TypeAlias = Sequence[tuple[bytes, tuple[CaseRow, ...]]]
"""The cases of a hoster in a role by URL key, those of a URL oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterCases:
    """What is held of one hoster.

    Attributes:
        owners: every group that its cases may have been opened for; a case's id is made from it.
        roles: its cases by role.
    """

    owners: frozenset[str]
    roles: Mapping[Role, Held] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case.

    Attributes:
        case_id: None where the hoster changed its owner, so that it cannot be told from the
            figures' copy of the case.
        noticed_at, last_seen_at, gone_at: the notice that counts, L and R.
        verdicts: by norm in seconds, `streams.norms.maturity.ORDER` for orders; empty where no
            norm is asked of it, or it is not sampled.
        sampled: probes on time are promised to it.
    """

    case_id: str | None
    role: Role
    outcome: CaseClass
    reported_at: Instant
    noticed_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    verdicts: tuple[tuple[int, NormVerdict], ...]
    sampled: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """The newest cases, and of how many."""

    lines: tuple[CaseLine, ...]
    of: int


def case_list(held: HosterCases, as_of: Instant, limit: int = LISTED_MAX) -> CaseList:
    """Return a hoster's cases, newest notice first; those without one follow, newest report first.

    Args:
        held: its cases.
        as_of: the instant classes are asked for; cases that begin later are left out.
        limit: how many lines at most.
    """
    owner = next(iter(held.owners)) if len(held.owners) == 1 else None
    found = list(_existing(held, as_of))
    newest = nlargest(limit, found, key=lambda one: _newness(one[3], one[1], one[2]))
    lines = tuple(
        _line(case, None if owner is None else case_id(key.hex(), owner, role, n), role, as_of)
        for role, key, n, case in newest
    )
    return CaseList(lines=lines, of=len(found))


def _existing(held: HosterCases, as_of: Instant) -> Iterable[tuple[Role, bytes, int, CaseRow]]:
    for role, urls in held.roles.items():
        for url_key, cases in urls:
            for ordinal, case in enumerate(cases):
                if case.phases[0].from_at <= as_of:
                    yield role, url_key, ordinal, case


def _newness(case: CaseRow, url_key: bytes, ordinal: int) -> tuple[bool, Instant, bytes, int]:
    noticed_at = case.noticed_at
    at = case.reported_at if noticed_at is None else noticed_at
    return noticed_at is not None, at, url_key, ordinal


def _line(case: CaseRow, id: str | None, role: Role, as_of: Instant) -> CaseLine:
    phase = phase_at(case, as_of) or case.phases[0]
    judged = case.sampling.sampled and case.noticed_at is not None and phase.outcome not in UNJUDGED
    verdicts = tuple(zip(case.norms_s, case.verdicts, strict=False)) if judged else ()
    if judged and case.order_verdict is not None:
        verdicts = ((ORDER, case.order_verdict), *verdicts)
    return CaseLine(
        case_id=id,
        role=role,
        outcome=phase.outcome,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        verdicts=verdicts,
        sampled=case.sampling.sampled,
        flags=case.flags,
    )
