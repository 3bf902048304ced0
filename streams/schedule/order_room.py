"""How many orders a hoster has room for: none is written that politeness cannot carry out.

A prober asks a hoster so many requests a minute. What is written beyond that waits in vain, and in
a burst that is nearly all: millions of orders that are read, queued and dropped. So lifecycle
reckons what waits at each hoster, and leaves an order out whose end of window comes before its
turn. Its slot is missed by evaluation, as is any without a result.

Who goes first is as in `streams.schedule.priority`: slots beside a norm, then the others of the
sample, then the rest, each by the end of its window. An order is compared with the orders that go
before it. So a later order of higher rank may displace earlier ones of lower rank, never the
reverse.
"""

from enum import IntEnum
from typing import Final

from schemas.moments import MINUTE_MS, Instant
from schemas.records.case import CaseSummary, UrlState
from streams.registry.snapshot import UNKNOWN

HOSTERS_MAX: Final = 65_536
"""Hosters with orders that are remembered; those with none that waits are forgotten first."""

_BUCKET_MS: Final = 10 * MINUTE_MS


class Turn(IntEnum):
    """Whose orders go first."""

    NORM_SLOT = 0
    SAMPLED = 1
    REST = 2


def room_of(state: UrlState, case: CaseSummary) -> str:
    """Return whose room an order takes: the hoster's that is probed for a case.

    Hosters that nobody knows share no limit of politeness (`streams.schedule.politeness.lanes_of`).
    There a host has its own room, and a URL whose case has no clock, so no host, has one too.

    Args:
        state: of the URL.
        case: of it.
    """
    hoster = case.probed_at[0]
    return hoster if hoster != UNKNOWN else f"{UNKNOWN} {case.host or state.url_key}"


class OrderRoom:
    """Admits orders while their turn comes inside their window.

    Args:
        per_minute: requests that politeness allows a vantage at a hoster in a minute.

    Attributes:
        part: of all partitions, those whose cases are ordered here. Others order at the same
            hosters, so that part of the limit is what there is room for.
        left_out: orders that were not admitted, since the start.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_ms = per_minute / MINUTE_MS
        self._hosters: dict[str, _Waiting] = {}
        self.part = 1.0
        self.left_out = 0

    def admits(self, hoster: str, turn: Turn, requests: int, until: Instant, now: Instant) -> bool:
        """Return whether orders of one slot can be carried out, and count them if so.

        Args:
            hoster: whose room it is, see `room_of`.
            turn: when its turn comes.
            requests: how many of them one vantage makes.
            until: the end of the window.
            now: the present instant.
        """
        waiting = self._hosters.get(hoster)
        if waiting is None:
            if len(self._hosters) >= HOSTERS_MAX:
                self._forget(now)
            waiting = self._hosters[hoster] = _Waiting(now)
        rate = self._per_ms * self.part
        if waiting.at != now:  # orders of one instant come by the hundred
            waiting.work_off((now - waiting.at) * rate, now)
        room = (until - now) * rate
        # one slot has its turn however small the part, for what is alone at a hoster is polite
        if waiting.requests and waiting.before(turn, until) + requests > room:
            self.left_out += 1
            return False
        waiting.add(turn, until, requests)
        return True

    def _forget(self, now: Instant) -> None:
        rate = self._per_ms * self.part
        for hoster, waiting in list(self._hosters.items()):
            waiting.work_off((now - waiting.at) * rate, now)
            if not waiting.requests:
                del self._hosters[hoster]


class _Waiting:
    """The requests that wait at a hoster, by turn and end of window.

    Attributes:
        at: up to when they were worked off.
        requests: how many there are.
    """

    __slots__ = ("_spare", "_waiting", "at", "requests")

    def __init__(self, at: Instant) -> None:
        self.at = at
        self.requests = 0
        self._spare = 0.0
        self._waiting: dict[tuple[Turn, int], int] = {}

    def before(self, turn: Turn, until: Instant) -> int:
        """Return how many go before an order."""
        last, found = until // _BUCKET_MS, 0
        for (first, bucket), requests in self._waiting.items():
            if first < turn or (first is turn and bucket <= last):
                found += requests
        return found

    def add(self, turn: Turn, until: Instant, requests: int) -> None:
        """Count an order's requests."""
        bucket = turn, until // _BUCKET_MS
        self._waiting[bucket] = self._waiting.get(bucket, 0) + requests
        self.requests += requests

    def work_off(self, requests: float, now: Instant) -> None:
        """Take off what is past its window, and what politeness allowed meanwhile.

        Args:
            requests: how many it allowed.
            now: the present instant.
        """
        self.at = now
        if not self.requests:
            return
        spare = self._spare + requests
        for bucket in sorted(self._waiting):
            done = self._waiting[bucket]
            if bucket[1] >= now // _BUCKET_MS:
                done = min(int(spare), done)
                spare -= done
            self.requests -= done
            self._waiting[bucket] -= done
            if not self._waiting[bucket]:
                del self._waiting[bucket]
        self._spare = spare if self.requests else 0.0
