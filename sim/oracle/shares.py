"""Whether a hoster's figures, taken together, are better or worse than what it did."""

from collections.abc import Mapping, Sequence

from sim.oracle.findings import OracleFinding
from sim.oracle.subject import Subject, first_case
from sim.oracle.truth import ComparedFigures


def shares(
    sides: tuple[ComparedFigures, ComparedFigures, ComparedFigures], subjects: Sequence[Subject]
) -> Mapping[OracleFinding, int]:
    """Return what is wrong with a hoster's figures taken together.

    What is not there at the instant compared, though it will be back within the day, may be
    called removed until a probe says otherwise; what was removed and put back while nobody could
    probe may be called late; what only a hidden re-check can find out is not better before it
    probed. What is dark is in no count of overdue ones.

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
    low, true_low = measured.share_24h[0], truth.share_24h[0]
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
