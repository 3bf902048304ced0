"""Whether a hoster's figures, taken together, are better or worse than what it did."""

from collections.abc import Mapping, Sequence

from schemas.closed_lists import CaseClass
from sim.oracle.findings import OracleFinding
from sim.oracle.subject import Subject, first_case
from sim.oracle.truth import ComparedFigures
from sim.world.material import SECTOR_NORM_MS


def shares(
    sides: tuple[ComparedFigures, ComparedFigures, ComparedFigures], subjects: Sequence[Subject]
) -> Mapping[OracleFinding, int]:
    """Return what is wrong with a hoster's figures taken together.

    What is not there at the instant compared, though it will be back within the day, may be
    called removed until a probe says otherwise; what was removed and put back while nobody could
    probe may be called late; what only a hidden re-check can find out is not better before it
    probed. What is dark is in no count of overdue ones. What was withdrawn after its removal, and
    before anything showed that, is in no share.

    Args:
        sides: what is published of it, and the truth: of those of its URLs that shares are
            estimated from, and of all.
        subjects: its URLs.
    """
    measured, truth, whole = sides
    if measured.share_24h is None or truth.share_24h is None:
        return {}
    judged = [one for one in subjects if not one.item.cancelled(one.evidence.told_until)]
    brief = sum(_brief(subject) for subject in judged)
    unseen = sum(subject.passed_unseen for subject in subjects)
    counted_over = truth.matured
    tiny = 0.5 / counted_over  # shares are counts over the same number
    left_out = sum(_withdrawn_unseen(subject) for subject in judged if subject.sampled)
    low = measured.share_24h[0]
    true_low = truth.share_24h[0] * counted_over / max(1, counted_over - left_out)
    counted = measured.overdue + measured.unseen + measured.dark
    return {
        OracleFinding.BETTER_SHARE: int(low > true_low + brief / counted_over + tiny),
        OracleFinding.WORSE_SHARE: int(measured.late_24h > truth.late_24h + unseen),
        OracleFinding.UNCOUNTED: max(0, whole.overdue - counted - brief),
    }


def _brief(subject: Subject) -> bool:
    """Return whether a URL counts as ended by an absence that is no removal, or is over."""
    case, item, as_of = first_case(subject), subject.item, subject.evidence.as_of
    if case is None:
        return False
    if case.gone_at is None:
        return subject.brief(case) or subject.unprobed_by_hidden(case)
    stands = subject.begins_in(case.last_seen_at, case.gone_at) or subject.awaits_recheck(case)
    over = stands and subject.evidence.ended(case) and not item.gone(as_of)
    return over or subject.brief(case)


def _withdrawn_unseen(subject: Subject) -> bool:
    """Return whether a URL was withdrawn before its removal was found."""
    case, item, evidence = first_case(subject), subject.item, subject.evidence
    matured = item.matured(SECTOR_NORM_MS, evidence.as_of) and not item.gone_untold()
    if case is None or not matured or not item.withdrawn(evidence.told_until):
        return False
    return evidence.outcome(case) is CaseClass.WITHDRAWN
