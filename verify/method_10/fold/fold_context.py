"""What to know of a hosting spell beside what was seen: notices, resolutions, statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from schemas.moments import DAY_MS, Instant
from verify.method_10.clock import is_away
from verify.method_10.observations import JudgedObservation
from verify.method_10.resolutions import NamesOwner

RESOLVER: Final = "attribution"
"""Resolves for a report; it is no vantage."""

EXPIRY_MS: Final = 400 * DAY_MS
"""After its clock, else its opening, an open case has expired (rule 8.6)."""


@dataclass(slots=True, kw_only=True)
class FoldContext:
    """What the fold has to know beside the observations.

    Attributes:
        notices: when the owner was told, in order.
        resolved: (when, vantage, whether the name led to the owner), in order; None = no answer.
        stated: (when, whether the origin stated then is the owner), in order.
        reported_or_noticed_at: when reports and notices were made, in order.
        since: from when on notices are for the first case.
        elsewhere: from when until when the newest statement of origin names another.
        seen: all observations of the hosting spell; empty = those that are folded are all.
        resolved_at: when resolutions were made that are no part of a probe.
    """

    notices: Sequence[Instant] = ()
    resolved: Sequence[NamesOwner] = ()
    reported_or_noticed_at: Sequence[Instant] = ()
    stated: Sequence[tuple[Instant, bool]] = ()
    since: Instant = 0
    elsewhere: Sequence[tuple[Instant, Instant | None]] = ()
    seen: Sequence[JudgedObservation] = ()
    resolved_at: Sequence[Instant] = ()

    def newest_at(self) -> Instant:
        """Return when the newest of it happened."""
        times = [*self.notices, *(at for at, _, _ in self.resolved)]
        times += [*self.reported_or_noticed_at, *(at for at, _ in self.stated)]
        return max(times, default=0)

    def left(self, asked: Iterable[str], at: Instant) -> bool:
        """Return whether the name left the owner: the newest 2 of all asked, and 24 h (1.3).

        Whoever is not asked, or has no answer of name servers, holds nothing up (1.4).
        """
        heard = {*asked}
        known = [one for one in self.resolved if one[0] <= at and one[1] in {*heard, RESOLVER}]
        if any(here for when, _, here in known if when > at - DAY_MS):
            return False
        newest = {who: here for _, who, here in known}
        asked_and_answered = [who for who in heard if newest.get(who) is not None]
        for vantage in asked_and_answered:
            mine = [here for _, who, here in known if who == vantage]
            since_silent = mine[-mine[::-1].index(None) :] if None in mine else mine
            if len(since_silent) < 2 or any(since_silent[-2:]):
                return False
        return bool(asked_and_answered)

    def first_without(self, at: Instant) -> Instant:
        """Return the first resolution without the owner since the last one with it (1.3)."""
        known = [one for one in self.resolved if one[0] <= at]
        last_with = max((when for when, _, here in known if here), default=-1)
        return min((w for w, _, here in known if w > last_with and here is False), default=at)


def led_back(resolved: Iterable[NamesOwner]) -> Iterator[tuple[Instant, Instant]]:
    """Give (second, first) of two resolutions of one vantage within 24 h to the owner (1.7)."""
    newest: dict[str, Instant] = {}
    for at, vantage, here in resolved:
        if not here:
            continue
        if at - newest.get(vantage, at - DAY_MS - 1) <= DAY_MS:
            yield at, newest[vantage]
        newest[vantage] = at


def stated_elsewhere(
    stated: Sequence[tuple[Instant, bool]], back: Sequence[tuple[Instant, Instant]]
) -> Iterator[tuple[Instant, Instant | None]]:
    """Give from when until when the newest statement of origin names another (rule 12.4).

    Two resolutions that lead to the owner end that, from the first of them on.

    Args:
        stated: (when, whether the origin is the owner).
        back: (second, first) of such resolutions.
    """
    since: Instant | None = None
    for at, here in sorted([*stated, *((first, True) for _, first in back)]):
        if here and since is not None:
            yield since, at
            since = None
        elif not here and since is None:
            since = at
    if since is not None:
        yield since, None


class ContextEventKind(IntEnum):
    """What may happen, of one instant in this order."""

    REPORTED_OR_NOTICED = 0
    LED_BACK = 1
    STATED = 2
    RESOLVED = 3


class ContextEvent(NamedTuple):
    """What happened that is no observation and no check.

    Attributes:
        led_back_at: of `LED_BACK`, when the name first led back.
        is_owner: of `STATED`, whether the origin stated is the owner.
    """

    at: Instant
    kind: ContextEventKind
    led_back_at: Instant = 0
    is_owner: bool = False


def context_events(context: FoldContext) -> list[ContextEvent]:
    """Return all that happened and is no observation and no check, in order of time."""
    back = led_back(one for one in context.resolved if not is_away(one[0], context.elsewhere))
    return sorted(
        [
            *(
                ContextEvent(at, ContextEventKind.REPORTED_OR_NOTICED)
                for at in context.reported_or_noticed_at
            ),
            *(
                ContextEvent(second_at, ContextEventKind.LED_BACK, led_back_at=first_at)
                for second_at, first_at in back
            ),
            *(
                ContextEvent(at, ContextEventKind.STATED, is_owner=here)
                for at, here in context.stated
            ),
            *(ContextEvent(at, ContextEventKind.RESOLVED) for at in context.resolved_at),
        ]
    )
