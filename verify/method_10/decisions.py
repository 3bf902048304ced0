"""Decisions of two persons about cases, as far as they hold (rules 12.6 and 12.8)."""

from typing import Final

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from schemas.records.facts import Decision
from verify.ledger.records import UrlRecords

CASES_OF_OWNER: Final = 64
"""Cases of an owner that a decision is found for; a new one opens after 7 days at the earliest."""


def standing_decisions(records: UrlRecords, action: str, case_id: str) -> list[Decision]:
    """Return the decisions of a kind about a case, the newest first."""
    return [made for made in _standing(records, action) if made.case_id in ("", case_id)]


def reattributions(records: UrlRecords) -> list[Decision]:
    """Return the decisions that give cases to another hoster, the newest first."""
    return [made for made in _standing(records, "reattribute") if made.hoster is not None]


def newest_about(records: UrlRecords, first_name: str, role: Role) -> Decision | None:
    """Return the newest decision that gives a case of an owner to another; None = none does.

    Args:
        records: all that the ledger holds of the URL.
        first_name: what the owner was called first; it names its cases.
        role: of the owner.
    """
    given = reattributions(records)
    if not given:
        return None
    ids = {case_id(records.url_key, first_name, role, number) for number in range(CASES_OF_OWNER)}
    hosting = role is Role.HOSTING
    return next((d for d in given if d.case_id in ids or (hosting and not d.case_id)), None)


def _standing(records: UrlRecords, action: str) -> list[Decision]:
    """Return the decisions of a kind that no later one revokes (rule 12.8).

    One that was itself taken back takes nothing back.
    """
    revoked: set[str | None] = set()
    found = []
    for made in sorted(records.decisions, key=lambda d: (d.decided_at, d.id), reverse=True):
        if made.id in revoked:
            continue
        if made.action == "revoke":
            revoked.add(made.revokes)
        if made.action == action:
            found.append(made)
    return found
