"""Laws of ICCAM's words for what became of a report."""

import pytest

from schemas.closed_lists import CaseClass, ProbeError
from schemas.iccam import IccamAction, IccamReason
from schemas.records.case_observations import MARK_CHALLENGE, MARK_SUSPENDED, Fingerprint
from streams.feedback.iccam import ACTIONS, entered, reason_of

LOST = IccamReason.NOT_FOUND_OR_SITE_DOWN


def met(status: int = 0, error: ProbeError | None = None, marks: int = 0) -> IccamReason:
    return reason_of(Fingerprint(error, status, "", -1, "", "", marks))


def test_every_class_has_its_action() -> None:
    """A class that is added has to be given one, or none, on purpose."""
    assert set(ACTIONS) == set(CaseClass)


@pytest.mark.parametrize("hidden", [CaseClass.UNAVAILABLE, CaseClass.DARK, CaseClass.DNS_ENDED])
def test_what_blocks_or_is_silent_is_never_removed(hidden: CaseClass) -> None:
    """A hoster gains nothing by hiding, in ICCAM either."""
    assert entered(hidden, True, LOST, LOST)[0] is IccamAction.UNAVAILABLE


def test_only_a_hoster_who_was_told_is_reported_to() -> None:
    """A case that expired without a notice has no action."""
    assert entered(CaseClass.ONLINE, True, LOST, None) == (IccamAction.REPORTED_TO_ISP, None)
    assert entered(CaseClass.EXPIRED, False, LOST, None) == (None, None)


def test_gone_before_the_notice_is_removed_before_the_assessment() -> None:
    """Whatever the probe met that found it gone."""
    said = entered(CaseClass.GONE_BEFORE_NOTICE, True, LOST, LOST)
    assert said == (IccamAction.REMOVED, IccamReason.REMOVED_BEFORE_ASSESSMENT)


def test_reasons_are_read_off_what_the_probe_met() -> None:
    """Status, error and marks, the most telling first."""
    assert met(404) is LOST
    assert met(410) is IccamReason.CONTENT_NOT_FOUND
    assert met(401) is IccamReason.BEHIND_LOGIN
    assert met(403) is met(429) is met(200, marks=MARK_CHALLENGE) is IccamReason.UNABLE_TO_ACCESS
    assert met(451) is IccamReason.LEGALLY_UNABLE_TO_ACCESS
    assert met(503) is IccamReason.TEMPORARILY_UNAVAILABLE
    assert met(200) is IccamReason.CONTENT_NOT_FOUND
    assert met(404, marks=MARK_SUSPENDED) is IccamReason.ACCOUNT_DISABLED
    assert met(error=ProbeError.TIMEOUT) is LOST
    assert met(error=ProbeError.TLS) is IccamReason.UNABLE_TO_ACCESS
