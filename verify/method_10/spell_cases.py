"""The cases of one hosting spell, while reports stood and until another owner took its place.

Rules 1.1, 1.2, 1.6, 2.3 and 12.4 of docs/measurement.md.
"""

import sys
from collections.abc import Sequence
from typing import Final, TypeAlias

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from verify.ledger.facts import Resolution
from verify.ledger.records import UrlRecords
from verify.method_10.classes import withdrawn_from
from verify.method_10.clock import is_away
from verify.method_10.fold.case_history import CaseHistory, End
from verify.method_10.fold.fold_context import RESOLVER, FoldContext, led_back, stated_elsewhere
from verify.method_10.fold.observation_fold import case_histories
from verify.method_10.hosting_spells import answered
from verify.method_10.notices import Epoch, is_to, notices, on_reports
from verify.method_10.observations import JudgedObservation, observations_at, resolved_by
from verify.method_10.owner import UNKNOWN, HostingSpell
from verify.method_10.resolutions import (
    NamesOwner,
    absences,
    includes,
    named_directly,
    stated,
)
from verify.method_10.statements import Statement, leads_elsewhere, statements

_EVER: Final = sys.maxsize

EpochCase: TypeAlias = tuple[Epoch, CaseHistory]
"""A case, and the reports that stood in its time."""


def observed(records: UrlRecords, spell: HostingSpell) -> list[JudgedObservation]:
    """Return the observations of a spell.

    What is at another origin, or belongs to the owner that took its place, is none of it.
    """
    elsewhere = _elsewhere(records, spell)
    found = _until(observations_at(records, spell), None, spell.joined_at)
    return [one for one in found if not is_away(one.at, elsewhere)]


def reported_at(epoch: Epoch) -> Instant:
    """Return when the first of the reports that stood was made."""
    return min(r.reported_at for r in epoch.reports)


def cases_of_spell(
    records: UrlRecords,
    spell: HostingSpell,
    reported: Sequence[Epoch],
    seen: Sequence[JudgedObservation],
) -> list[EpochCase]:
    """Return the cases of an owner; a withdrawal that ended none divides nothing (rule 2.3).

    Args:
        records: all that the ledger holds of the URL.
        spell: the URL at the owner.
        reported: which reports stood, one time after the other.
        seen: its observations.
    """
    named = _named(records, spell, seen)
    said = [
        one
        for one in statements(records, spell)
        if one.of_report or not leads_elsewhere(named, seen, one.at)
    ]
    mine: list[EpochCase] = []
    held: Epoch | None = None
    for place, one in enumerate(reported):
        epoch = one if held is None else Epoch((*held.reports, *one.reports), one.withdrawn_at)
        later = reported[place + 1] if place + 1 < len(reported) else None
        if later is not None and reported_at(later) <= _opening(spell, epoch, first=not mine):
            held = epoch  # no case was open when nothing stood
            continue
        found = _of_epoch(records, spell, (epoch, later, not mine), seen, said)
        if later is not None and not _ends_withdrawn(found, epoch.withdrawn_at or 0):
            held = epoch
            continue
        held = None
        mine += found
    return mine


def _named(
    records: UrlRecords, spell: HostingSpell, seen: Sequence[JudgedObservation]
) -> list[NamesOwner]:
    """Return who was led to the owner or to others since the spell began, in order of time.

    What says that there are more hosters than it names lacks none.
    """
    elsewhere, opened_at = _elsewhere(records, spell), spell.opened_at or 0
    named: list[NamesOwner] = [
        (made.at, made.vantage, here)
        for made in answered(records)
        if made.at >= opened_at
        and made.vantage != RESOLVER
        and ((here := _names(spell, made)) or not made.more)
    ]
    both = [*resolved_by(seen), *named]
    return sorted([one for one in both if not is_away(one[0], elsewhere)], key=lambda one: one[0])


def _names(spell: HostingSpell, made: Resolution) -> bool:
    """Return whether a resolution leads to an owner; one that knew nobody does too."""
    nobody = UNKNOWN in spell.hosters and any(one.hoster == UNKNOWN for one in made.placements)
    return nobody or includes(spell, made)


def _opening(spell: HostingSpell, epoch: Epoch, *, first: bool) -> Instant:
    """Return when the first case of an owner opens while reports stood (rule 1.2)."""
    if spell.from_start or not first:
        return min(r.received_at for r in epoch.reports)
    return spell.opened_at or 0


def _ends_withdrawn(found: Sequence[EpochCase], withdrawn_at: Instant) -> bool:
    """Return whether a withdrawal ends the last of some cases."""
    if not found:
        return False
    history = found[-1][1]
    return withdrawn_from(history, max(withdrawn_at, history.opened_at)) is not None


def _of_epoch(
    records: UrlRecords,
    spell: HostingSpell,
    which: tuple[Epoch, Epoch | None, bool],
    seen: Sequence[JudgedObservation],
    said: Sequence[Statement],
) -> list[tuple[Epoch, CaseHistory]]:
    """Return the cases of an owner while reports stood (rules 1.1 and 2.3)."""
    epoch, later, first = which
    opened_at = spell.opened_at or 0
    start_at, stop_at = reported_at(epoch), reported_at(later) if later else None
    if spell.joined_at is not None:
        stop_at = min(spell.joined_at, stop_at or spell.joined_at)
        if stop_at < start_at:
            return []
    if stop_at is not None and opened_at >= stop_at and not spell.from_start:
        return []
    begins_at = _opening(spell, epoch, first=first)
    observations = _until(seen, None if first else start_at, stop_at)
    spoken = [
        w for w in said if (first or w.at >= start_at) and (stop_at is None or w.at < stop_at)
    ]
    notices_to_owner = [n for n in notices(records) if is_to(n, spell.names, spell.left)]
    resolved = [
        one
        for one in absences(records, spell, resolved_by(seen))
        if stop_at is None or one[0] < stop_at
    ]
    origins = list(stated(records, spell))
    elsewhere = _elsewhere(records, spell)
    made_at = [r.reported_at for r in epoch.reports if r.reported_at > start_at]
    made_at += [n.at for n in notices_to_owner]
    since = start_at if spell.from_start or not first else opened_at
    limits = FoldContext(
        notices=sorted(n.at for n in (*notices_to_owner, *on_reports(epoch.reports)) if n.standing),
        since=since,
        resolved=resolved,
        stated=_stated_in(origins, elsewhere, (None if first else start_at, stop_at)),
        elsewhere=elsewhere,
        seen=seen,
        resolved_at=[
            made.at
            for made in answered(records)
            if made.at >= opened_at
            and (first or made.at >= start_at)
            and (stop_at is None or made.at < stop_at)
            and not is_away(made.at, elsewhere)
        ],
        reported_or_noticed_at=sorted(
            at for at in made_at if at >= since and (stop_at is None or at < stop_at)
        ),
    )
    found = case_histories(observations, spoken, begins_at, limits)
    if stop_at == spell.joined_at:  # else the case of a later report is the one that is joined
        _joined(spell, found[-1])
    return [(epoch, history) for history in found]


def _elsewhere(records: UrlRecords, spell: HostingSpell) -> list[tuple[Instant, Instant | None]]:
    """Return from when until when the newest statement of origin names another (rule 12.4)."""
    back = list(led_back(named_directly(records, spell)))
    return list(stated_elsewhere(list(stated(records, spell)), back))


def _stated_in(
    said: Sequence[tuple[Instant, bool]],
    elsewhere: Sequence[tuple[Instant, Instant | None]],
    of: tuple[Instant | None, Instant | None],
) -> list[tuple[Instant, bool]]:
    """Return the statements of origin of an epoch, and the one that stood when it began."""
    start_at, stop_at = of
    made = [one for one in said if stop_at is None or one[0] < stop_at]
    if start_at is None:
        return made
    standing = [(since, False) for since, until in elsewhere if since < start_at < (until or _EVER)]
    return standing + [one for one in made if one[0] >= start_at]


def _until(
    seen: Sequence[JudgedObservation], start_at: Instant | None, stop_at: Instant | None
) -> list[JudgedObservation]:
    """Return the observations of an epoch."""
    return [
        s
        for s in seen
        if (start_at is None or s.at >= start_at) and (stop_at is None or s.at < stop_at)
    ]


def _joined(spell: HostingSpell, history: CaseHistory) -> None:
    """End a case that a group joined to one that opened first (rule 1.6)."""
    at = spell.joined_at
    if at is None:
        return
    is_open = history.is_open_at(at)
    # what time alone brings later is none of it
    history.states = [one for one in history.states if one[0] < at] or history.states[:1]
    history.left_suspect = False
    if is_open:
        history.now.end = End(case_class=CaseClass.MOVED, gone_at=at, found_at=at)
        history.becomes(at, CaseClass.MOVED)
