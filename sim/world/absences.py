"""When the material of a hoster that plays with the monitor is there: absences by behaviour."""

import random
from dataclasses import dataclass
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from sim.world.behaviour import RETURNS, Behaviour
from sim.world.delays import seconds_between

FLAPS_H: Final = (12, 24, 48)
"""The norms around which a flapping hoster is off; the probes of the first hour lie too close
together for anybody to be off between them alone."""

FLAP_BEFORE_MS: Final = 40 * MINUTE_MS
FLAP_AFTER_MS: Final = 35 * MINUTE_MS
"""It covers the last probe before a norm and the first one after it."""

NIGHT_BEGINS_H: Final = 20
NIGHT_ENDS_H: Final = 6
NIGHTS: Final = 60
"""Days on which it is off; a run longer than two months sees it stay."""

BACK_MS: Final = {
    Behaviour.RETURNS_2D: (40 * HOUR_MS, 46 * HOUR_MS),
    Behaviour.RETURNS_10D: (10 * DAY_MS, 10 * DAY_MS + 6 * HOUR_MS),
}
"""How long after the removal it is put back. Within two days means before the probe two days
after the removal, so that a run of two days and a half shows it."""

TRICK_MS: Final = 6 * HOUR_MS
"""A name server that hides a name does so from some hours after the notice on: a name that nobody
could ever resolve would be at no hoster, and in quick time an hour is a second."""

MOVED_MS: Final = (TRICK_MS, TRICK_MS + 18 * HOUR_MS)
"""After the notice the name leaves, and comes back before a day is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """When a URL is not there, after the removal that the delay mixture of the hoster draws.

    Attributes:
        back_at: when it is put back; None = it is not.
        gaps: shorter absences.
    """

    back_at: Instant | None = None
    gaps: tuple[tuple[Instant, Instant], ...] = ()


def absences(
    behaviour: Behaviour, noticed_at: Instant, removed_at: Instant | None, rng: random.Random
) -> Absences:
    """Return what a behaviour adds to a removal.

    Args:
        behaviour: of the hoster.
        noticed_at: when it was told.
        removed_at: when it removes; None = never.
        rng: where the draws come from; honest hosters draw none.
    """
    if behaviour in RETURNS and removed_at is not None:
        return Absences(back_at=removed_at + seconds_between(rng, *BACK_MS[behaviour]))
    match behaviour:
        case Behaviour.FLAPS:
            norms = [noticed_at + hour * HOUR_MS for hour in FLAPS_H]
            return Absences(gaps=tuple((n - FLAP_BEFORE_MS, n + FLAP_AFTER_MS) for n in norms))
        case Behaviour.MOVES:
            leaves_ms, returns_ms = MOVED_MS
            return Absences(gaps=((noticed_at + leaves_ms, noticed_at + returns_ms),))
        case Behaviour.NIGHTS:
            return Absences(gaps=tuple(_days(noticed_at + HOUR_MS)))
        case _:
            return Absences()


def moved_at(
    behaviour: Behaviour, noticed_at: Instant, removed_at: Instant | None, rng: random.Random
) -> Instant | None:
    """Return when a name moves to the second hoster for good; None = it does not.

    Args:
        behaviour: of the first hoster.
        noticed_at: when it was told.
        removed_at: when the material is removed, wherever it is; None = never.
        rng: where the draws come from.
    """
    if behaviour is Behaviour.MOVES_INSIDE:
        at = noticed_at + seconds_between(rng, 2 * HOUR_MS, 5 * HOUR_MS)
        return at if removed_at is None or at < removed_at else None
    if behaviour is Behaviour.LEAVES:
        return noticed_at + seconds_between(rng, TRICK_MS, MOVED_MS[1])
    return None


def _days(after: Instant) -> list[tuple[Instant, Instant]]:
    """Return the days, each from the end of a night to the next one's beginning."""
    first = (after - NIGHT_ENDS_H * HOUR_MS) // DAY_MS + 1
    mornings = [(first + n) * DAY_MS + NIGHT_ENDS_H * HOUR_MS for n in range(NIGHTS)]
    return [(at, at + (NIGHT_BEGINS_H - NIGHT_ENDS_H) * HOUR_MS) for at in mornings]
