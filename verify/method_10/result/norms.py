"""Norm verdicts, orders and second verdicts (rules 6.3, 6.7, 9.1 to 9.4 and 9.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, NormVerdict
from schemas.moments import MINUTE_MS, SECOND_MS, Instant
from verify.method_10.clock import CaseClock
from verify.method_10.fold.case_history import AvailabilitySpell, CaseHistory
from verify.method_10.notices import DELIVERED, Notice

TOLERANCE_MS: Final = 5 * MINUTE_MS
"""The clocks' tolerance: nothing is late for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a stretch of time after a notice comes to.

    Attributes:
        removed_at: R of the removal that ended it; None = no removal did.
        seen_at: the last backed sighting in it.
        counts_as_in_time: an unannounced vantage saw the removal, and two did.
        last_at: the last sighting in it, backed or not.
        dark: it ended so.
    """

    removed_at: Instant | None
    seen_at: Instant | None
    counts_as_in_time: bool = True
    last_at: Instant | None = None
    dark: bool = False


def verdict(norm_s: int, from_at: Instant, judged: FollowUp) -> NormVerdict:
    """Return the verdict of one norm (rules 9.1 to 9.3)."""
    norm_ms = norm_s * SECOND_MS
    if judged.removed_at is not None and judged.removed_at - from_at <= norm_ms:
        return NormVerdict.IN_TIME if judged.counts_as_in_time else NormVerdict.UNDETERMINED
    if judged.seen_at is not None and judged.seen_at - from_at > norm_ms + TOLERANCE_MS:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED


def after(history: CaseHistory, from_at: Instant) -> FollowUp:
    """Return what happened after a notice, until the first end that follows it (rule 6.7).

    An end before the notice is no removal. dark, dns_ended and moved are never in time; what was
    late before them stays late.
    """
    seen: list[Instant] = []
    every: list[Instant] = []
    for spell in history.spells:
        end = spell.end
        before = [s for s in spell.sightings if end is None or end.follows(s.at)]
        every += [s.at for s in before]
        seen += [s.at for s in before if s.backed]
        if end is None or end.gone_at <= from_at:
            continue
        standing = not (spell is history.now and history.in_question)
        removed = end.case_class is CaseClass.REMOVED and standing
        return FollowUp(
            removed_at=end.gone_at if removed else None,
            seen_at=max(seen, default=None),
            counts_as_in_time=not end.announced_only and not end.single_vantage,
            last_at=max(every, default=None),
            dark=end.case_class is CaseClass.DARK and standing,
        )
    return FollowUp(
        removed_at=None, seen_at=max(seen, default=None), last_at=max(every, default=None)
    )


def runs_from(history: CaseHistory, at: Instant) -> Instant:
    """Return from when a term runs that a notice of an instant began (rules 6.7 and 9.4).

    What came while the material was gone runs from the first sighting of the return that followed.
    """
    before: AvailabilitySpell | None = None
    for spell in history.spells:
        if spell.end is None or spell.end.gone_at > at:
            break
        before = spell
    else:
        return at
    if before is None:
        return at
    back_at = spell.began_at() if before.back_at is None else before.back_at
    return at if back_at is None else max(at, back_at)


def norm_verdicts(
    norms_s: Sequence[int], from_at: Instant | None, history: CaseHistory, *, unobserved: bool
) -> tuple[NormVerdict, ...]:
    """Return the verdict of each norm of a case from its clock (rule 9.4).

    An unobserved removal makes nobody late (rule 8.4).
    """
    if from_at is None:
        return tuple(NormVerdict.UNDETERMINED for _ in norms_s)
    judged, from_at = after(history, from_at), runs_from(history, from_at)
    found = [verdict(n, from_at, judged) for n in norms_s]
    late = NormVerdict.LATE
    return tuple(NormVerdict.UNDETERMINED if v is late and unobserved else v for v in found)


def order_verdict(orders: Iterable[Notice], history: CaseHistory) -> NormVerdict | None:
    """Return the worst verdict of the standing orders, each by its own term (rule 9.4)."""
    found = [verdict(term_s, at, after(history, at)) for at, term_s in order_terms(orders, history)]
    worst = (NormVerdict.LATE, NormVerdict.UNDETERMINED, NormVerdict.IN_TIME)
    return min(found, key=worst.index, default=None)


def order_terms(orders: Iterable[Notice], history: CaseHistory) -> list[tuple[Instant, int]]:
    """Return from when each standing order is judged, and its term in seconds (9.4)."""
    return [
        (runs_from(history, order.at), order.term_s)
        for order in orders
        if order.term_s is not None and not _over_by(history, order.at)
    ]


def _over_by(history: CaseHistory, at: Instant) -> bool:
    """Return whether a case had ended by an instant: an order then asks for nothing."""
    return history.end is not None and not history.in_question and history.end.gone_at <= at


def last_term_at(orders: Iterable[Notice], history: CaseHistory) -> Instant | None:
    """Return when the last term of the standing orders that are judged runs out (rule 9.4)."""
    ends = [at + term_s * SECOND_MS for at, term_s in order_terms(orders, history)]
    return max(ends, default=None)


def second_verdicts(clock: CaseClock, history: CaseHistory) -> tuple[NormVerdict, ...]:
    """Return the second verdicts, of what followed a return (rule 6.3).

    What was late after an earlier return stays late.
    """
    found = [_second(clock, history, at) for at in clock.again]
    late = NormVerdict.LATE
    return tuple(late if late in of_norm else of_norm[-1] for of_norm in zip(*found, strict=True))


def _second(clock: CaseClock, history: CaseHistory, at: Instant | None) -> list[NormVerdict]:
    """Return the second verdicts on one return."""
    if at is None or clock.notice is None:
        return []
    judged = after(history, at)
    return [verdict(n, at, judged) for n in clock.notice.norms_s]


def wants_backing(clock: CaseClock, history: CaseHistory) -> bool:
    """Return whether L lies past a norm and no backed sighting does: a person is asked (3.5)."""
    terms = order_terms(clock.orders, history)
    if clock.notice is not None:
        began_at = runs_from(history, clock.notice.at)
        terms += [(began_at, norm_s) for norm_s in clock.notice.norms_s]
        terms += [(at, norm_s) for at in clock.again for norm_s in clock.notice.norms_s]
    for from_at, norm_s in terms:
        judged = after(history, from_at)
        late_from = from_at + norm_s * SECOND_MS + TOLERANCE_MS
        seen_late = judged.last_at is not None and judged.last_at > late_from
        open_verdict = verdict(norm_s, from_at, judged) is NormVerdict.UNDETERMINED
        if seen_late and open_verdict and not judged.dark:
            return True
    return False


def is_overdue(
    history: CaseHistory,
    case_class: CaseClass | None,
    clock: CaseClock,
    verdicts: Sequence[NormVerdict],
    as_of: Instant,
) -> tuple[bool, bool]:
    """Return whether an open case is overdue, and whether overdue unseen (rule 9.6).

    Args:
        history: the case.
        case_class: its class.
        clock: its clock.
        verdicts: by norm.
        as_of: the instant.
    """
    if case_class not in OPEN or case_class is CaseClass.AWAITING or clock.notice is None:
        return False, False
    if clock.standing != DELIVERED:
        return False, False  # it is shown, and nobody is alerted on for it
    running, due = _running(history, clock, verdicts)
    if NormVerdict.LATE in running and not history.now.unbacked:
        return True, False
    return False, NormVerdict.UNDETERMINED in running and as_of > min(due, default=as_of)


def first_due_at(
    history: CaseHistory,
    clock: CaseClock,
    verdicts: Sequence[NormVerdict],
) -> Instant | None:
    """Return when the first term of the verdict now running runs out (rules 5.3 and 9.6).

    None = none runs, or nothing could make it late any more.

    Args:
        history: the case.
        clock: its clock.
        verdicts: by norm.
    """
    running, due = _running(history, clock, verdicts)
    settled = history.now.unbacked and NormVerdict.UNDETERMINED not in running
    return None if settled else min(due, default=None)


def _running(
    history: CaseHistory,
    clock: CaseClock,
    verdicts: Sequence[NormVerdict],
) -> tuple[list[NormVerdict], list[Instant]]:
    """Return the verdicts now running, and when their terms run out: the second ones after a
    return, else the first, and those of orders since then.
    """
    if clock.notice is None:
        return [], []
    returned = [
        spell.end.gone_at
        for spell in history.spells
        if spell.back_at is not None and not spell.again and spell.end is not None
        if spell.end.gone_at > clock.notice.at
    ]
    from_at = clock.again_at if returned else clock.at
    if from_at is not None:
        from_at = runs_from(history, from_at)
    running = _second(clock, history, clock.again_at) if returned else list(verdicts)
    norms_s = () if from_at is None else clock.notice.norms_s
    due = [(from_at or 0) + n * SECOND_MS for n in norms_s]
    for at, term_s in order_terms(clock.orders, history):
        if at >= max(returned, default=at):
            running.append(verdict(term_s, at, after(history, at)))
            due.append(at + term_s * SECOND_MS)
    return running, due


def late_at(
    clock: CaseClock,
    norms_s: Sequence[int],
    history: CaseHistory,
    verdicts: Sequence[NormVerdict],
) -> Instant | None:
    """Return the instant at which a case became late: noticed_at + N (rule 9.6).

    It is that of the verdict now running, if that is late. Windows count it where the clock is
    delivered.
    """
    if clock.at is None:
        return None
    now = zip(*_running(history, clock, verdicts), strict=True)
    late_now = [due_at for said, due_at in now if said is NormVerdict.LATE]
    if late_now:
        return min(late_now)
    at = runs_from(history, clock.at)
    late = [
        at + n * SECOND_MS for n, v in zip(norms_s, verdicts, strict=True) if v is NormVerdict.LATE
    ]
    late += [
        order_at + term_s * SECOND_MS
        for order_at, term_s in order_terms(clock.orders, history)
        if verdict(term_s, order_at, after(history, order_at)) is NormVerdict.LATE
    ]
    for again_at in clock.again:
        late += [
            again_at + n * SECOND_MS
            for n, v in zip(norms_s, _second(clock, history, again_at), strict=True)
            if v is NormVerdict.LATE
        ]
    return min(late, default=None)
