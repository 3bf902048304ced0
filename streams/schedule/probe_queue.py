"""Whose turn it is at a server: probes wait in the order of their rank, and go one at a time.

A probe asks of several lanes at once (`streams.schedule.politeness`). It goes when none of them is
taken by another probe, and no server among them asked for rest. It waits while a probe of higher
rank (`streams.schedule.priority`) could go in its place. So a probe that is not of a sample uses
what is left, and pushes nobody over the end of a window. A probe on its way holds its lanes for its
step at most, its deadline, and the time of a new look-up of its name. It needs the look-up if it
waited longer than the name's answer holds.

A probe that by arithmetic cannot begin inside its window is turned away at once: each one ahead of
it in a lane takes a step of that lane. The arithmetic is done when a probe comes, and for all that
wait in a lane with every SWEEP-th probe that goes. A hoster has at most WAITING_MAX probes waiting.
Where more than TOTAL_MAX wait at all, hosters with more than QUEUE_KEPT_MAX give theirs up, the
lowest ranks first.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Final

from schemas.moments import Instant
from streams.schedule.politeness import Politeness
from streams.schedule.priority import QueueRequest, Rank, rank_once_late

WAITING_MAX: Final = 2_048
"""Probes of one hoster that wait, some 6 KB each. At 30 requests a minute they are the work of 68
min, at 300 of 7 min: more than the 5 min (`ON_TIME_MS`) that a probe around a norm has."""

TOTAL_MAX: Final = 6_144
"""Probes that wait, of all hosters: three quarters of a prober's places, so that others come in."""

QUEUE_KEPT_MAX: Final = 256
"""Up to so many waiting probes a hoster keeps, however many others wait: 8 min at 30 a minute."""

SWEEP: Final = 64
"""After so many turns it is worked out again which probes of a lane can still begin in time."""


@dataclass(slots=True, eq=False)
class QueuedProbe:
    """A probe that waits or goes.

    Attributes:
        queue_request: what it asks for.
        key: its rank and, among equals, its number.
        going: it has its lanes.
        unused: it had its turn and asked nothing.
    """

    queue_request: QueueRequest
    key: tuple[Rank, int]
    going: bool = False
    unused: bool = False


class ProbeQueue:
    """Gives turns; whoever calls it takes what follows from `news`.

    Args:
        politeness: books the moments.

    Attributes:
        waiting: how many probes wait.
    """

    def __init__(self, politeness: Politeness) -> None:
        self._politeness = politeness
        self._held: set[str] = set()
        self._queues: dict[str, list[tuple[tuple[Rank, int], QueuedProbe]]] = {}
        self._hosters: dict[str, Counter[str]] = {}
        self._long: set[str] = set()
        self.waiting = self._number = self._granted = 0
        self._news: list[tuple[QueuedProbe, Instant | None]] = []

    def news(self) -> list[tuple[QueuedProbe, Instant | None]]:
        """Return what became of probes since the last call: when they go, None = turned away."""
        news, self._news = self._news, []
        return news

    def is_hopeless(self, queue_request: QueueRequest, now: Instant, coming: int = 0) -> bool:
        """Return whether a probe would be turned away as it comes, by its hoster's lane alone.

        Args:
            queue_request: what it asks for.
            now: from when.
            coming: probes that are on their way here and will go before it.
        """
        queue = self._queues.get(queue_request.lanes[0], [])
        if len(queue) >= WAITING_MAX and queue[-1][0][0] <= queue_request.rank:
            return True
        begins_at = self._begins_at(queue_request._replace(lanes=queue_request.lanes[:1]), now)
        return begins_at + coming * self._politeness.step_ms > queue_request.not_after

    def enqueue(self, queue_request: QueueRequest, now: Instant) -> QueuedProbe:
        """Ask for a turn; it is given, or refused, by `news`."""
        self._number += 1
        queued = QueuedProbe(queue_request, (queue_request.rank, self._number))
        if not self._is_in_the_way(queue_request, now):
            self._offer(self._grant(queued, now), now)
        elif self._begins_at(queue_request, now) > queue_request.not_after:
            self._news.append((queued, None))
        else:
            self._join(queued, now)
        return queued

    def leave(self, queued: QueuedProbe, now: Instant) -> None:
        """End a turn, or give up waiting for one."""
        lanes = queued.queue_request.lanes
        if queued.going:
            queued.going = False
            self._held.difference_update(lanes)
            if queued.unused:
                self._politeness.give_back(lanes)
        elif not self._part(queued):
            return
        self._offer(lanes, now)

    def move(self, queued: QueuedProbe, lanes: tuple[str, ...], now: Instant) -> bool:
        """Exchange the lanes of a probe that has its turn, if those it lacks are free at once.

        Its moment is the present one then, in all of them.

        Args:
            queued: has its turn, and has asked nothing in it yet.
            lanes: what it asks of now.
            now: from when.

        Returns:
            Whether it has them; if not, it has those that it had.
        """
        had = queued.queue_request.lanes
        lacking = tuple(lane for lane in lanes if lane not in had)
        if lacking:
            in_the_way = self._is_in_the_way(queued.queue_request._replace(lanes=lacking), now)
            if in_the_way or self._politeness.earliest(lacking, now) > now:
                return False
        left = tuple(lane for lane in had if lane not in lanes)
        self._politeness.give_back(left)
        self._politeness.begin(lanes, now)
        self._held.difference_update(left)
        self._held.update(lacking)
        queued.queue_request = queued.queue_request._replace(lanes=lanes)
        self._offer(left, now)
        return True

    def wake(self, lane: str, now: Instant) -> None:
        """See whether somebody can go where a server's rest has ended."""
        self._offer((lane,), now)

    def _is_in_the_way(self, queue_request: QueueRequest, now: Instant) -> bool:
        """Return whether another probe has a lane or waits for it, or a server wants rest."""
        if not self._held.isdisjoint(queue_request.lanes):
            return True
        if any(lane in self._queues for lane in queue_request.lanes):
            return True
        return self._politeness.resting(queue_request.lanes, now)

    def _begins_at(self, queue_request: QueueRequest, now: Instant) -> Instant:
        """Return the earliest moment a probe can begin if all of higher rank go before it."""
        key = (queue_request.rank, self._number)
        ahead = [bisect_left(self._queues.get(lane, ()), (key,)) for lane in queue_request.lanes]
        return self._politeness.earliest(queue_request.lanes, now, ahead)

    def _join(self, queued: QueuedProbe, now: Instant) -> None:
        hoster = queued.queue_request.lanes[0]
        self._place(queued)
        length = len(self._queues[hoster])
        if length > QUEUE_KEPT_MAX:
            self._long.add(hoster)
        if length > WAITING_MAX:
            self._give_up(self._queues[hoster][-1][1], now)
        elif self.waiting > TOTAL_MAX and self._long:
            longest = max(sorted(self._long), key=lambda lane: len(self._queues[lane]))
            self._give_up(self._queues[longest][-1][1], now)
        if self._held.isdisjoint(queued.queue_request.lanes):
            self._offer(queued.queue_request.lanes, now)

    def _place(self, queued: QueuedProbe) -> None:
        """Put a probe into its queues."""
        hoster = queued.queue_request.lanes[0]
        for lane in queued.queue_request.lanes:
            insort(self._queues.setdefault(lane, []), (queued.key, queued))
            self._hosters.setdefault(lane, Counter())[hoster] += 1
        self.waiting += 1

    def _give_up(self, queued: QueuedProbe, now: Instant) -> None:
        """Turn a probe away; lanes may have been kept free for it."""
        was_first = self._is_first(queued)
        lanes = self._turn_away(queued)
        if was_first:
            self._offer(lanes, now)

    def _part(self, queued: QueuedProbe) -> bool:
        """Take a probe out of its queues; False = it stands in none."""
        hoster = queued.queue_request.lanes[0]
        for lane in queued.queue_request.lanes:
            queue = self._queues.get(lane, [])
            at = bisect_left(queue, (queued.key,))
            if at == len(queue) or queue[at][1] is not queued:
                return False
            del queue[at]
            if len(queue) <= QUEUE_KEPT_MAX:
                self._long.discard(lane)
            waiting = self._hosters[lane]
            waiting[hoster] -= 1
            if not waiting[hoster]:
                del waiting[hoster]
            if not queue:
                del self._queues[lane], self._hosters[lane]
        self.waiting -= 1
        return True

    def _turn_away(self, queued: QueuedProbe) -> tuple[str, ...]:
        """Turn a probe away and return its lanes."""
        self._part(queued)
        self._news.append((queued, None))
        return queued.queue_request.lanes

    def _offer(self, lanes: Iterable[str], now: Instant) -> None:
        """Let go who can where lanes have come free, the highest rank of all of them first."""
        free = set(lanes)
        while True:
            free = {lane for lane in free if lane not in self._held and lane in self._queues}
            for lane in tuple(free):
                free.update(self._fall_behind(lane, now))
            queued = self._next(free - self._held, now) if free else None
            if queued is None:
                return
            self._part(queued)
            free.update(queued.queue_request.lanes, self._grant(queued, now))

    def _next(self, lanes: Iterable[str], now: Instant) -> QueuedProbe | None:
        """Return the waiting probe of highest rank that can go now; None = none can.

        Lanes in which all wait for busy hosters are left out at once, not probe by probe.
        """
        some = [lane for lane in lanes if not self._hosters.get(lane, {}).keys() <= self._held]
        for _, queued in merge(*(self._queues[lane] for lane in some)):
            wanted = queued.queue_request.lanes
            if not self._held.isdisjoint(wanted) or self._politeness.resting(wanted, now):
                continue
            if not any(self._is_kept(lane, queued, now) for lane in wanted):
                return queued
        return None

    def _is_kept(self, lane: str, queued: QueuedProbe, now: Instant) -> bool:
        """Return whether a lane is reserved for another probe, which waits for its other lanes.

        It is for a probe that is first in all its lanes, so that it is not overtaken for ever. That
        takes a probe and a step at most.
        """
        first = self._queues[lane][0][1]
        if first is queued or self._politeness.resting(first.queue_request.lanes, now):
            return False
        return self._is_first(first)

    def _is_first(self, queued: QueuedProbe) -> bool:
        return all(self._queues[lane][0][1] is queued for lane in queued.queue_request.lanes)

    def _grant(self, queued: QueuedProbe, now: Instant) -> Sequence[str]:
        """Give a probe its lanes, if it can begin in time; return lanes to offer to others."""
        queue_request = queued.queue_request
        starts_at = self._politeness.book(queue_request.lanes, now, queue_request.not_after)
        self._news.append((queued, starts_at))
        if starts_at is None:
            return queue_request.lanes
        queued.going = True
        self._held.update(queue_request.lanes)
        self._granted += 1
        return () if self._granted % SWEEP else self._sweep(queue_request.lanes[0], now)

    def _fall_behind(self, lane: str, now: Instant) -> Sequence[str]:
        """Give those a lower rank that can no longer begin on time; return lanes to offer."""
        freed: list[str] = []
        while lane in self._queues:
            _, queued = self._queues[lane][0]
            before, number = queued.key
            after = rank_once_late(before, queued.queue_request.slot_at, now)
            if after is None:
                return freed
            freed += queued.queue_request.lanes
            self._part(queued)
            queued.key = (after, number)
            self._place(queued)
        return freed

    def _sweep(self, lane: str, now: Instant) -> Sequence[str]:
        """Turn those away that by now cannot begin in time; return lanes to offer to others."""
        queue = self._queues.get(lane, [])
        first_at = self._politeness.earliest((lane,), now)
        step_ms = self._politeness.step_ms
        hopeless = [
            queued
            for ahead, (_, queued) in enumerate(queue)
            if first_at + ahead * step_ms > queued.queue_request.not_after
        ]
        return [one for queued in hopeless for one in self._turn_away(queued)]
