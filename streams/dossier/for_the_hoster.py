"""What speaks for the hoster: in one case, and in all of a dossier.

A dossier that leaves it out is taken apart by the first lawyer who reads it. So whatever in the
ledger makes a case weaker, or shows that the hoster acted, has a place of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.closed_lists import (
    AnswerKind,
    CaseClass,
    ClockStanding,
    DecisionAction,
    Delivery,
    Flag,
    NormVerdict,
    ProbeError,
    Verdict,
)
from schemas.dossier.dossier import NormRow, Point
from schemas.dossier.rows import AnswerRow, DecisionRow, NoticeRow, ObservationRow
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import CaseSummary

CLASSES: Final = {
    CaseClass.REMOVED: "removed",
    CaseClass.GONE_BEFORE_NOTICE: "gone_before_notice",
    CaseClass.ENDED_WITHOUT_NOTICE: "ended_without_notice",
    CaseClass.NEVER_ONLINE: "never_online",
    CaseClass.WITHDRAWN: "withdrawn",
    CaseClass.EXCLUDED: "excluded",
    CaseClass.MOVED: "moved",
    CaseClass.SUSPECT: "suspect",
    CaseClass.DOUBTED: "doubted",
}
"""Classes that speak for the hoster, or against what is held against it."""

FLAGS: Final = frozenset(Flag) - {Flag.OVERFLOW}
"""Each says why a case is weaker. Overflow is left out: it stands for the (owner, role) pairs of a
URL beyond the first 16, so for several owners."""

DELAY_SHOWN_MS: Final = HOUR_MS
"""A hotline's own delay is told from then on: no hoster is slow before it was told."""


def told(case: CaseSummary, case_class: CaseClass, notices: Sequence[NoticeRow]) -> Iterator[Point]:
    """Yield what speaks for the hoster by how it was told, and by what became of the case.

    Args:
        case: with its flags and its clock.
        case_class: its class.
        notices: to its owner.
    """
    if case_class in CLASSES:
        yield Point(what=CLASSES[case_class])
    if case.noticed_at is None:
        yield Point(what="never_told")
    elif case.clock is not ClockStanding.DELIVERED:
        yield Point(what="no_delivery")
    failed = [one for one in notices if one.result is not Delivery.DELIVERED]
    if failed:
        yield Point(what="not_delivered", more=str(len(failed)))
    if case.delay is not None and case.delay[1] >= DELAY_SHOWN_MS:
        yield Point(what="hotline_delay", more=str(case.delay[1]))
    for flag in case.flags:
        if flag in FLAGS:
            yield Point(what=f"flag_{flag}")


def norms_kept(norms: Iterable[NormRow]) -> Iterator[Point]:
    """Yield the norms and orders that it kept to, or of which nobody knows.

    Args:
        norms: its verdicts.
    """
    for one in norms:
        if one.verdict not in (NormVerdict.IN_TIME, NormVerdict.UNDETERMINED):
            continue
        if one.norm_s is None:
            yield Point(what=f"order_{one.verdict}")
        else:
            yield Point(what=f"norm_{one.verdict}", more=str(one.norm_s))


def answered(answers: Sequence[AnswerRow]) -> Iterator[Point]:
    """Yield what the hoster answered, with when it did so first."""
    for kind in AnswerKind:
        at = [one.answered_at for one in answers if one.answer is kind]
        if at:
            yield Point(what=f"answered_{kind}", more=str(min(at)))


def decided(decisions: Iterable[DecisionRow], disputed_since: Instant | None) -> Iterator[Point]:
    """Yield what speaks for the hoster by what was decided, or waits for a decision."""
    if disputed_since is not None:
        yield Point(what="dispute_open", more=str(disputed_since))
    for one in decisions:
        if one.in_force and one.action is DecisionAction.ACCEPT_DISPUTE:
            yield Point(what="dispute_accepted", more=str(one.decided_at))


def observed(observations: Sequence[ObservationRow]) -> Iterator[Point]:
    """Yield what observations say for it: failures of ours, and sightings that nothing backs.

    Args:
        observations: made for its owner.
    """
    counted = {
        "canary_failed": sum(not one.canary_ok for one in observations),
        "own_clock": sum(one.error is ProbeError.CLOCK for one in observations),
        "own_capacity": sum(one.error is ProbeError.MISSED_POLITENESS for one in observations),
        "unbacked": sum(one.verdict is Verdict.ONLINE and not one.backed for one in observations),
    }
    for what, number in counted.items():
        if number:
            yield Point(what=what, more=str(number))


def together(found: Iterable[Sequence[Point]]) -> tuple[Point, ...]:
    """Return how many cases each thing speaks for the hoster in, the most frequent first.

    Args:
        found: by case.
    """
    counts = Counter(what for points in found for what in {one.what for one in points})
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Point(what=what, more=str(number)) for what, number in ordered)
