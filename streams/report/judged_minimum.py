"""Who may be judged in public (docs/measurement.md, Naming).

A hoster is not judged if it has few cases, few incidents or few days, or if one incident is too
large a part of its cases. Its row says why and carries no figure.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.moments import DAY_MS
from streams.report.published_case import PublishedCase

CASES_MIN: Final = 30
INCIDENTS_MIN: Final = 15
DAYS_MIN: Final = 3
INCIDENT_SHARE_MAX: Final = 0.3


class NamingReason(StrEnum):
    """Why a hoster is named or not."""

    NAMED = "named"
    NOT_BELOW = "not_below"
    TOO_FEW_CASES = "too_few_cases"
    TOO_FEW_INCIDENTS = "too_few_incidents"
    TOO_FEW_DAYS = "too_few_days"
    ONE_INCIDENT = "one_incident"


class SampleSize(NamedTuple):
    """How many cases, incidents and days a hoster has, and why that is too few.

    Attributes:
        cases, incidents, days: that it has.
        largest: cases of its largest incident.
    """

    cases: int
    incidents: int
    days: int
    largest: int

    @property
    def reason(self) -> NamingReason | None:
        """Why it is not judged; None = it is."""
        if self.cases < CASES_MIN:
            return NamingReason.TOO_FEW_CASES
        if self.incidents < INCIDENTS_MIN:
            return NamingReason.TOO_FEW_INCIDENTS
        if self.days < DAYS_MIN:
            return NamingReason.TOO_FEW_DAYS
        if self.largest > INCIDENT_SHARE_MAX * self.cases:
            return NamingReason.ONE_INCIDENT
        return None

    @property
    def missing_incidents(self) -> int:
        """How many more incidents it takes at least, each of one case, until it is judged."""
        by_share = self.largest / INCIDENT_SHARE_MAX - self.cases
        return max(
            INCIDENTS_MIN - self.incidents,
            CASES_MIN - self.cases,
            DAYS_MIN - self.days,
            -int(-by_share // 1) if by_share > 0 else 0,
            0,
        )


def sample_size(cases: Sequence[PublishedCase]) -> SampleSize:
    """Return how many cases, incidents and days there are in a hoster's cases that count."""
    sizes = Counter(case.incident for case in cases)
    return SampleSize(
        cases=len(cases),
        incidents=len(sizes),
        days=len({case.noticed_at // DAY_MS for case in cases}),
        largest=max(sizes.values(), default=0),
    )
