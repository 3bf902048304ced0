"""Cases that an operator asks for: which they are, and what is said of each; no URL and no host."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import Struct, field

from schemas.closed_lists import BACKLOG, OPEN, CaseClass, Flag, NormVerdict, Role
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from streams.case_class import phase_at
from streams.norms.maturity import AUTHORITY_ORDER
from streams.norms.overdue import is_overdue, is_overdue_unseen
from streams.views.case_list import case_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases are asked for; what is None or false asks for nothing.

    Attributes:
        case_id: the one case of that id.
        hoster: the hoster's or its owner's id.
        hotline: one of those that reported it.
        case_class: at the instant asked for.
        norm: the case has this norm: seconds as text, or `order`.
        verdict: of that norm; where none is named, of at least one of the case.
        flag: it is said of the case.
        overdue: seen after its norm ran out, and open.
        open_for_ms: open, and its clock (else its opening) was at least so long ago.
    """

    case_id: str | None = None
    hoster: str | None = None
    hotline: str | None = None
    case_class: CaseClass | None = None
    norm: str | None = None
    verdict: NormVerdict | None = None
    flag: Flag | None = None
    overdue: bool = False
    open_for_ms: int = 0


class FoundCase(Struct, frozen=True, kw_only=True):
    """What is said of a case.

    Attributes:
        url_key: the URL's keyed hash, which `hostwatch decide` asks for.
        case_class: at the instant asked for.
        noticed_at, last_seen_at, gone_at: the clock, L and R.
        verdicts: by norm in seconds, as text; `order` for the terms of orders. Empty where no norm
            applies to the case.
        overdue: seen after its norm ran out, and open.
        overdue_unseen: open, its due norm ran out, and no backed sighting says more.
        hotlines: that reported it.
        as_of: the instant that classes and `overdue` hold for.
        not_due_yet: norms of `verdicts` whose time is not over.
        again_noticed_at: from when the second verdict runs; None = none does.
        again_verdicts: the second verdicts, on what followed a return, by norm.
        again_not_due_yet: norms of these whose time is not over.
    """

    case_id: str
    url_key: str
    hoster: str
    owner: str
    role: Role
    case_class: CaseClass
    opened_at: Instant
    reported_at: Instant
    noticed_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    verdicts: dict[str, NormVerdict]
    overdue: bool
    overdue_unseen: bool
    reappearances: int
    flags: tuple[Flag, ...]
    hotlines: tuple[str, ...]
    as_of: Instant
    not_due_yet: tuple[str, ...] = ()
    again_noticed_at: Instant | None = None
    again_verdicts: dict[str, NormVerdict] = field(default_factory=dict)
    again_not_due_yet: tuple[str, ...] = ()


def found_cases(
    url_key: str, cases: Iterable[CaseSummary], wanted: CaseFilter, as_of: Instant
) -> Iterator[FoundCase]:
    """Yield those of a URL's cases that are asked for, oldest first.

    Args:
        url_key: the URL's keyed hash.
        cases: of that URL.
        wanted: which of them.
        as_of: the instant asked for; a case that begins later is left out.
    """
    for case in cases:
        phase = phase_at(case, as_of)
        if phase is not None:
            found = _found(url_key, case, phase.case_class, as_of)
            if _is_wanted(found, wanted, as_of):
                yield found


def _found(url_key: str, case: CaseSummary, case_class: CaseClass, as_of: Instant) -> FoundCase:
    in_backlog = case_class in BACKLOG
    said = case_verdicts(case, case_class, as_of)
    return FoundCase(
        url_key=url_key,
        case_id=case.case_id,
        hoster=case.hoster,
        owner=case.group,
        role=case.role,
        case_class=case_class,
        opened_at=case.opened_at,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        verdicts=_by_norm(said.first),
        overdue=in_backlog and is_overdue(case),
        overdue_unseen=in_backlog and is_overdue_unseen(case, as_of),
        reappearances=len(case.returns),
        flags=case.flags,
        hotlines=case.hotlines,
        as_of=as_of,
        not_due_yet=_names(said.running),
        again_noticed_at=case.again_noticed_at if said.second else None,
        again_verdicts=_by_norm(said.second),
        again_not_due_yet=_names(said.second_running),
    )


def _by_norm(said: Iterable[tuple[int, NormVerdict]]) -> dict[str, NormVerdict]:
    by_length = sorted(said, key=lambda one: (one[0] == AUTHORITY_ORDER, one[0]))
    return {_name(norm_s): verdict for norm_s, verdict in by_length}


def _names(norms_s: Iterable[int]) -> tuple[str, ...]:
    return tuple(_name(norm_s) for norm_s in sorted(norms_s))


def _name(norm_s: int) -> str:
    return "order" if norm_s == AUTHORITY_ORDER else str(norm_s)


def _is_wanted(case: FoundCase, wanted: CaseFilter, as_of: Instant) -> bool:
    since = case.opened_at if case.noticed_at is None else case.noticed_at
    is_open = case.case_class in OPEN
    return (
        wanted.case_id in (None, case.case_id)
        and wanted.hoster in (None, case.hoster, case.owner)
        and (wanted.hotline is None or wanted.hotline in case.hotlines)
        and wanted.case_class in (None, case.case_class)
        and _has_verdict(case, wanted)
        and (wanted.flag is None or wanted.flag in case.flags)
        and (not wanted.overdue or case.overdue)
        and (not wanted.open_for_ms or (is_open and as_of - since >= wanted.open_for_ms))
    )


def _has_verdict(case: FoundCase, wanted: CaseFilter) -> bool:
    norm, verdict = wanted.norm, wanted.verdict
    if verdict is None:
        return norm is None or norm in case.verdicts
    return any(
        said is verdict and norm in (None, name) and name not in case.not_due_yet
        for name, said in case.verdicts.items()
    )
