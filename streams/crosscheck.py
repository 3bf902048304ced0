"""Which looks check HEAD by a GET of one byte: those that decide, and a share of all others."""

from typing import Final

from schemas.case import CaseSummary
from schemas.ids import fraction
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import Outcome
from streams.schedule import Slot

PAST_NORM_H: Final = 1
"""In the timetable of `streams.schedule` one slot lies so near behind each norm."""

DAILY_FROM_H: Final = 71.9
"""From 72 h on there is one slot a day, spread around it by no more than that."""

_NORMS_H: Final = (1, 12, 24, 48)


def is_crossed(case: CaseSummary, slot: Slot, share: float) -> bool:
    """Return whether the looks of a slot check HEAD by GET.

    Looks with controls at a case that is not plainly online are those that confirm a removal or
    a return, so they always do; and so does the first look past each norm, on which lateness rests,
    and those once a day after them. All vantages and controls of a slot do or do not, because what
    they see is laid side by side.

    Args:
        case: the case.
        slot: one of its slots.
        share: of the other slots, 0 to 1; which ones follows from the case and the slot.
    """
    if len(slot.targets) > 1 and _said(case, slot.at) is not Outcome.ONLINE:
        return True
    if case.noticed_at is not None and _is_past_norm((slot.at - case.noticed_at) / HOUR_MS):
        return True
    return fraction(case.case_id, "crosscheck", slot.at) < share


def _is_past_norm(hours: float) -> bool:
    return hours >= DAILY_FROM_H or any(norm < hours <= norm + PAST_NORM_H for norm in _NORMS_H)


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
