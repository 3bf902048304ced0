"""Which action and reason of ICCAM a case stands for.

Blocked and silent are `Unavailable` and never `Removed`, like everywhere in hostwatch. SCART enters
`Removed` for both.
"""

from collections.abc import Mapping
from typing import Final

from schemas.closed_lists import CaseClass, ProbeError
from schemas.iccam import IccamAction, IccamReason
from schemas.records.case_observations import MARK_CHALLENGE, MARK_SUSPENDED, Fingerprint

ACTIONS: Final[Mapping[CaseClass, IccamAction | None]] = {
    CaseClass.AWAITING: None,
    CaseClass.ONLINE: IccamAction.REPORTED_TO_ISP,
    CaseClass.SUSPECT: IccamAction.REPORTED_TO_ISP,
    CaseClass.DOUBTED: IccamAction.REPORTED_TO_ISP,
    CaseClass.EXPIRED: IccamAction.REPORTED_TO_ISP,
    CaseClass.UNAVAILABLE: IccamAction.UNAVAILABLE,
    CaseClass.DARK: IccamAction.UNAVAILABLE,
    CaseClass.DNS_ENDED: IccamAction.UNAVAILABLE,
    CaseClass.NEVER_ONLINE: IccamAction.UNAVAILABLE,
    CaseClass.REMOVED: IccamAction.REMOVED,
    CaseClass.GONE_BEFORE_NOTICE: IccamAction.REMOVED,
    CaseClass.ENDED_WITHOUT_NOTICE: IccamAction.REMOVED,
    CaseClass.MOVED: IccamAction.MOVED,
    CaseClass.WITHDRAWN: None,
    CaseClass.EXCLUDED: None,
}
"""By class; None = nothing to enter. `expired` was told to the hoster and never came to an end."""

_REASONS: Final[Mapping[CaseClass, IccamReason]] = {
    CaseClass.DARK: IccamReason.NOT_FOUND_OR_SITE_DOWN,
    CaseClass.DNS_ENDED: IccamReason.NOT_FOUND_OR_SITE_DOWN,
    CaseClass.NEVER_ONLINE: IccamReason.CONTENT_NOT_FOUND,
    CaseClass.GONE_BEFORE_NOTICE: IccamReason.REMOVED_BEFORE_ASSESSMENT,
}
"""Of classes of which one reason holds, whatever the last probe met."""

_STATUSES: Final[Mapping[int, IccamReason]] = {
    401: IccamReason.BEHIND_LOGIN,
    402: IccamReason.PREMIUM_ACCOUNT_NECESSARY,
    403: IccamReason.UNABLE_TO_ACCESS,
    404: IccamReason.NOT_FOUND_OR_SITE_DOWN,
    407: IccamReason.BEHIND_LOGIN,
    410: IccamReason.CONTENT_NOT_FOUND,
    429: IccamReason.UNABLE_TO_ACCESS,
    451: IccamReason.LEGALLY_UNABLE_TO_ACCESS,
}
_DOWN: Final = frozenset(
    {
        ProbeError.NXDOMAIN,
        ProbeError.DNS_FAILURE,
        ProbeError.TIMEOUT,
        ProbeError.CONNECTION_REFUSED,
        ProbeError.RESET,
    }
)


def reason_of(seen: Fingerprint) -> IccamReason:
    """Return ICCAM's reason for what a probe met that did not see the content."""
    if seen.error is not None:
        down = seen.error in _DOWN
        return IccamReason.NOT_FOUND_OR_SITE_DOWN if down else IccamReason.UNABLE_TO_ACCESS
    if seen.marks & MARK_SUSPENDED:
        return IccamReason.ACCOUNT_DISABLED
    if seen.marks & MARK_CHALLENGE:
        return IccamReason.UNABLE_TO_ACCESS
    if seen.status >= 500:
        return IccamReason.TEMPORARILY_UNAVAILABLE
    return _STATUSES.get(seen.status, IccamReason.CONTENT_NOT_FOUND)


def entered(
    case_class: CaseClass,
    noticed: bool,
    newest: IccamReason | None,
    ending: IccamReason | None,
) -> tuple[IccamAction | None, IccamReason | None]:
    """Return what to enter in ICCAM for a case.

    Args:
        case_class: the class of the case.
        noticed: its hoster was told.
        newest: the reason by the newest probe.
        ending: the reason by the probe that found it gone.
    """
    action = ACTIONS[case_class]
    if action is IccamAction.REPORTED_TO_ISP:
        return (action, None) if noticed else (None, None)
    if action is IccamAction.UNAVAILABLE:
        return action, _REASONS.get(case_class, newest)
    if action is IccamAction.REMOVED:
        return action, _REASONS.get(case_class, ending)
    return action, None
