"""How the hotlines of the practice world work: pace, office hours, and what goes wrong there."""

from dataclasses import dataclass
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, Instant
from sim.world.hosters import HOTLINES

RESENT: Final = 0.05  # one record in twenty comes again, as at-least-once senders do
ANSWERED: Final = 0.1  # one notice in ten is answered
SHARED: Final = 0.05  # one URL in twenty is known to a second hotline

_MONDAY, _FRIDAY, _SATURDAY = 0, 4, 5
_EPOCH_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday

OPENS_H: Final = 11
OPENS_MONDAY_H: Final = 12
CLOSES_FRIDAY_H: Final = 17
"""Office hours of a hotline that holds notices back: none before 11:00, on Mondays before 12:00, on
Fridays after 17:00, none at weekends, so up to 67 h (SCART's defaults); UTC stands for its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineHabits:
    """A hotline and its habits; shares of 1.

    Attributes:
        id: the hotline.
        pace: its bursts, as a multiple of the world's.
        holds: notices wait for its office hours.
        resent: records that come twice.
        answered: notices that the hoster answers.
        shared: URLs that a second hotline reports, too.
        bounced: URLs whose first notice bounces, before the one that arrives.
        misdirected: URLs whose first notice goes to somebody else, before the right one.
        untold: URLs whose only notice bounces.
        belated: records that are hours on their way, so that later ones overtake them.
        withdrawn: reports that are withdrawn.
        checked: URLs that a person checks some hours after the notice.
        ordered: notices that are orders, with a term of their own.
        reported_again: removed URLs that another hotline reports and notices after the removal.
        feed_delay_ms: how long its feed is registered to take at most.
    """

    id: str
    pace: float = 1.0
    holds: bool = False
    resent: float = RESENT
    answered: float = ANSWERED
    shared: float = SHARED
    bounced: float = 0.0
    misdirected: float = 0.0
    untold: float = 0.0
    belated: float = 0.0
    withdrawn: float = 0.0
    checked: float = 0.0
    ordered: float = 0.0
    reported_again: float = 0.0
    feed_delay_ms: int = HOUR_MS

    def noticed_at(self, ready_at: Instant) -> Instant:
        """Return when a notice goes out that is ready at an instant."""
        return released(ready_at) if self.holds else ready_at


def released(at: Instant) -> Instant:
    """Return the first instant from `at` on that lies in a hotline's office hours."""
    while True:
        day, within = divmod(at, DAY_MS)
        weekday = (day + _EPOCH_WEEKDAY) % 7
        opens_ms = (OPENS_MONDAY_H if weekday == _MONDAY else OPENS_H) * HOUR_MS
        closed = weekday >= _SATURDAY
        late = weekday == _FRIDAY and within >= CLOSES_FRIDAY_H * HOUR_MS
        if not (closed or late):
            return max(at, day * DAY_MS + opens_ms)
        at = (day + 1) * DAY_MS


PLAIN: Final = tuple(HotlineHabits(id=id) for id in HOTLINES)
"""Hotlines with which little goes wrong."""

BUSY: Final = (
    HotlineHabits(
        id="north",
        bounced=0.05,
        misdirected=0.05,
        untold=0.03,
        withdrawn=0.05,
        checked=0.1,
        answered=0.3,
    ),
    HotlineHabits(id="south", holds=True, checked=0.1, shared=0.15),
    HotlineHabits(id="west", belated=0.15, resent=0.2, withdrawn=0.03),
)
"""The same with what happens to real ones: one with bad addresses, one with office hours, one whose
records come late and twice."""

STORMY: Final = (
    HotlineHabits(id="north", ordered=0.3, withdrawn=0.05),
    HotlineHabits(id="south", reported_again=0.5, checked=0.1),
    HotlineHabits(id="west", belated=0.4, feed_delay_ms=36 * HOUR_MS, ordered=0.1),
)
"""One that sends orders and takes reports back, one whose URLs others report again after their
removal, and one that hands in late what its registered feed explains."""
