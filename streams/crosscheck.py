"""Which looks check HEAD by a GET of one byte: those that decide, and a share of all others."""

from schemas.case import CaseSummary
from schemas.ids import fraction
from schemas.moments import Instant
from schemas.reasons import Outcome
from streams.schedule import Slot


def is_crossed(case: CaseSummary, slot: Slot, share: float) -> bool:
    """Return whether the looks of a slot check HEAD by GET.

    Looks with controls at a case that is not plainly online are those that confirm a removal or
    a return, so they always do. All vantages and controls of a slot do or do not, because what
    they see is laid side by side.

    Args:
        case: the case.
        slot: one of its slots.
        share: of the other slots, 0 to 1; which ones follows from the case and the slot.
    """
    if len(slot.targets) > 1 and _said(case, slot.at) is not Outcome.ONLINE:
        return True
    return fraction(case.case_id, "crosscheck", slot.at) < share


def _said(case: CaseSummary, at: Instant) -> Outcome:
    """Return what is known to hold at an instant; before a notice, what the looks say."""
    outcome = Outcome.ONLINE
    for phase in case.phases:
        if phase.from_at > at:
            break
        outcome = phase.outcome
    if outcome is not Outcome.AWAITING:
        return outcome
    said = [phase.outcome for phase in case.unnoticed if phase.from_at <= at]
    return said[-1] if said else Outcome.ONLINE
