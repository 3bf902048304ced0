"""The cases of a URL, and what each is made from: owner, reports that stood, observations.

Rules 1.1, 2.3 and 6.8 of docs/measurement.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.records.reports import ReportAccepted
from verify.ledger.records import UrlRecords
from verify.method_10.decisions import reattributions, standing_decisions
from verify.method_10.fold.case_history import CaseHistory
from verify.method_10.hosting_spells import hosting_spells
from verify.method_10.notices import Epoch, epochs
from verify.method_10.observations import JudgedObservation, observations_at
from verify.method_10.owner import UNKNOWN, HostingSpell
from verify.method_10.spell_cases import EpochCase, cases_of_spell, observed, reported_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseParts:
    """One case with what it is made from.

    Attributes:
        number: of the cases of its owner; names it.
        given: the decision that gave it, or one before it there, to another hoster.
        first: it is the first one of its hosting spell.
        since: from when on reports and notices are for it.
        until: from when on they are for the next one.
    """

    records: UrlRecords
    hosting_spell: HostingSpell
    epoch: Epoch
    id: str
    given: Decision | None
    number: int
    first: bool
    since: Instant
    history: CaseHistory
    until: Instant | None
    seen: Sequence[JudgedObservation]

    @property
    def withdrawn_at(self) -> Instant | None:
        """Return when a withdrawal ends it, as it does the last case of its epoch."""
        at = self.epoch.withdrawn_at
        return None if at is None or (self.until is not None and self.until <= at) else at


def parts(records: UrlRecords) -> Iterator[CaseParts]:
    """Give the cases of a URL with what they are made from."""
    reported = epochs(records)
    if not reported:
        return
    numbers: Counter[tuple[str, Role]] = Counter()
    for spell in hosting_spells(records, partial(_is_open, records)):
        seen = observed(records, spell)
        mine = cases_of_spell(records, spell, reported, seen)
        given: Decision | None = None
        for place, (epoch, history) in enumerate(mine):
            number = numbers[spell.first_name, spell.role]
            numbers[spell.first_name, spell.role] += 1
            id = case_id(records.url_key, spell.first_name, spell.role, number)
            given = _reattributed(records, id, spell.role, history.opened_at) or given
            yield CaseParts(
                records=records,
                hosting_spell=spell,
                epoch=epoch,
                id=id,
                given=given,
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
    found = cases_of_spell(known, spell, epochs(known), observations_at(known, spell))
    if not found:
        return False
    epoch, history = found[-1]
    return epoch.withdrawn_at is None and history.is_open_at(at)


def _since(spell: HostingSpell, mine: Sequence[EpochCase], place: int) -> Instant:
    """Return from when on reports and notices are for a case (rules 2.1 and 6.8)."""
    epoch, history = mine[place]
    if place == 0:
        return reported_at(epoch) if spell.from_start else spell.opened_at or 0
    if epoch is not mine[place - 1][0]:
        return reported_at(epoch)
    return history.opened_at


def _until_next(spell: HostingSpell, mine: Sequence[EpochCase], place: int) -> Instant | None:
    """Return when the next case opens, or another owner's takes its place; None = neither does."""
    if place + 1 < len(mine):
        return _since(spell, mine, place + 1)
    return spell.joined_at


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


def left_by_owner(case: CaseParts) -> dict[str, Instant]:
    """Return which of those names are another owner's by now, and since when."""
    given = case.given is not None and case.given.hoster is not None
    return {} if given else case.hosting_spell.left


def names_of_owner(case: CaseParts) -> set[str]:
    """Return the names a notice may have to be the owner's; a decision may give another (12.6)."""
    newest = case.given
    if newest is not None and newest.hoster is not None:
        return {newest.hoster, getattr(newest, "group", None) or newest.hoster}
    return (case.hosting_spell.names | case.hosting_spell.hosters) - {UNKNOWN}


def _reattributed(
    records: UrlRecords, case_id: str, role: Role, opened_at: Instant
) -> Decision | None:
    """Return the newest decision that gave a case to another hoster (rule 12.6).

    One about all cases of the URL is about the hosting cases that had opened.
    """
    for made in reattributions(records):
        if made.case_id == case_id:
            return made
        if not made.case_id and role is Role.HOSTING and opened_at <= made.decided_at:
            return made
    return None


def proofs_confirmed_at(case: CaseParts) -> Instant:
    """Return when two persons last confirmed proofs of notices dated back for a case (2.6).

    What came later they had not seen. 0 = they never did.
    """
    made = standing_decisions(case.records, "confirm_backdated", case.id)
    return max((one.decided_at for one in made), default=0)


def exclusions(case: CaseParts) -> list[Decision]:
    """Return the decisions that exclude it: about all cases, if it had opened by then (12.6)."""
    hosting, opened_at = case.hosting_spell.role is Role.HOSTING, case.history.opened_at
    return [
        made
        for made in standing_decisions(case.records, "exclude", case.id)
        if made.case_id or (hosting and made.decided_at >= opened_at)
    ]
