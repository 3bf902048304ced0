"""How shares changed within the period: months, and a change split into mix and rate."""

from msgspec import Struct

from schemas.closed_lists import NormVerdict
from schemas.moments import Instant, moment
from streams.report.cohort import Cohort
from streams.report.figures.counted import Cases, PartShare, divided, parts, rounded
from streams.statistics.report.standardisation import StratumShare, change


class PeriodChange(Struct, frozen=True, kw_only=True):
    """The change of the share of cases surely in time, from one part of the period to the next.

    Attributes:
        parted_at: the instant between the two.
        before: share of the first part.
        after: of the second.
        mix: what other hosters having the cases did.
        rate: what hosters acting otherwise did.
    """

    parted_at: Instant
    before: float
    after: float
    mix: float
    rate: float


def months(cases: Cases) -> list[PartShare]:
    """Return what may be said of each month of notice, UTC.

    Args:
        cases: that count.
    """
    return parts(cases, lambda case: f"{moment(case.noticed_at):%Y-%m}")


def halves(cases: Cases, cohort: Cohort) -> PeriodChange | None:
    """Return how the second half of the period differs from the first; None where one is empty.

    Args:
        cases: that count.
        cohort: the period.
    """
    parted_at = (cohort.from_at + cohort.to_at) // 2
    found = change(
        _strata([one for one in cases if one.case.noticed_at < parted_at]),
        _strata([one for one in cases if one.case.noticed_at >= parted_at]),
    )
    if found is None:
        return None
    return PeriodChange(
        parted_at=parted_at,
        before=rounded(found.before),
        after=rounded(found.after),
        mix=rounded(found.mix),
        rate=rounded(found.rate),
    )


def _strata(cases: Cases) -> dict[str, StratumShare]:
    return {
        name: StratumShare(sum(one.case.weight for one in own), in_time(own))
        for name, own in divided(cases, lambda case: case.hoster).items()
        if sum(one.case.weight for one in own)
    }


def in_time(cases: Cases) -> float:
    """Return the share of cases that were surely in time; one at least has a weight.

    Args:
        cases: that count.
    """
    weights = [(one.case.weight, one.verdict) for one in cases]
    total = sum(weight for weight, _ in weights)
    return sum(w for w, verdict in weights if verdict is NormVerdict.IN_TIME) / total
