"""Which rule of docs/measurement.md decided what an outcome says: numbers, chapter and rule."""

from collections.abc import Collection
from typing import Final, NamedTuple

from schemas.closed_lists import CaseClass, DecisionAction, Flag, Grade, NormVerdict
from schemas.moments import HOUR_MS
from schemas.records.case import UrlState
from schemas.records.reports import HosterId
from streams.history.outcome import CaseOutcome
from streams.lifecycle.state_table import VOID_MS

OPENED: Final = "1.2"
RENAMED: Final = "1.5"
JOINED: Final = "1.6"
STATED: Final = "12.4"
REATTRIBUTED: Final = "12.6"
NOTICED: Final = "2.1"
NOT_DELIVERED: Final = "2.7"
LAST_SEEN: Final = "4.5"
GONE: Final = "4.4"
DOUBT_ENDED: Final = "4.10"
VOID: Final = "6.1"
ORDER: Final = "9.4"
SECOND_VERDICT: Final = "6.3"
PUBLICLY_LATE: Final = "9.8"
OVERDUE: Final = "9.6"
NAMING: Final = "14.1"
REAPPEARED: Final = "6.2"

GRADED: Final = {
    Grade.CHECK: "4.14",
    Grade.SOURCE: "4.14",
    Grade.REPORT: "4.17",
    Grade.OWNER_CHANGED: "4.17",
}
"""By what L or R rests on, if that is no probe."""

CLASSES: Final = {
    CaseClass.AWAITING: "8.2",
    CaseClass.ONLINE: "4.5",
    CaseClass.SUSPECT: "4.6",
    CaseClass.DOUBTED: "4.1",
    CaseClass.UNAVAILABLE: "5.1",
    CaseClass.REMOVED: "4.1",
    CaseClass.DARK: "4.11",
    CaseClass.DNS_ENDED: "4.12",
    CaseClass.GONE_BEFORE_NOTICE: "8.3",
    CaseClass.ENDED_WITHOUT_NOTICE: "8.2",
    CaseClass.NEVER_ONLINE: "8.5",
    CaseClass.MOVED: "1.3",
    CaseClass.WITHDRAWN: "2.3",
    CaseClass.EXCLUDED: "8.1",
    CaseClass.EXPIRED: "8.6",
}
VERDICTS: Final = {
    NormVerdict.IN_TIME: "9.1",
    NormVerdict.LATE: "9.2",
    NormVerdict.UNDETERMINED: "9.3",
}
FLAGS: Final[dict[str, str]] = {
    Flag.BACKDATED: "2.6",
    Flag.MISDIRECTED: "2.2",
    Flag.BOUNCED: "2.1",
    Flag.CONTESTED: "12.3",
    Flag.ANNOUNCED_ONLY: "4.9",
    Flag.SPLIT: "4.6",
    Flag.NO_DELIVERY_PROOF: "2.8",
    Flag.SELF_REPORT: "14.1",
    Flag.TOO_LATE: "4.15",
    Flag.OVERFLOW: "1.8",
    Flag.SAMPLED: "7.7",
    Flag.UNPROVEN: "3.5",
    "assumed_seen": "2.10",
    "unobserved": "8.4",
    "not_probed": "7.9",
    "single_vantage": "4.3",
    "cloaked": "9.9",
    "behind_proxy": "12.5",
}
"""By the flag's name; one that is not here yet is told without a number."""


class Cause(NamedTuple):
    """What brought a change.

    Attributes:
        timed: time alone did.
        checked: a person's check, or a source's word, was among the records.
        state: of the URL; with them.
    """

    timed: bool
    checked: bool
    state: UrlState


def of_owner_change(state: UrlState, hoster: HosterId) -> str:
    """Return the rule by which a hoster's case ended `moved` without a gone verdict.

    Args:
        state: of the URL.
        hoster: whose case it was.
    """
    if _is_reattributed(state):
        return REATTRIBUTED
    groups = {place.group for place in state.placements if place.hoster == hoster}
    return JOINED if len(groups) > 1 else STATED


def of_other_name(state: UrlState) -> str:
    """Return the rule by which a case is another hoster's than before.

    Args:
        state: of the URL.
    """
    return REATTRIBUTED if _is_reattributed(state) else RENAMED


def _is_reattributed(state: UrlState) -> bool:
    return any(made.action is DecisionAction.REATTRIBUTE for made in state.decisions)


def of_class(case: CaseOutcome, gone_by: Grade | None, cause: Cause) -> str:
    """Return the rule that decided a class.

    Args:
        case: of that class.
        gone_by: what its R rests on; None = there is none.
        cause: what brought the class.
    """
    outcome, flags = case.case_class, case.flags
    if outcome is CaseClass.MOVED and gone_by is Grade.OWNER_CHANGED:
        return of_owner_change(cause.state, case.hoster)
    if outcome is CaseClass.SUSPECT and cause.checked:
        return GRADED[Grade.CHECK]
    if outcome is CaseClass.UNAVAILABLE and cause.timed:
        return DOUBT_ENDED
    if outcome is CaseClass.REMOVED and gone_by in (Grade.CHECK, Grade.SOURCE):
        return GRADED[gone_by]
    if outcome is CaseClass.REMOVED and Flag.UNOBSERVED in flags:
        return FLAGS[Flag.UNOBSERVED]
    return CLASSES[outcome]


def without_r(r_h: float, l_h: float | None) -> str:
    """Return the rule by which there is no R any more.

    Args:
        r_h: what R was, hours.
        l_h: L now, hours; None = there is none.
    """
    if l_h is None or l_h < r_h:
        return GONE  # what came late shows that it was not confirmed then
    return VOID if (l_h - r_h) * HOUR_MS <= VOID_MS else REAPPEARED


def noticed(flags: Collection[str], clock: str | None) -> str:
    """Return the rule that decided when the clock began."""
    if Flag.BACKDATED in flags:
        return FLAGS[Flag.BACKDATED]
    return NOTICED if clock in (None, "delivered") else NOT_DELIVERED
