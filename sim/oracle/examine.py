"""Holds what is known of one URL against the truth about it."""

from collections.abc import Callable, Iterator
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, Flag, NormVerdict
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from sim.oracle.findings import OracleFinding
from sim.oracle.made_probes import seen_there, suffices
from sim.oracle.probe_times import known_by
from sim.oracle.subject import Subject, own_cases, returns_late
from sim.world.behaviour import OBSTRUCTS, Behaviour
from sim.world.hotline_records import reminded_at
from sim.world.material import Material
from verify.method_10.classes import withdrawn_from
from verify.method_10.fold.case_history import CaseHistory, End
from verify.method_10.fold.returns import VOID_MS

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


SAY_NOTHING: Final = HIDES | {Behaviour.NEVER, Behaviour.BLOCKS_AGENT}
"""From these no vantage ever gets an answer that says gone."""


def examine(subject: Subject) -> Iterator[OracleFinding]:
    """Yield what is wrong with what is known of a URL."""
    if not subject.cases:
        yield OracleFinding.LOST
        return
    if subject.unplaceable:
        return
    own = own_cases(subject)
    if not own:
        yield OracleFinding.MISPLACED
        return
    case = own[0]
    cancelled = _cancelled(subject, case)
    if case.noticed_at != _clock_at(subject, case, cancelled=cancelled):
        yield OracleFinding.NOTICED
    if cancelled != (subject.evidence.outcome(case) is CaseClass.WITHDRAWN):
        yield OracleFinding.WITHDRAWN
    if subject.item.withdrawn(subject.evidence.told_until):
        return
    for check in _CHECKS:
        yield from check(subject, case)


def _cancelled(subject: Subject, case: CaseSummary) -> bool:
    """Return whether the report was withdrawn, and by the second reading that still counts."""
    at = subject.item.withdrawn_at
    if at is None or at > subject.evidence.told_until:
        return False
    history = CaseHistory(opened_at=case.opened_at, states=[(case.opened_at, CaseClass.ONLINE)])
    if case.gone_at is not None:
        history.now.end = End(
            case_class=CaseClass.REMOVED, gone_at=case.gone_at, found_at=case.gone_at
        )
    return withdrawn_from(history, at) is not None


def _clock_at(subject: Subject, case: CaseSummary, *, cancelled: bool) -> Instant | None:
    """Return when the clock of a case began; a notice after a withdrawal is not taken back."""
    item = subject.item
    if not subject.noticed:
        return None
    if not (cancelled and _takes_back_notice(item, case)):
        return item.clock_at
    if subject.hoster.behaviour is not Behaviour.SECOND_NOTICE:
        return None
    at = reminded_at(item.noticed_at)
    return at if (item.withdrawn_at or 0) < at <= subject.evidence.told_until else None


def _takes_back_notice(item: Material, case: CaseSummary) -> bool:
    """Return whether a withdrawal takes the notice back; after an R that followed it, it does not.

    What is put back later is withdrawn, and its hoster was told in time.
    """
    noticed_at, at = item.clock_at, item.withdrawn_at or 0
    return not any(noticed_at < back.gone_at <= at for back in case.returns)


def _ends(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that nothing has ended that is still there, and that (L, R] contains the truth."""
    evidence = subject.evidence
    outcome = evidence.outcome(case)
    stands = case.gone_at is not None and subject.begins_in(case.last_seen_at, case.gone_at)
    excused = outcome is CaseClass.DARK or subject.awaits_recheck(case)
    if evidence.ended(case) and not stands and not excused:
        if outcome is CaseClass.REMOVED:
            yield OracleFinding.WRONG_INTERVAL
        if subject.item.absent(evidence.as_of) is None:
            yield (
                OracleFinding.FALSE_REMOVAL
                if outcome is CaseClass.REMOVED
                else OracleFinding.ENDED_BUT_THERE
            )
            if outcome is CaseClass.REMOVED and subject.hoster.behaviour in OBSTRUCTS:
                yield OracleFinding.REWARDED
    first = case.first_end
    if first in (None, (case.last_seen_at, case.gone_at)):
        return
    if first is not None and not subject.begins_in(*first) and not subject.unprobed_by_hidden(case):
        yield OracleFinding.WRONG_INTERVAL


def _unseen(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that a removal that the probes showed is known."""
    item, evidence = subject.item, subject.evidence
    lenient = subject.hoster.behaviour is Behaviour.EXPIRES or item.gone_untold()
    known = evidence.ended if lenient else evidence.removed
    if not subject.noticed or item.back(evidence.read_at) or known(case):
        return
    if subject.probes is None:
        due = known_by(item, subject.outages) <= evidence.as_of
    else:
        gone_at = subject.confirmed_gone_at
        due = gone_at is not None and gone_at <= evidence.as_of
    if due:
        yield OracleFinding.UNSEEN_REMOVAL


def _returned(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that what every vantage saw again is not called removed, and that a return counts."""
    item, evidence, probes = subject.item, subject.evidence, subject.probes
    if probes is None:
        return
    ends = [end for _, end in item.absences() if end is not None and end <= evidence.read_at]
    seen = [end for end in ends if seen_there(item, probes, evidence.vantages, end)]
    if not seen:
        return
    ended = evidence.outcome(case) not in (*OPEN, CaseClass.DARK)
    stale = case.gone_at is not None and case.gone_at < max(seen)
    if (ended and stale and not returns_late(item)) or _stood_wrongly(subject, case):
        yield OracleFinding.UNSEEN_RETURN
        return
    gone_at = subject.confirmed_gone_at
    if gone_at is None or item.back_at is None or case.returns or Flag.UNPROVEN in case.flags:
        return
    if seen_there(item, probes, evidence.vantages, max(item.back_at, gone_at + VOID_MS)):
        yield OracleFinding.UNSEEN_RETURN


def _stood_wrongly(subject: Subject, case: CaseSummary) -> bool:
    """Return whether a removal stands that every vantage saw undone within the day."""
    if case.first_end is None or subject.probes is None:
        return False
    gone_at = case.first_end[1]
    day = [probe for probe in subject.probes if probe.done_at < gone_at + VOID_MS]
    return seen_there(subject.item, day, subject.evidence.vantages, gone_at)


def _verdicts(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that no norm verdict contradicts the truth."""
    for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=False):
        if not _contradicts(verdict, subject, case, 1_000 * norm_s):
            continue
        yield OracleFinding.WRONG_VERDICT
        if verdict is NormVerdict.LATE and subject.hoster.behaviour is Behaviour.REFUSES_URL:
            yield OracleFinding.CALLED_LATE


def _orders(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that a case is judged by the term of its order, and by that of none it has not."""
    term_s = subject.item.order_s if subject.noticed else None
    verdict = case.order_verdict
    if (verdict is None) != (term_s is None):
        yield OracleFinding.ORDERED
    if verdict is None or term_s is None:
        return
    if _contradicts(verdict, subject, case, 1_000 * term_s):
        yield OracleFinding.WRONG_VERDICT


def _contradicts(verdict: NormVerdict, subject: Subject, case: CaseSummary, norm_ms: int) -> bool:
    item, at = subject.item, subject.evidence.read_at
    match verdict:
        case NormVerdict.IN_TIME:
            excused = subject.awaits_recheck(case) or subject.unprobed_by_hidden(case)
            return not (item.in_time(norm_ms, at) or subject.brief(case) or excused)
        case NormVerdict.LATE:
            stayed = subject.passed_unseen and item.there_past(norm_ms, at)
            return not (item.late(norm_ms, at) or stayed)
        case NormVerdict.UNDETERMINED:
            return False


def _marked(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that what is hidden from every vantage is shown as hidden."""
    behaviour, evidence = subject.hoster.behaviour, subject.evidence
    if subject.probes is None or not subject.noticed:
        return
    since = [probe for probe in subject.probes if probe.sent_at > (case.last_seen_at or 0)]
    if not suffices(since, evidence.vantages):
        return
    hidden = evidence.outcome(case) in (CaseClass.UNAVAILABLE, CaseClass.DARK)
    if behaviour in HIDES and not hidden:
        yield OracleFinding.HIDING_NOT_SHOWN
    asked = Flag.UNPROVEN in case.flags or subject.vouched(case)
    if behaviour is Behaviour.ALL_ALIKE and not asked:
        yield OracleFinding.HIDING_NOT_SHOWN


def _rash(subject: Subject, case: CaseSummary) -> Iterator[OracleFinding]:
    """Check that nothing was ever called removed that no probe can have shown to be gone."""
    if case.rechecks.disagreed and subject.hoster.behaviour in SAY_NOTHING:
        yield OracleFinding.REMOVED_WITHOUT_GONE_PROBE


_CHECKS: tuple[Callable[[Subject, CaseSummary], Iterator[OracleFinding]], ...] = (
    _ends,
    _unseen,
    _returned,
    _verdicts,
    _orders,
    _marked,
    _rash,
)
