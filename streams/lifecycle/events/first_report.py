"""The fast path of a URL that was reported once and is placed: most events of a ledger are these.

Nothing was seen of it but what its report says, so of its cases only identities and instants are
its own; all else is shared by all URLs that were reported and placed alike. The cases of such a
kind are judged once, by `streams.lifecycle.result.cases`, and given to each with its own in their
place. Whatever else is in a state, or happened, is left to `streams.lifecycle.advance`. Both ways
give equal bytes, which tests/streams/lifecycle/events/test_first_report.py holds them to.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import structs

from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.packing import (
    PLACES_MAX,
    Instants,
    Own,
    Reported,
    StateTemplate,
    is_usual,
    packed,
    packed_reported,
    reported,
    texts_of,
    unpacked_reported,
)
from schemas.records.case import CaseSummary, Expectation, Phase, UrlState
from schemas.records.case_events import PackedAttribution, PackedPlacement, PackedReport
from schemas.records.facts import Attribution
from schemas.records.reports import ReportAccepted
from streams.lifecycle.events.event_union import Happened, has_more, packed_places, packed_report
from streams.lifecycle.evidence.owner import RESOLVER
from streams.lifecycle.result.cases import evaluate_cases
from streams.lifecycle.result.expected_probes import EVALUATION_VERSION, reported_until

KINDS_MAX: Final = 4_096
"""Kinds kept, some 2 KB each: hotlines and their norms, times hosters and their networks."""

_THEN: Final = Instants(
    received_at=1_333_333_333_333,
    reported_at=1_111_111_111_111,
    seen_at=1_222_222_222_222,
    placed_at=1_444_444_444_444,
    newest_at=1_444_444_444_444,
)
"""Instants of the state that a kind is judged by; each state gets its own in their place. They are
found again in its packed form, so none is another's, but `newest_at`."""

_Report: TypeAlias = tuple[str, bool, tuple[Any, ...]]
"""Of a report: the hotline, whether it saw the material, all fields behind `seen_at` but `host`,
which only a case with a clock says."""


class _FirstState(NamedTuple):
    """What is shared.

    Attributes:
        cases: those of the report of `_THEN`.
        expectations: in no need of an instant.
        template: of the packed form; None = it has to be packed.
    """

    cases: tuple[CaseSummary, ...]
    expectations: tuple[Expectation, ...]
    template: StateTemplate | None


def first_placed(
    url_key: str, record_value: bytes | None, happened: Sequence[Happened]
) -> tuple[bytes, UrlState] | None:
    """Return record and state after a URL's first report or its placement; None = it is neither."""
    if len(happened) > 2:
        return None
    report = fact = parts = None
    for record, _ in happened:
        if isinstance(record, ReportAccepted) and report is None and record_value is None:
            report = record
        elif isinstance(record, Attribution) and fact is None:
            fact = record
        else:
            return None
    if report is not None:
        flags = report.literal, report.root
        parts = reported(url_key, report.sealed, flags, packed_report(report))
    elif record_value is not None:
        parts = unpacked_reported(url_key, record_value, EVALUATION_VERSION)
    if parts is None:
        return None
    return _reported(parts) if fact is None else _placed(parts, fact)


def _reported(parts: Reported) -> tuple[bytes, UrlState]:
    literal, root = parts.flags
    newest_at = reported_until(parts.report)
    state = UrlState(
        url_key=parts.url_key,
        sealed=parts.sealed,
        literal=literal,
        root=root,
        reports=(parts.report,),
        newest_at=newest_at,
        evaluated_by=EVALUATION_VERSION,
    )
    return packed_reported(parts, newest_at, EVALUATION_VERSION), state


def _placed(parts: Reported, fact: Attribution) -> tuple[bytes, UrlState] | None:
    report = parts.report
    seen_at, received_at = report.seen_at, report.received_at
    # dated later than received_at it can lie behind the end of its case: judging alone knows
    usual = max(report.reported_at, seen_at or 0) <= received_at
    _, root = parts.flags
    if fact.vantage != RESOLVER or not usual or root or _is_special(report):
        return None
    places = packed_places(fact)
    said = structs.astuple(report)
    kind = _kind(
        (report.hotline, seen_at is not None, said[_BEHIND_SEEN:_HOST]),
        tuple([_without_texts(place) for place in places]),
        (fact.answered, fact.nxdomain, has_more(fact)),
    )
    if kind is None:
        return None
    cases = tuple([_own(case, parts.url_key, report) for case in kind.cases])
    literal, root = parts.flags
    newest_at = max(reported_until(report), fact.at)
    state = UrlState(
        url_key=parts.url_key,
        sealed=parts.sealed,
        literal=literal,
        root=root,
        reports=(report,),
        placements=places,
        attributions=(_made(fact.at, (fact.answered, fact.nxdomain, has_more(fact)), len(places)),),
        cases=cases,
        newest_at=newest_at,
        evaluated_by=EVALUATION_VERSION,
        expectations=kind.expectations,
    )
    seen_at = received_at if seen_at is None else seen_at
    at = Instants(received_at, report.reported_at, seen_at, fact.at, newest_at)
    if kind.template is None or not is_usual(at):
        return packed(state), state
    ids = [case.case_id for case in cases]
    return kind.template.filled(parts, Own(at, ids, texts_of(places))), state


_BEHIND_SEEN: Final = PackedReport.__struct_fields__.index("seen_at") + 1
_HOST: Final = PackedReport.__struct_fields__.index("host")
_TEXTS: Final = PackedPlacement.__struct_fields__.index("address_key")


def _without_texts(place: PackedPlacement) -> tuple[Any, ...]:
    said = structs.astuple(place)
    return said[:_TEXTS] + said[_TEXTS + 2 :]


def _with_no_texts(said: tuple[Any, ...]) -> PackedPlacement:
    return PackedPlacement(*(*said[:_TEXTS], "", "", *said[_TEXTS:]))


def _made(at: Instant, resolved: tuple[bool, bool, bool], places: int) -> PackedAttribution:
    answered, nxdomain, more = resolved
    return PackedAttribution(at, RESOLVER, answered, nxdomain, tuple(range(places)), more)


def _is_special(report: PackedReport) -> bool:
    """Return whether a source testifies in a report, or it does not let its URL be probed."""
    by_source = report.source_online is not None or report.last_online_at is not None
    return by_source or not report.probing


def _own(case: CaseSummary, url_key: str, report: PackedReport) -> CaseSummary:
    received_at, seen_at = report.received_at, report.seen_at
    later_ms = received_at - _THEN.received_at
    return structs.replace(
        case,
        case_id=case_id(url_key, case.group, case.role, 0),
        opened_at=received_at,
        reported_at=report.reported_at,
        reported_last_at=report.reported_at if case.reported_last_at else None,
        received_at=received_at,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
        phases=tuple([Phase(phase.from_at + later_ms, phase.case_class) for phase in case.phases]),
    )


@lru_cache(maxsize=KINDS_MAX)
def _kind(
    reported: _Report, where: tuple[tuple[Any, ...], ...], resolved: tuple[bool, bool, bool]
) -> _FirstState | None:
    """Judge a URL of a kind; None = instants of its own say more of its cases than when.

    Args:
        reported: of its report.
        where: of its placements, in their order, all fields but the texts.
        resolved: whether the name servers answered, that there is no such name, and that there
            were more hosters.
    """
    hotline, is_seen, behind = reported
    seen_at = _THEN.seen_at if is_seen else None
    report = PackedReport(_THEN.received_at, hotline, "", _THEN.reported_at, seen_at, *behind)
    state = UrlState(
        url_key="",
        reports=(report,),
        placements=tuple([_with_no_texts(said) for said in where]),
        attributions=(_made(_THEN.placed_at, resolved, len(where)),),
        newest_at=_THEN.newest_at,
        evaluated_by=EVALUATION_VERSION,
    )
    cases, expectations = evaluate_cases(state)
    if any(case.noticed_at is not None for case in cases):
        return None  # clocks run, from a report that is a notice too
    if any(one.until is not None for one in expectations):
        return None
    if any(case.case_id != case_id("", case.group, case.role, 0) for case in cases):
        return None  # one answer calls an owner by two names
    if len(where) > PLACES_MAX:
        return _FirstState(cases, expectations, None)
    return _FirstState(
        cases,
        expectations,
        StateTemplate(structs.replace(state, cases=cases, expectations=expectations), _THEN),
    )
