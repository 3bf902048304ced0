"""What a history calls the cases that decisions are about: an id says nothing to a reader."""

from collections.abc import Iterable
from typing import Any

from schemas.closed_lists import Role
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
