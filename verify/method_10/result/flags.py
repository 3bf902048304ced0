"""What is said beside a case: its flags, and whether it may count for naming (2.2, 12.5, 14.1)."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.closed_lists import Confidence, Flag, HotlineMode, Role
from schemas.moments import Instant
from schemas.records.reports import ReportAccepted
from verify.method_10.classes import is_assumed
from verify.method_10.clock import CaseClock, is_away
from verify.method_10.fold.case_history import times_away
from verify.method_10.notices import DELIVERED, is_to, notices
from verify.method_10.observations import JudgedObservation
from verify.method_10.parts import (
    CaseParts,
    left_by_owner,
    names_of_owner,
    proofs_confirmed_at,
    reports_within,
)
from verify.method_10.resolutions import behind_a_proxy, has_own_address
from verify.method_10.result.norms import wants_backing


def misdirected(found: Sequence[CaseParts]) -> set[str]:
    """Return the cases of which a notice went astray (rule 2.2).

    It went to their owner before they opened or when they had moved, or to somebody at whom the
    URL had not been by then.
    """
    known: dict[str, Instant] = {}
    for case in found:
        for name in names_of_owner(case) if case.first else ():
            known[name] = min(case.since, known.get(name, case.since))
    return {case.id for case in found if any(_astray(case, known))}


def _astray(case: CaseParts, known: Mapping[str, Instant]) -> Iterator[bool]:
    """Give of each notice of the time of a case whether it went astray."""
    mine, left, away = names_of_owner(case), left_by_owner(case), times_away(case.history)
    for notice in notices(case.records, confirmed_at=proofs_confirmed_at(case)):
        before = notice.at < case.since
        if case.until is not None and notice.at >= case.until:
            continue
        if is_to(notice, mine, left):
            yield (before and case.first) or (not before and is_away(notice.at, away))
        elif notice.names and not before:
            yield all(notice.at < known.get(name, notice.at + 1) for name in notice.names)


def flags_of(
    case: CaseParts,
    clock: CaseClock,
    reports: Sequence[ReportAccepted],
    *,
    unobserved: bool,
    cloaked: bool,
) -> set[str]:
    """Return the flags of a case.

    Args:
        case: the case.
        clock: its clock.
        reports: its reports.
        unobserved: nobody but its hotline saw it.
        cloaked: unannounced vantages alone saw it past a norm.
    """
    history, place, end = case.history, case.hosting_spell.place, case.history.end
    within = reports_within(case)
    no_sighting_said = all(r.seen_at is None for r in within)
    assumed = no_sighting_said and any(is_assumed(r) for r in within)
    said: dict[str, bool] = {
        Flag.CONTESTED: case.hosting_spell.contested and case.given is None,
        Flag.ANNOUNCED_ONLY: end is not None and end.announced_only,
        Flag.SINGLE_VANTAGE: end is not None and end.single_vantage,
        Flag.SPLIT: history.split,
        Flag.UNPROVEN: history.needs_check
        or len(history.changed) > 0
        or (clock.at is not None and wants_backing(clock, history))
        or history.now.unbacked
        or (history.now.again and history.now.back_at is None),
        Flag.SELF_REPORT: bool(reports) and all(r.self_report for r in reports),
        Flag.TOO_LATE: any(late for _, late in case.records.observations),
        Flag.SAMPLED: place.inclusion < 1,
        Flag.OVERFLOW: case.hosting_spell.overflow,
        Flag.ASSUMED_SEEN: assumed,
        Flag.UNOBSERVED: unobserved,
        Flag.CLOAKED: cloaked,
        Flag.NOT_PROBED: not any(r.probing for r in case.records.reports),
        Flag.BEHIND_PROXY: _only_through_a_proxy(case),
    }
    return {*clock.flags, *(name for name, holds in said.items() if holds)}


def may_name(case: CaseParts, clock: CaseClock, reports: Sequence[ReportAccepted]) -> bool:
    """Return whether a case passes what the naming gate asks of a single one (rule 14.1)."""
    spell = case.hosting_spell
    known = not spell.contested and spell.shown.confidence != Confidence.UNKNOWN
    return (
        spell.role is Role.HOSTING
        and case.number == 0
        and not spell.overflow
        and clock.standing == DELIVERED
        and (known or case.given is not None)
        and not (bool(reports) and all(r.self_report for r in reports))
        and not _only_through_a_proxy(case)
        and any(
            r.mode is not HotlineMode.HISTORIC for r in case.records.reports
        )  # in a replay nobody is told
        and any(r.probing for r in case.records.reports)
    )


def _only_through_a_proxy(case: CaseParts) -> bool:
    """Return whether nothing but what was seen through a proxy says who hosts it (rule 12.5).

    The operator's disclosure does, and a probe at the origin that saw it since the proxy came.
    """
    spell = case.hosting_spell
    behind_at = spell.behind_at
    if spell.role is not Role.HOSTING or behind_at is None or spell.disclosed:
        return False
    return not any(
        one.online
        and one.observation.canary_ok
        and one.sent_at >= behind_at
        and _at_the_origin(case, one)
        for one in case.seen
    )


def _at_the_origin(case: CaseParts, observation: JudgedObservation) -> bool:
    """Return whether a probe went to an address that the name servers gave as the origin's own."""
    if observation.observation.old_address:
        return has_own_address(case.records, case.hosting_spell)
    return not behind_a_proxy(case.records, case.hosting_spell, observation.sent_at)
