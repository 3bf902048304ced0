"""The cases of a URL, and what each is made from: owner, reports that stood, observations.

Rules 1.1, 2.3 and 6.8 of docs/measurement.md.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from schemas.closed_lists import CaseClass, Role
from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.records.reports import ReportAccepted
from verify.ledger.records import UrlRecords
from verify.method_10.classes import withdrawn_from
from verify.method_10.fold.case_history import CaseHistory, End
from verify.method_10.fold.fold_context import FoldContext, led_back, stated_elsewhere
from verify.method_10.fold.observation_fold import case_histories
from verify.method_10.hosting_spells import (
    UNKNOWN,
    HostingSpell,
    absences,
    hosting_spells,
    named_directly,
    stated,
)
from verify.method_10.notices import (
    Epoch,
    epochs,
    is_to,
    notices,
    on_reports,
    standing_decisions,
)
from verify.method_10.observations import JudgedObservation, observations_at, resolved_by
from verify.method_10.statements import Statement, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseParts:
    """One case with what it is made from.

    Attributes:
        number: of the cases of its owner; names it.
        first: it is the first one of its hosting spell.
        since: from when on reports and notices are for it.
        until: from when on they are for the next one.
    """

    records: UrlRecords
    hosting_spell: HostingSpell
    epoch: Epoch
    id: str
    number: int
    first: bool
    since: Instant
    history: CaseHistory
    until: Instant | None
    seen: Sequence[JudgedObservation]


def parts(records: UrlRecords) -> Iterator[CaseParts]:
    """Give the cases of a URL with what they are made from."""
    reported = epochs(records)
    if not reported:
        return
    numbers: Counter[tuple[str, Role]] = Counter()
    for spell in hosting_spells(records, partial(_is_open, records)):
        seen = observations_at(records, spell)
        mine = _of_hosting_spell(records, spell, reported, seen)
        for place, (epoch, history) in enumerate(mine):
            number = numbers[spell.first_name, spell.role]
            numbers[spell.first_name, spell.role] += 1
            yield CaseParts(
                records=records,
                hosting_spell=spell,
                epoch=epoch,
                id=case_id(records.url_key, spell.first_name, spell.role, number),
                number=number,
                first=place == 0,
                since=_since(spell, mine, place),
                history=history,
                until=_until_next(spell, mine, place),
                seen=seen,
            )


def _is_open(records: UrlRecords, spell: HostingSpell, at: Instant) -> bool:
    """Return whether an owner's case was open at an instant, by what was known before it."""
    reported = [report for report in records.reports if report.reported_at < at] or records.reports[
        :1
    ]
    known = replace(
        records,
        reports=reported,
        withdrawals=[one for one in records.withdrawals if one[1] < at],
        observations=[
            (observation, late)
            for observation, late in records.observations
            if observation.done_at < at
        ],
        checks=[check for check in records.checks if check.checked_at < at],
        notices=[notice for notice in records.notices if notice.noticed_at < at],
        resolutions=[made for made in records.resolutions if made.at < at],
    )
    found = _of_hosting_spell(known, spell, epochs(known), observations_at(known, spell))
    return bool(found) and (found[-1][1].end is None or found[-1][1].in_question)


EVER: Final = sys.maxsize

_Held = tuple[Epoch, CaseHistory]


def _since(spell: HostingSpell, mine: Sequence[_Held], place: int) -> Instant:
    """Return from when on reports and notices are for a case (rules 2.1 and 6.8)."""
    epoch, history = mine[place]
    if place == 0:
        return _reported(epoch) if spell.from_start else spell.opened_at or 0
    if epoch is not mine[place - 1][0]:
        return _reported(epoch)
    return history.opened_at


def _until_next(spell: HostingSpell, mine: Sequence[_Held], place: int) -> Instant | None:
    """Return when the next case opens, or another owner's takes its place; None = neither does."""
    if place + 1 < len(mine):
        return _since(spell, mine, place + 1)
    return spell.joined_at


def _reported(epoch: Epoch) -> Instant:
    return min(r.reported_at for r in epoch.reports)


def _of_hosting_spell(
    records: UrlRecords,
    spell: HostingSpell,
    reported: Sequence[Epoch],
    seen: Sequence[JudgedObservation],
) -> list[_Held]:
    """Return the cases of an owner; a withdrawal that ended none divides nothing (rule 2.3)."""
    said = list(statements(records, spell))
    mine: list[_Held] = []
    held: Epoch | None = None
    for place, one in enumerate(reported):
        epoch = one if held is None else Epoch((*held.reports, *one.reports), one.withdrawn_at)
        later = reported[place + 1] if place + 1 < len(reported) else None
        if later is not None and _reported(later) <= _opening(spell, epoch, first=not mine):
            held = epoch  # no case was open when nothing stood
            continue
        found = _of_epoch(records, spell, (epoch, later, not mine), seen, said)
        if later is not None and not _ends_withdrawn(found, epoch.withdrawn_at or 0):
            held = epoch
            continue
        held = None
        mine += found
    return mine


def _opening(spell: HostingSpell, epoch: Epoch, *, first: bool) -> Instant:
    """Return when the first case of an owner opens while reports stood (rule 1.2)."""
    if spell.from_start or not first:
        return min(r.received_at for r in epoch.reports)
    return spell.opened_at or 0


def _ends_withdrawn(found: Sequence[_Held], withdrawn_at: Instant) -> bool:
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
    start_at, stop_at = _reported(epoch), _reported(later) if later else None
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
    notices_to_owner = [n for n in notices(records, confirmed=False) if is_to(n, spell.names)]
    resolved = [
        one
        for one in absences(records, spell, resolved_by(seen))
        if stop_at is None or one[0] < stop_at
    ]
    origins = list(stated(records, spell))
    elsewhere = list(stated_elsewhere(origins, list(led_back(named_directly(records, spell)))))
    made_at = [r.reported_at for r in epoch.reports if r.reported_at > start_at]
    made_at += [n.at for n in notices_to_owner]
    limits = FoldContext(
        notices=sorted(n.at for n in (*notices_to_owner, *on_reports(epoch.reports)) if n.standing),
        since=start_at if spell.from_start or not first else opened_at,
        resolved=resolved,
        stated=_stated_in(origins, elsewhere, (None if first else start_at, stop_at)),
        elsewhere=elsewhere,
        reported_or_noticed_at=sorted(at for at in made_at if stop_at is None or at < stop_at),
    )
    found = case_histories(observations, spoken, begins_at, limits)
    if stop_at == spell.joined_at:  # else the case of a later report is the one that is joined
        _joined(spell, found[-1])
    return [(epoch, history) for history in found]


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
    standing = [(since, False) for since, until in elsewhere if since < start_at < (until or EVER)]
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
    if at is not None:  # what time alone brings later is none of it
        history.states = [one for one in history.states if one[0] < at] or history.states[:1]
    if at is not None and (history.end is None or history.in_question):
        history.now.end = End(case_class=CaseClass.MOVED, gone_at=at, found_at=at)
        history.becomes(at, CaseClass.MOVED)


def reports_of(case: CaseParts) -> list[ReportAccepted]:
    """Return the reports that belong to a case: those of its time."""
    mine = [
        r
        for r in case.records.reports
        if case.since <= r.reported_at and (case.until is None or r.reported_at < case.until)
    ]
    return mine or [r for r in case.records.reports if r.reported_at < case.since]


def reports_within(case: CaseParts) -> list[ReportAccepted]:
    """Return the reports that were made in the time of a case; perhaps none."""
    return [r for r in reports_of(case) if case.since <= r.reported_at]


def names_of_owner(case: CaseParts) -> set[str]:
    """Return the names a notice may have to be the owner's; a decision may give another (12.6)."""
    newest = reattributed(case)
    if newest is not None and newest.hoster is not None:
        return {newest.hoster, getattr(newest, "group", None) or newest.hoster}
    return (case.hosting_spell.names | case.hosting_spell.hosters) - {UNKNOWN}


def reattributed(case: CaseParts) -> Decision | None:
    """Return the newest decision that gave a case to another hoster (rule 12.6).

    One about all cases of the URL is about its hosting cases.
    """
    given = [
        made
        for made in standing_decisions(case.records, "reattribute", case.id)
        if made.hoster is not None and (made.case_id or case.hosting_spell.role is Role.HOSTING)
    ]
    return max(given, key=lambda d: (d.decided_at, d.id), default=None)


def has_confirmed_proofs(case: CaseParts) -> bool:
    """Return whether two persons confirmed the proofs of notices dated back for a case (2.6)."""
    return bool(standing_decisions(case.records, "confirm_backdated", case.id))
