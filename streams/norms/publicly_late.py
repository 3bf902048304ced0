"""When it may be said in public that a case was late (docs/measurement.md, Norm verdicts).

The verdict `late` rests on one sighting. In public more is asked for. Sightings past the term, each
of an answer that a made-up path did not give, must come

- from two vantages;
- or from one vantage on three UTC days;
- or with a person's check that found it present, within one hour of a vantage's sighting.

What unannounced vantages alone saw is never said in public: the server may show them what it hides
from everybody else, or hide from announced ones what it shows the rest. Such a case is `cloaked`,
and a person is asked at once. The person's check within an hour of a sighting then settles it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from schemas.moments import DAY_MS, HOUR_MS, Instant

VANTAGES_MIN: Final = 2
DAYS_MIN: Final = 3
CHECK_NEAR_MS: Final = HOUR_MS


class ControlledSighting(NamedTuple):
    """A vantage saw what its probe of a made-up path does not show.

    Attributes:
        at: when the request was sent.
        vantage: who saw it.
        announced: the vantage says in its requests who it is.
    """

    at: Instant
    vantage: str
    announced: bool


class PublicVerdict(NamedTuple):
    """What may be said of a late case in public.

    Attributes:
        public: it is publicly late.
        cloaked: unannounced vantages alone saw it, and no person has confirmed it.
    """

    public: bool
    cloaked: bool


def publicly_late(
    sightings: Iterable[ControlledSighting], checks: Sequence[Instant]
) -> PublicVerdict:
    """Return what may be said of a late case.

    Args:
        sightings: those past the term, each beside a control that differs.
        checks: when persons found it present past the term, ascending.
    """
    days: dict[str, set[int]] = defaultdict(set)
    announced = confirmed = False
    for seen in sightings:
        days[seen.vantage].add(seen.at // DAY_MS)
        announced |= seen.announced
        confirmed = confirmed or _is_near(seen.at, checks)
    if confirmed:
        return PublicVerdict(public=True, cloaked=False)
    if not announced:
        return PublicVerdict(public=False, cloaked=bool(days))
    often = any(len(found) >= DAYS_MIN for found in days.values())
    return PublicVerdict(public=len(days) >= VANTAGES_MIN or often, cloaked=False)


def _is_near(at: Instant, checks: Sequence[Instant]) -> bool:
    place = bisect_left(checks, at - CHECK_NEAR_MS)
    return place < len(checks) and checks[place] <= at + CHECK_NEAR_MS
