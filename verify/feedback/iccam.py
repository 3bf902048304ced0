"""What a hotline enters in ICCAM for a case, by the tables of docs/hotline-guide.md."""

from collections.abc import Iterator
from typing import Final

from schemas.closed_lists import CaseClass, ProbeError, Target
from schemas.iccam import IccamAction, IccamReason
from schemas.records.case_observations import MARK_CHALLENGE, MARK_SUSPENDED
from verify.compared.record import Case
from verify.ledger.facts import HttpAnswer, Observation
from verify.ledger.records import UrlRecords

_SILENT: Final = (IccamAction.UNAVAILABLE, IccamReason.NOT_FOUND_OR_SITE_DOWN)
_BY_CLASS: Final = {
    CaseClass.DARK: _SILENT,
    CaseClass.DNS_ENDED: _SILENT,
    CaseClass.NEVER_ONLINE: (IccamAction.UNAVAILABLE, IccamReason.CONTENT_NOT_FOUND),
    CaseClass.GONE_BEFORE_NOTICE: (IccamAction.REMOVED, IccamReason.REMOVED_BEFORE_ASSESSMENT),
    CaseClass.MOVED: (IccamAction.MOVED, None),
}
_TO_HOSTER: Final = (
    CaseClass.ONLINE,
    CaseClass.SUSPECT,
    CaseClass.DOUBTED,
    CaseClass.EXPIRED,
)
_GONE: Final = (CaseClass.REMOVED, CaseClass.ENDED_WITHOUT_NOTICE)

_BY_STATUS: Final = {
    IccamReason.BEHIND_LOGIN: (401, 407),
    IccamReason.PREMIUM_ACCOUNT_NECESSARY: (402,),
    IccamReason.UNABLE_TO_ACCESS: (403, 429),
    IccamReason.NOT_FOUND_OR_SITE_DOWN: (404,),
    IccamReason.LEGALLY_UNABLE_TO_ACCESS: (451,),
    IccamReason.TEMPORARILY_UNAVAILABLE: range(500, 1_000),
}
_DOWN: Final = ("nxdomain", "dns_failure", "timeout", "refused", "reset")


def entered(case: Case, records: UrlRecords) -> tuple[IccamAction | None, IccamReason | None]:
    """Return action and reason of a case.

    Args:
        case: at the instant it is told of.
        records: all that the ledger holds of its URL, for what probes met.
    """
    case_class = case.case_class
    if case_class in _TO_HOSTER:
        return (None if case.noticed_at is None else IccamAction.REPORTED_TO_ISP), None
    if case_class is CaseClass.UNAVAILABLE:
        return IccamAction.UNAVAILABLE, _newest(case, records)
    if case_class in _GONE:
        return IccamAction.REMOVED, _ending(case, records)
    return (None, None) if case_class is None else _BY_CLASS.get(case_class, (None, None))


def _probes(case: Case, records: UrlRecords) -> Iterator[Observation]:
    for observation, _ in records.observations:
        of_case = (observation.hoster, observation.role) == (case.probed, case.role)
        if of_case and observation.target is Target.URL:
            yield observation


def _newest(case: Case, records: UrlRecords) -> IccamReason | None:
    newest = max((one.done_at for one in _probes(case, records)), default=None)
    met = [_met(one.answer) for one in _probes(case, records) if one.done_at == newest]
    return met[0] if met else None


def _ending(case: Case, records: UrlRecords) -> IccamReason | None:
    """Return what the probe met that found it gone; else what the newest one did."""
    if case.gone_at is None:
        return None
    met = [_met(one.answer) for one in _probes(case, records) if one.done_at == case.gone_at]
    return met[0] if met else _newest(case, records)


def _met(answer: HttpAnswer) -> IccamReason:
    if answer.error is not None:
        down = answer.error in map(ProbeError, _DOWN)
        return IccamReason.NOT_FOUND_OR_SITE_DOWN if down else IccamReason.UNABLE_TO_ACCESS
    if answer.marked(MARK_SUSPENDED):
        return IccamReason.ACCOUNT_DISABLED
    if answer.marked(MARK_CHALLENGE):
        return IccamReason.UNABLE_TO_ACCESS
    found = (reason for reason, statuses in _BY_STATUS.items() if answer.status in statuses)
    return next(found, IccamReason.CONTENT_NOT_FOUND)
