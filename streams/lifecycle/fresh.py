"""The short way of a URL that was reported once and is placed: most events of a ledger are these.

Nothing was seen of it but what its report says, so of its cases only identities and instants are
its own; all else is shared by all URLs that were reported and placed alike. The cases of such a
kind are judged once, by `streams.lifecycle.cases`, and given to each with its own in their place.
Whatever else is in a state, or happened, is left to `streams.lifecycle.advance`. Both ways give
equal states, which tests/streams/lifecycle/test_fresh.py holds them to.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import structs

from schemas.case import (
    CaseSummary,
    PackedAttribution,
    PackedPlacement,
    PackedReport,
    Phase,
    Steady,
    UrlState,
)
from schemas.facts import Attribution
from schemas.ids import case_id
from schemas.ledger import ReportAccepted
from schemas.moments import Instant
from streams.lifecycle.cases import judge
from streams.lifecycle.expected import RULES
from streams.lifecycle.fold import Happened, packed_places, packed_report
from streams.lifecycle.timeline import RESOLVER

KINDS_MAX: Final = 4_096
"""Kinds kept, some 2 KB each: hotlines and their norms, times hosters and their networks."""

_THEN: Final[Instant] = 1_000_000_000_000
"""When the report of a kind was received, placed, and saw what it saw: any instant does."""

_Report: TypeAlias = tuple[str, bool, tuple[Any, ...]]
"""Of a report: the hotline, whether it saw the material, all fields behind `seen_at`."""


class _Kind(NamedTuple):
    """What is shared.

    Attributes:
        cases: those of a report of `_THEN`.
        steady: in no need of an instant.
    """

    cases: tuple[CaseSummary, ...]
    steady: tuple[Steady, ...]


def fresh(url_key: str, state: UrlState | None, happened: Sequence[Happened]) -> UrlState | None:
    """Return the state after a URL's first report or its placement; None = it is neither.

    Args:
        url_key: the URL.
        state: what was stored; None = nothing yet.
        happened: records with their append times.
    """
    if len(happened) > 2 or (state is not None and not _is_only_reported(state)):
        return None
    report = fact = None
    for record, _ in happened:
        if isinstance(record, ReportAccepted) and report is None and state is None:
            report = record
        elif isinstance(record, Attribution) and fact is None:
            fact = record
        else:
            return None
    if report is not None:
        state = _reported(url_key, report)
    if state is None:
        return None
    return state if fact is None else _placed(state, fact)


def _is_only_reported(state: UrlState) -> bool:
    rest = (
        state.notices
        or state.withdrawals
        or state.checks
        or state.answers
        or state.attributions
        or state.tracks
        or state.decisions
    )
    return len(state.reports) == 1 and not rest


def _reported(url_key: str, entry: ReportAccepted) -> UrlState:
    report = packed_report(entry)
    return UrlState(
        url_key=url_key,
        sealed=entry.sealed,
        literal=entry.literal,
        root=entry.root,
        reports=(report,),
        newest_at=_newest_at(report),
        rules=RULES,
    )


def _newest_at(report: PackedReport) -> Instant:
    return max(0, report.reported_at, report.seen_at or 0, report.last_online_at or 0)


def _placed(state: UrlState, fact: Attribution) -> UrlState | None:
    (report,) = state.reports
    seen_at = report.seen_at
    usual = seen_at is None or seen_at <= report.received_at
    if fact.vantage != RESOLVER or not usual or _is_testified_by_source(report):
        return None
    places = packed_places(fact)
    said = structs.astuple(report)
    kind = _kind(
        (report.hotline, seen_at is not None, said[_BEHIND_SEEN:]),
        tuple([structs.replace(place, address_key="", address="") for place in places]),
        (fact.answered, fact.nxdomain),
    )
    if kind is None:
        return None
    made = PackedAttribution(
        fact.at, fact.vantage, fact.answered, fact.nxdomain, tuple(range(len(places)))
    )
    return structs.replace(
        state,
        placements=places,
        attributions=(made,),
        cases=tuple([_own(case, state.url_key, report) for case in kind.cases]),
        steady=kind.steady,
        newest_at=max(_newest_at(report), fact.at),
        rules=RULES,
    )


_BEHIND_SEEN: Final = PackedReport.__struct_fields__.index("seen_at") + 1


def _is_testified_by_source(report: PackedReport) -> bool:
    return report.source_online is not None or report.last_online_at is not None


def _own(case: CaseSummary, url_key: str, report: PackedReport) -> CaseSummary:
    received_at, seen_at = report.received_at, report.seen_at
    later_ms = received_at - _THEN
    return structs.replace(
        case,
        case_id=case_id(url_key, case.group, case.role, 0),
        opened_at=received_at,
        reported_at=report.reported_at,
        received_at=received_at,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
        phases=tuple([Phase(phase.from_at + later_ms, phase.outcome) for phase in case.phases]),
    )


@lru_cache(maxsize=KINDS_MAX)
def _kind(
    reported: _Report, places: tuple[PackedPlacement, ...], resolved: tuple[bool, bool]
) -> _Kind | None:
    """Judge a URL of a kind; None = instants of its own say more of its cases than when.

    Args:
        reported: of its report.
        places: its placements, in their order, without addresses.
        resolved: whether the name servers answered, and that there is no such name.
    """
    hotline, is_seen, said = reported
    seen_at = _THEN if is_seen else None
    made = PackedAttribution(_THEN, RESOLVER, *resolved, tuple(range(len(places))))
    cases, steady = judge(
        UrlState(
            url_key="",
            reports=(PackedReport(_THEN, hotline, "", _THEN, seen_at, *said),),
            placements=places,
            attributions=(made,),
        )
    )
    if any(case.noticed_at is not None for case in cases):
        return None  # clocks run, from a report that is a notice too
    if any(one.until is not None for one in steady):
        return None
    return _Kind(cases, steady)
