"""What the oracle can find wrong, and which of it a hoster gains by."""

from enum import StrEnum
from typing import Final


class OracleFinding(StrEnum):
    """What can be wrong."""

    INTAKE = "records with another outcome than they must have"
    UNACCOUNTED = "accepted reports stand in no case and are not pending"
    LOST = "reported URLs without a case"
    MISPLACED = "cases at another hoster, in another role, or more than there should be for a URL"
    DOUBLED = "URLs with cases that nobody reported, or not under that name"
    NOTICED = "cases with another time of notice than the hotline's"
    UNSEEN_REMOVAL = "true removals not found though the probes suffice"
    FALSE_REMOVAL = "cases called removed that are still there"
    WRONG_INTERVAL = "intervals (L, R] that do not contain the true removal"
    WRONG_VERDICT = "norm verdicts that contradict the truth"
    REMOVED_WITHOUT_GONE_PROBE = (
        "removals that a hidden re-check took back though no probe had said gone"
    )
    REWARDED = "removals credited to a hoster that keeps the material"
    ENDED_BUT_THERE = "cases ended in another way that are still there"
    UNSEEN_RETURN = "returns not counted though every vantage saw it again"
    HIDING_NOT_SHOWN = "cases hidden from every vantage that are not shown as hidden"
    BETTER_SHARE = "shares removed in time that are better than the truth"
    WORSE_SHARE = "shares removed in time that are worse than the truth"
    UNCOUNTED = "overdue cases missing among the overdue"
    WITHDRAWN = "withdrawn reports that still count, or cases left out that nobody withdrew"
    ORDERED = (
        "cases judged by the term of an order that they do not have, or not by the one they have"
    )
    CALLED_LATE = "removals by refusing the URL alone called late that were in time"
    READ_OTHERWISE = "URLs with cases of which the second reading of the rules says otherwise"
    BIASED = "estimated shares further from the truth than the probes can explain"


GAINFUL: Final = frozenset(
    {
        OracleFinding.UNACCOUNTED,
        OracleFinding.LOST,
        OracleFinding.MISPLACED,
        OracleFinding.FALSE_REMOVAL,
        OracleFinding.REWARDED,
        OracleFinding.ENDED_BUT_THERE,
        OracleFinding.UNSEEN_RETURN,
        OracleFinding.HIDING_NOT_SHOWN,
        OracleFinding.BETTER_SHARE,
        OracleFinding.UNCOUNTED,
        OracleFinding.WITHDRAWN,
    }
)
"""By these a hoster seems better than it is. The others wrong it, or nobody in particular."""
