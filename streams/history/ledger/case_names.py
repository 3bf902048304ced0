"""What a history calls the cases that decisions are about: an id says nothing to a reader."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.closed_lists import DecisionAction, Role
from schemas.identity.ids import case_id
from schemas.records.facts import Attribution, Decision
from streams.lifecycle.events.event_union import Happened
from streams.lifecycle.evidence.owner import OVERFLOW, UNKNOWN


def case_names(happened: Iterable[Happened]) -> dict[str, dict[str, Any]]:
    """Return the names of the cases that decisions are about, by id.

    An id is a digest of the URL, the owner's first name, the role and a number. One that is missing
    here is of no case that the URL could have, so that its decision changes nothing.

    Args:
        happened: all records of the URL.
    """
    records = [record for record, _ in happened]
    sought = {one.case_id for one in records if isinstance(one, Decision) and one.case_id}
    if not sought:
        return {}
    url_key = next(one.url_key for one in records)
    owners = {OVERFLOW, UNKNOWN}
    for record in records:
        if isinstance(record, Attribution):
            owners |= {place.group for place in record.placements}
    found: dict[str, dict[str, Any]] = {}
    for owner in sorted(owners):
        for role in Role:
            for number in range(len(records)):  # each case was begun by a record at least
                id = case_id(url_key, owner, role, number)
                if id in sought:
                    found[id] = {"owner": owner, "role": role.value, "number": number + 1}
    return found


def told_decisions(
    decisions: Iterable[Decision], cases: Mapping[str, dict[str, Any]]
) -> dict[str, Decision]:
    """Return the decisions that may change something, by id.

    One about a case that there never was changes nothing. Nor does a revoke of none of these.

    Args:
        decisions: all of the URL.
        cases: names of cases by id, see `case_names`.
    """
    kept = {
        one.id: one
        for one in decisions
        if one.action == DecisionAction.REVOKE or not one.case_id or one.case_id in cases
    }
    while idle := {
        one.id
        for one in kept.values()
        if one.action == DecisionAction.REVOKE and one.revokes not in kept
    }:
        kept = {id: one for id, one in kept.items() if id not in idle}
    return kept
