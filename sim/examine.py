"""Holds what is known of one URL against the truth about it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.case import CaseSummary
from schemas.moments import Instant
from schemas.reasons import OPEN, Flag, NormVerdict, Outcome, Role
from sim.behaviour import OBSTRUCTS, Behaviour
from sim.evidence import Evidence
from sim.findings import Finding
from sim.hosters import SimHoster
from sim.looks import known_by
from sim.made import Made, confirmed_gone_at, seen_there, sent_at_of, suffices
from sim.material import SAME_CASE_MS, STANDS_MS, Absence, Material
from sim.outages import Outages
from sim.schedules import TRICK_MS

HIDES: Final = frozenset(
    {
        Behaviour.BLOCKS_ALL,
        Behaviour.DROPS,
        Behaviour.CHALLENGES,
        Behaviour.RATE_LIMITS,
        Behaviour.FAILS,
        Behaviour.DRIPS,
        Behaviour.LURES,
        Behaviour.NAMES_MIXED,
    }
)
"""From these no vantage that they know ever gets an answer that says anything."""


UNNAMED: Final = frozenset({Behaviour.NO_NAME, Behaviour.NAMES_INSIDE, Behaviour.MOVES})
"""Whoever first asks for their names when the trick has begun does not learn whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One URL with everything that is known of it.

    Attributes:
        item: the truth.
        hoster: who serves it.
        cases: what is published.
        evidence: all that is known.
        looks: made for the hoster's case; None = not known.
        placed_at: when the name was first found to lead to the hoster; None = never.
        outages: when the monitor was not there.
    """

    item: Material
    hoster: SimHoster
    cases: Sequence[CaseSummary]
    evidence: Evidence
    looks: Sequence[Made] | None
    placed_at: Instant | None = None
    outages: Outages = field(default_factory=Outages)

    @property
    def noticed(self) -> bool:
        """Whether the notice has been sent."""
        return self.item.noticed_at <= self.evidence.told_until

    def brief(self, case: CaseSummary) -> bool:
        """Return whether an end that counts is a true absence, though a shorter one than a day."""
        ends = (case.first_end, (case.last_seen_at, case.gone_at))
        return any(
            e and e[1] is not None and self.begins_in(e[0], e[1], self.item.gaps) for e in ends
        )

    def awaits_recheck(self, case: CaseSummary) -> bool:
        """Return whether a removal is one that only hidden looks can undo, and too few were made.

        One puts the removal in question, for a day at most; three over half an hour undo it.
        """
        if self.hoster.behaviour is not Behaviour.CLOAKS_ALL or not case.gone_at or not self.looks:
            return False
        hidden = [
            look
            for look in self.looks
            if look.vantage in self.evidence.hidden
            and look.answered
            and case.gone_at < look.sent_at
            and look.done_at <= self.evidence.as_of
        ]
        return not suffices(hidden, self.evidence.hidden)

    @property
    def passed_unseen(self) -> bool:
        """Return whether it was removed and put back, and the looks could not show that."""
        if self.looks is None or not self.item.back(self.evidence.read_at):
            return False
        return confirmed_gone_at(self.item, self.looks, self.evidence.vantages) is None

    @property
    def unplaceable(self) -> bool:
        """Return whether the name led elsewhere already when the monitor first came to ask."""
        if self.looks is None or self.hoster.behaviour not in UNNAMED:
            return False
        return self.placed_at is None or self.placed_at >= self.item.noticed_at + TRICK_MS

    def begins_in(
        self, last_seen_at: Instant | None, gone_at: Instant, among: Iterable[Absence] | None = None
    ) -> bool:
        """Return whether an absence began in (L, R] and had not ended when R was asked for.

        Args:
            last_seen_at: L.
            gone_at: R.
            among: the absences that count; None = all.
        """
        asked_at = gone_at if self.looks is None else sent_at_of(gone_at, self.looks)
        return any(
            (last_seen_at is None or last_seen_at < begun_at)
            and begun_at <= gone_at
            and (ended_at is None or asked_at < ended_at)
            for begun_at, ended_at in (self.item.absences() if among is None else among)
        )


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with what is known of a URL."""
    if not subject.cases:
        yield Finding.LOST
        return
    if subject.unplaceable:
        return
    own = _own(subject)
    if not own:
        yield Finding.MISPLACED
        return
    case = own[0]
    if case.noticed_at != (subject.item.noticed_at if subject.noticed else None):
        yield Finding.NOTICED
    for check in _CHECKS:
        yield from check(subject, case)


def first_case(subject: Subject) -> CaseSummary | None:
    """Return the case at the URL's hoster, None where it has none."""
    return next(iter(_own(subject)), None)


def _own(subject: Subject) -> list[CaseSummary]:
    """Return the cases at the URL's hoster, oldest first; none where there is one too many."""
    item = subject.item
    own = [case for case in subject.cases if case.hoster == item.hoster]
    others = [case for case in subject.cases if case.hoster != item.hoster]
    again = item.back(subject.evidence.read_at) and _returns_late(item)
    if len(own) > 1 + again or any(case.hoster != item.second for case in others):
        return []
    if any(case.role is not Role.HOSTING for case in subject.cases):
        return []
    return sorted(own, key=_opened_at)


def _opened_at(case: CaseSummary) -> Instant:
    return case.opened_at


def _returns_late(item: Material) -> bool:
    if item.removed_at is None or item.back_at is None:
        return False
    return item.back_at - item.removed_at > SAME_CASE_MS


def _ends(subject: Subject, case: CaseSummary) -> Iterator[Finding]:
    """Check that nothing has ended that is still there, and that (L, R] contains the truth."""
    evidence = subject.evidence
    outcome = evidence.outcome(case)
    stands = case.gone_at is not None and subject.begins_in(case.last_seen_at, case.gone_at)
    excused = outcome is Outcome.DARK or subject.awaits_recheck(case)
    if evidence.ended(case) and not stands and not excused:
        if outcome is Outcome.REMOVED:
            yield Finding.WRONG_INTERVAL
        if subject.item.absent(evidence.as_of) is None:
            yield Finding.FALSE_REMOVAL if outcome is Outcome.REMOVED else Finding.VANISHED
            if outcome is Outcome.REMOVED and subject.hoster.behaviour in OBSTRUCTS:
                yield Finding.REWARDED
    first = case.first_end
    if first in (None, (case.last_seen_at, case.gone_at)):
        return
    if first is not None and not subject.begins_in(*first):
        yield Finding.WRONG_INTERVAL


def _unseen(subject: Subject, case: CaseSummary) -> Iterator[Finding]:
    """Check that a removal that the looks showed is known."""
    item, evidence = subject.item, subject.evidence
    if not subject.noticed or item.back(evidence.read_at) or evidence.removed(case):
        return
    if subject.looks is None:
        due = known_by(item, subject.outages) <= evidence.as_of
    else:
        gone_at = confirmed_gone_at(item, subject.looks, evidence.vantages)
        due = gone_at is not None and gone_at <= evidence.as_of
    if due:
        yield Finding.UNSEEN_REMOVAL


def _returned(subject: Subject, case: CaseSummary) -> Iterator[Finding]:
    """Check that what every vantage saw again is not called removed, and that a return counts."""
    item, evidence, looks = subject.item, subject.evidence, subject.looks
    if looks is None:
        return
    ends = [end for _, end in item.absences() if end is not None and end <= evidence.read_at]
    seen = [end for end in ends if seen_there(item, looks, evidence.vantages, end)]
    if not seen:
        return
    ended = evidence.outcome(case) not in (*OPEN, Outcome.DARK)
    stale = case.gone_at is not None and case.gone_at < max(seen)
    if (ended and stale and not _returns_late(item)) or _stood_wrongly(subject, case):
        yield Finding.UNSEEN_RETURN
        return
    gone_at = confirmed_gone_at(item, looks, evidence.vantages)
    if gone_at is None or item.back_at is None or case.returns or Flag.UNPROVEN in case.flags:
        return
    if seen_there(item, looks, evidence.vantages, max(item.back_at, gone_at + STANDS_MS)):
        yield Finding.UNSEEN_RETURN


def _stood_wrongly(subject: Subject, case: CaseSummary) -> bool:
    """Return whether a removal stands that every vantage saw undone within the day."""
    if case.first_end is None or subject.looks is None:
        return False
    gone_at = case.first_end[1]
    day = [look for look in subject.looks if look.done_at < gone_at + STANDS_MS]
    return seen_there(subject.item, day, subject.evidence.vantages, gone_at)


def _verdicts(subject: Subject, case: CaseSummary) -> Iterator[Finding]:
    """Check that no norm verdict contradicts the truth."""
    for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=False):
        if _contradicts(verdict, subject, case, 1_000 * norm_s):
            yield Finding.WRONG_VERDICT


def _contradicts(verdict: NormVerdict, subject: Subject, case: CaseSummary, norm_ms: int) -> bool:
    item, at = subject.item, subject.evidence.read_at
    match verdict:
        case NormVerdict.IN_TIME:
            excused = subject.brief(case) or subject.awaits_recheck(case)
            return not (item.in_time(norm_ms, at) or excused)
        case NormVerdict.LATE:
            stayed = subject.passed_unseen and item.overdue(norm_ms, at)
            return not (item.late(norm_ms, at) or stayed)
        case NormVerdict.UNDETERMINED:
            return False


def _marked(subject: Subject, case: CaseSummary) -> Iterator[Finding]:
    """Check that what is hidden from every vantage is shown as hidden."""
    behaviour, evidence = subject.hoster.behaviour, subject.evidence
    if subject.looks is None or not subject.noticed:
        return
    since = [look for look in subject.looks if look.sent_at > (case.last_seen_at or 0)]
    if not suffices(since, evidence.vantages):
        return
    hidden = evidence.outcome(case) in (Outcome.UNAVAILABLE, Outcome.DARK)
    if behaviour in HIDES and not hidden:
        yield Finding.UNMARKED
    if behaviour is Behaviour.ALL_ALIKE and Flag.UNPROVEN not in case.flags:
        yield Finding.UNMARKED


_CHECKS: tuple[Callable[[Subject, CaseSummary], Iterator[Finding]], ...] = (
    _ends,
    _unseen,
    _returned,
    _verdicts,
    _marked,
)
