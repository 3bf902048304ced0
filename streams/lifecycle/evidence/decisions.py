"""Decisions that hold, and those that give a case to another hoster.

Rules 12.6 and 12.8 of docs/measurement.md.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from schemas.closed_lists import DecisionAction, Role
from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.case_events import PackedDecision
from streams.lifecycle.evidence.owner import Owner

CASES_OF_OWNER: Final = 64
"""Cases of an owner that a decision is found for; a new one opens after 7 days at the earliest."""

_DECIDED = attrgetter("decided_at", "id")


def in_force(decisions: Iterable[PackedDecision]) -> Sequence[PackedDecision]:
    """Return the decisions that no later one takes back, the newest first.

    Accepting or rejecting a dispute closes it and changes nothing else. A legal hold changes no
    figure.
    """
    revoked: set[str] = set()
    found = []
    for made in sorted(decisions, key=_DECIDED, reverse=True):
        if made.id in revoked:
            continue
        found.append(made)
        if made.action is DecisionAction.REVOKE and made.revokes is not None:
            revoked.add(made.revokes)
    return found


def reattributions(decisions: Iterable[PackedDecision]) -> Sequence[PackedDecision]:
    """Return the decisions in force that give a case to another hoster, the oldest first."""
    return [
        made
        for made in reversed(in_force(decisions))
        if made.action is DecisionAction.REATTRIBUTE and made.hoster is not None
    ]


def reattributed(
    decisions: Sequence[PackedDecision], case_id: str, role: Role, opened_at: Instant
) -> PackedDecision | None:
    """Return the newest decision that gives a case to another hoster; None = there is none.

    One about all cases of the URL is about the hosting cases that had opened.

    Args:
        decisions: all about the URL.
        case_id: of the case.
        role: of its owner.
        opened_at: when it opened.
    """
    if not decisions:
        return None  # by far the most frequent
    for made in reversed(reattributions(decisions)):
        about_all = not made.case_id and role is Role.HOSTING and opened_at <= made.decided_at
        if made.case_id == case_id or about_all:
            return made
    return None


def given_owners(
    decided: Sequence[PackedDecision], url_key: str, owners: Iterable[Owner]
) -> Sequence[tuple[Instant, Owner, str]]:
    """Return when which owner goes on as which group: what the newest decision about it says.

    Args:
        decided: those that give cases to another, the oldest first.
        url_key: of the URL.
        owners: that have a case.
    """
    found = []
    for owner in owners:
        ids = {
            case_id(url_key, owner.first_name, owner.role, number)
            for number in range(CASES_OF_OWNER)
        }
        about = [
            made
            for made in decided
            if made.case_id in ids or (not made.case_id and owner.role is Role.HOSTING)
        ]
        if about:
            made = about[-1]
            found.append((made.decided_at, owner, made.group or made.hoster or ""))
    return found
