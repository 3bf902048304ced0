"""Shares by who reported what and when, each beside the one it has with everybody's mix of hosters.

A hotline whose notices go to slow hosters has a low share through no doing of its own. The
standardised share weighs its cases at each hoster by how many of all cases that hoster has. It is a
share of cases, so the share of cases as it is stands beside it: the two differ by the mix alone.
"""

from msgspec import Struct

from schemas.moments import moment
from streams.report.figures.counted import Cases, PartShare, divided, part, rounded
from streams.report.figures.periods import in_time
from streams.statistics.report.standardisation import StratumShare, overall, standardised


class Stratified(Struct, frozen=True, kw_only=True):
    """A stratum.

    Attributes:
        by: hotline, category, site_type or weekday.
        part: what may be said of it; a weekday is that of ISO 8601, 1 is Monday.
        crude: share of cases surely in time; None = too few.
        standardised: share of cases surely in time with everybody's mix of hosters; None = too few.
        undetermined: mean over incidents of the share of cases that are neither in time nor late;
            None = too few.
    """

    by: str
    part: PartShare
    crude: float | None
    standardised: float | None
    undetermined: float | None


def strata(cases: Cases) -> list[Stratified]:
    """Return shares by hotline, category, site type and weekday of notice.

    Args:
        cases: that count.
    """
    keys = {
        "hotline": lambda case: case.hotline,
        "category": lambda case: case.category,
        "site_type": lambda case: case.site_type,
        "weekday": lambda case: str(moment(case.noticed_at).isoweekday()),
    }
    everybody = {
        name: sum(one.case.weight for one in own)
        for name, own in divided(cases, lambda case: case.hoster).items()
    }
    return [
        _stratified(by, name, own, everybody)
        for by, key in keys.items()
        for name, own in sorted(divided(cases, key).items())
        if name
    ]


def _stratified(by: str, name: str, own: Cases, everybody: dict[str, float]) -> Stratified:
    said = part(name, own)
    if said.bounds is None:
        return Stratified(by=by, part=said, crude=None, standardised=None, undetermined=None)
    at = {
        hoster: StratumShare(sum(one.case.weight for one in there), in_time(there))
        for hoster, there in divided(own, lambda case: case.hoster).items()
        if any(one.case.weight for one in there)
    }
    share = standardised(at, everybody)
    return Stratified(
        by=by,
        part=said,
        crude=rounded(overall(at)),
        standardised=None if share is None else rounded(share),
        undetermined=rounded(said.bounds[1] - said.bounds[0]),
    )
