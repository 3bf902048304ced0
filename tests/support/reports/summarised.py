"""Makes summaries of cases as the table of cases holds them."""

from typing import Any

from reported import DAY, HOUR

from schemas.closed_lists import CaseClass, NormVerdict
from schemas.records.case import CaseSummary, Phase


def summary(**said: Any) -> CaseSummary:
    """Return a case noticed on day 12 and removed two hours later."""
    at = 12 * DAY
    plain: dict[str, Any] = {
        "case_id": "c",
        "hoster": "acme",
        "group": "acme",
        "opened_at": at,
        "reported_at": at,
        "received_at": at,
        "noticed_at": at,
        "norms_s": (86_400, 172_800),
        "verdicts": (NormVerdict.IN_TIME, NormVerdict.IN_TIME),
        "last_seen_at": at + HOUR,
        "gone_at": at + 2 * HOUR,
        "phases": (Phase(at, CaseClass.ONLINE), Phase(at + 2 * HOUR, CaseClass.REMOVED)),
        "hotlines": ("beta", "alpha"),
        "delay": ("beta", 1_000),
        "host": 7,
    }
    return CaseSummary(**plain | said)
