"""What became of the reports that a process attributed, for Prometheus."""

from enum import StrEnum
from typing import Final

from schemas.records.facts import Attribution
from streams.registry.snapshot import UNKNOWN


class Placed(StrEnum):
    """What became of a report that was to be placed."""

    HOSTER = "hoster"
    UNKNOWN = "unknown"
    NO_SUCH_NAME = "no_such_name"
    NO_ANSWER = "no_answer"
    NOT_ASKED = "not_asked"


_OF_NONE: Final = frozenset({UNKNOWN})


def placed(fact: Attribution, *, probing: bool) -> Placed:
    """Return what an attribution says of its report; one whose key is gone has no answer.

    Args:
        fact: the attribution.
        probing: name servers may be asked for the host of that report.
    """
    if not fact.answered:
        return Placed.NO_ANSWER if probing else Placed.NOT_ASKED
    if fact.nxdomain:
        return Placed.NO_SUCH_NAME
    hosters = {placement.hoster for placement in fact.placements}
    return Placed.UNKNOWN if hosters <= _OF_NONE else Placed.HOSTER
