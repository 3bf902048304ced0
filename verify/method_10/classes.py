"""The class of a case at any instant (rules 8.1 to 8.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, HotlineMode
from schemas.moments import DAY_MS, Instant
from schemas.records.reports import ReportAccepted
from verify.method_10.clock import CaseClock
from verify.method_10.fold.case_history import ENDS, CaseHistory
from verify.method_10.fold.fold_context import EXPIRY_MS
from verify.method_10.fold.returns import SAME_CASE_MS

SEEN_BEFORE_MS: Final = DAY_MS
"""A sighting of the day before the notice shows that it was there when it was noticed."""

_WITHOUT_A_NOTICE: Final = (CaseClass.MOVED, CaseClass.DARK)
"""Ends that say nothing of a hoster, told or not."""

Classes = Sequence[tuple[Instant, CaseClass]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What ends measuring from outside, and when."""

    excluded_at: Instant | None = None
    withdrawn_at: Instant | None = None
    next_at: Instant | None = None
    """When the owner's next case opened."""


def claimed_sightings(reports: Sequence[ReportAccepted]) -> list[Instant]:
    """Return when hotlines saw it: seen_at, else reported_at where the registry allows (8.5)."""
    found = []
    for report in reports:
        if report.seen_at is not None:
            found.append(report.seen_at)
        elif report.last_online_at is not None:
            found.append(report.last_online_at)
        elif is_assumed(report):
            found.append(report.reported_at)
    return found


def is_assumed(report: ReportAccepted) -> bool:
    """Return whether reported_at stands for a report's seen_at (rules 2.10 and 8.5).

    A source's row says itself when that source saw it last, if it ever did.
    """
    sourced = report.mode is HotlineMode.HISTORIC or report.source_online is not None
    relayed = report.relayed_from is not None
    return report.seen_at is None and report.assesses and not relayed and not sourced


def sighted(history: CaseHistory, claimed: Sequence[Instant]) -> list[Instant]:
    """Return when anybody saw it, hotlines included."""
    return [*(s.at for s in history.sightings()), *claimed]


def is_unobserved(history: CaseHistory, clock: CaseClock, claimed: Sequence[Instant]) -> bool:
    """Return whether its hotline alone saw it, and the first conclusive probe did not (8.4)."""
    end, noticed_at = history.end, clock.at
    if end is None or noticed_at is None or end.case_class is not CaseClass.REMOVED:
        return False
    if len(history.spells) > 1 or any(s.who for s in history.sightings()):
        return False
    before = [at for at in sighted(history, claimed) if end.follows(at)]
    near = [at for at in before if at >= noticed_at - SEEN_BEFORE_MS]
    return bool(near) and end.gone_at > noticed_at


def classes(
    history: CaseHistory, clock: CaseClock, claimed: Sequence[Instant], stops: Stops
) -> list[tuple[Instant, CaseClass]]:
    """Return the classes of a case, and from when on it is in each."""
    noticed_at = clock.at
    times = {at for at, _ in history.states}
    if noticed_at is not None and noticed_at > history.opened_at:
        times.add(noticed_at)
    found = []
    for at in sorted(times):
        state = [s for since, s in history.states if since <= at][-1]
        noticed = noticed_at is not None and noticed_at <= at
        told_at = noticed_at if noticed else None
        found.append((at, class_of_state(history, (at, state), told_at, claimed)))
    found, next_at = expired(found, history.opened_at, noticed_at), stops.next_at
    if next_at is not None and next_at > history.opened_at + EXPIRY_MS:
        held = [held for at, held in found if at <= next_at][-1:]
        found = lapsed(found, next_at, None) if set(held) <= set(OPEN) else found
    return stopped(found, stops, history)


def class_of_state(
    history: CaseHistory,
    held: tuple[Instant, CaseClass],
    noticed_at: Instant | None,
    claimed: Sequence[Instant],
) -> CaseClass:
    """Return the class that a state is, with or without a notice by then (rules 8.1 and 8.2)."""
    at, state = held
    end = history.end_at(at)
    if state not in ENDS:
        return CaseClass.AWAITING if noticed_at is None else state
    if end is None or state is not end.case_class:  # an end that a return voided
        return CaseClass.ENDED_WITHOUT_NOTICE if noticed_at is None else state
    seen = sighted(history, claimed)
    if not seen:
        return CaseClass.NEVER_ONLINE
    if noticed_at is None and state not in _WITHOUT_A_NOTICE:
        return CaseClass.ENDED_WITHOUT_NOTICE
    if noticed_at is None or state in _WITHOUT_A_NOTICE:
        return state
    there = any(at >= noticed_at - SEEN_BEFORE_MS for at in seen if end.follows(at))
    return state if there and end.gone_at > noticed_at else CaseClass.GONE_BEFORE_NOTICE


def expired(
    found: list[tuple[Instant, CaseClass]], opened_at: Instant, noticed_at: Instant | None
) -> list[tuple[Instant, CaseClass]]:
    """End what is open 400 d after the clock, else after the opening (rule 8.6).

    A clock that begins within 7 d of the expiry opens the case again.
    """
    expires_at = opened_at + EXPIRY_MS
    if noticed_at is not None and opened_at < noticed_at <= expires_at + SAME_CASE_MS:
        if noticed_at > expires_at:
            found = lapsed(found, expires_at, noticed_at)
        expires_at = noticed_at + EXPIRY_MS
    return lapsed(found, expires_at, None)


def lapsed(
    found: list[tuple[Instant, CaseClass]], expires_at: Instant, again_at: Instant | None
) -> list[tuple[Instant, CaseClass]]:
    """Expire what is open at an instant, until a clock opens it again, if one does."""
    watched = [(at, case_class) for at, case_class in found if at < expires_at]
    if not watched or watched[-1][1] not in OPEN:
        return found
    again = [] if again_at is None else [(at, held) for at, held in found if at >= again_at]
    return [*watched, (expires_at, CaseClass.EXPIRED), *again]


def stopped(
    found: list[tuple[Instant, CaseClass]], stops: Stops, history: CaseHistory
) -> list[tuple[Instant, CaseClass]]:
    """End a case that was excluded or withdrawn; a withdrawal after R changes nothing (2.3)."""
    opened_at = history.opened_at
    if stops.withdrawn_at is not None:
        at = withdrawn_from(history, max(stops.withdrawn_at, opened_at))
        if at is not None:
            found = [*((t, o) for t, o in found if t < at), (at, CaseClass.WITHDRAWN)]
    if stops.excluded_at is not None:
        at = max(stops.excluded_at, opened_at)
        found = [*((t, o) for t, o in found if t < at), (at, CaseClass.EXCLUDED)]
    return found


def withdrawn_from(history: CaseHistory, withdrawn_at: Instant) -> Instant | None:
    """Return from when on a case is withdrawn; None = an end before that stands (rule 2.3).

    One that stood then holds until the material is back.
    """
    from_at = history.opened_at
    for place, spell in enumerate(history.spells):
        end = spell.end  # also one that a check disputes: probes contradict it
        if withdrawn_at <= from_at or end is None or withdrawn_at <= end.gone_at:
            return max(withdrawn_at, from_at)
        later = history.spells[place + 1] if place + 1 < len(history.spells) else None
        from_at = (later.began_at() if later else None) or spell.back_at or end.gone_at
    return None


def class_at(found: Classes, as_of: Instant) -> tuple[CaseClass | None, Instant]:
    """Return the class at an instant and since when, None before the case exists."""
    current: CaseClass | None = None
    since_at: Instant = 0
    for at, case_class in found:
        if at > as_of:
            break
        if case_class is not current:
            current, since_at = case_class, at
    return current, since_at
