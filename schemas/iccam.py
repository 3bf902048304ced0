"""ICCAM's words for what became of a report: its actions and its reasons, spelt as ICCAM does.

ICCAM is the database in which hotlines of the INHOPE network exchange reports. SCART holds these
lists as its reference data (`updates/seeder6018.php`). `streams.feedback.iccam` says which class of
a case is which action.
"""

from enum import StrEnum


class IccamAction(StrEnum):
    """What a hotline enters in ICCAM as the action taken."""

    REPORTED_TO_LEA = "ReportedToLEA"  # to law enforcement; hostwatch does not know of it
    REPORTED_TO_ISP = "ReportedToISP"
    REMOVED = "Removed"
    UNAVAILABLE = "Unavailable"
    MOVED = "Moved"
    NOT_ILLEGAL = "NotIllegal"  # an analyst's assessment; hostwatch makes none


class IccamReason(StrEnum):
    """Why content is removed or unavailable."""

    CONTENT_NOT_FOUND = "ContentNotFound"
    UNABLE_TO_ACCESS = "UnableToAccess"
    BEHIND_LOGIN = "PasswordProtected"
    ACCOUNT_DISABLED = "AccountDisabled"
    LEGALLY_UNABLE_TO_ACCESS = "LegallyUnableToAccess"
    LINK_EXPIRED = "LinkExpired"
    NOT_FOUND_OR_SITE_DOWN = "Error404NotFoundOrSiteDown"
    TEMPORARILY_UNAVAILABLE = "Error503OrContentTemporarilyUnavailable"
    PREMIUM_ACCOUNT_NECESSARY = "PremiumAccountNecessary"
    REMOVED_BEFORE_ASSESSMENT = "ContentRemovedBeforeAssessment"
