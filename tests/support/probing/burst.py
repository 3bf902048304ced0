"""A burst of reports at one hoster, in virtual time: what is ordered, and when each probe begins.

Timetable, sample, ranks, turns and politeness are the program's own. A probe takes
LOOK_MS, one that checks HEAD by GET twice that and two steps of the limit, and the
prober's own costs are nothing. What they are, tests/bench/test_burst_bench.py measures.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from cases import case
from msgspec import structs

from agents.config import ProbeSettings
from schemas.closed_lists import CaseClass, Target
from schemas.identity.ids import fraction
from schemas.moments import HOUR_MS, MINUTE_MS, Instant
from schemas.records.case import CaseSummary, Phase
from schemas.records.registry import InclusionEntry
from streams.norms.punctuality import ON_TIME_MS, slot_on_time
from streams.schedule.get_comparisons import has_get_comparison, requests_of
from streams.schedule.politeness import Politeness, lanes_of
from streams.schedule.priority import queue_request
from streams.schedule.probe_queue import ProbeQueue, QueuedProbe
from streams.schedule.sampling import sampling
from streams.schedule.slots import slots

START: Instant = 1_770_000_000_000
PROBE_MS = 400
PER_MINUTE = 30
SHARE = ProbeSettings().cross_check_share
NOTICE_MS = 2 * MINUTE_MS
BIG = "big"
FOREVER = 1 << 60


class Order(NamedTuple):
    """What of an order decides when its probe begins."""

    slot_at: Instant
    not_after: Instant
    target: Target
    sampled: bool
    bracket: bool
    hoster: str
    lanes: tuple[str, ...]
    requests: int


class Begun(NamedTuple):
    """A probe and when it began; None = it was missed."""

    order: Order
    at: Instant | None

    @property
    def late_ms(self) -> int | None:
        """How long after its slot it began."""
        return None if self.at is None else self.at - self.order.slot_at


def reported(hoster: str, number: int, at: Instant) -> CaseSummary:
    """Return a case reported at an instant and noticed soon after, seen online ever since."""
    noticed_at = at + NOTICE_MS
    return structs.replace(
        case(hoster=hoster, number=number),
        case_id=f"{round(fraction(hoster, number) * 16**14):024x}",
        opened_at=at,
        reported_at=at,
        received_at=at,
        noticed_at=noticed_at,
        phases=(Phase(at, CaseClass.AWAITING), Phase(noticed_at, CaseClass.ONLINE)),
    )


def burst(count: int, over_ms: int) -> list[CaseSummary]:
    """Return the cases of a burst: so many URLs at one address, reported within a time."""
    return [reported(BIG, n, START + over_ms * n // count) for n in range(count)]


def others(hosters: int, urls: int, over_ms: int) -> list[CaseSummary]:
    """Return the cases of other hosters, a few at each, reported over the same time."""
    return [
        reported(f"small{h}", h * urls + n, START + round(over_ms * fraction(h, n)))
        for h in range(hosters)
        for n in range(urls)
    ]


def orders(
    cases: Sequence[CaseSummary], entry: InclusionEntry | None, hours: float
) -> Iterator[Order]:
    """Give the orders of cases up to so many hours after the start, one vantage's."""
    until = START + round(hours * HOUR_MS)
    for number, one in enumerate(cases):
        key = f"{number:032x}"
        of_big = one.hoster == BIG
        drawn = sampling(entry if of_big else None, key)
        address = "192.0.2.1" if of_big else f"10.{int(one.hoster[5:])}.0.1"
        lanes = lanes_of(one.hoster, address, f"{number % 50}.example")
        for slot in slots(structs.replace(one, sampling=drawn)):
            if slot.at > until:
                break
            bracket = slot_on_time(one.noticed_at or 0, slot.at, 0) > 0
            get_comparison = has_get_comparison(one, slot, SHARE)
            for target in slot.targets:
                asked = requests_of(target, get_comparison=get_comparison)
                window = slot.at, slot.not_after
                yield Order(*window, target, drawn.sampled, bracket, one.hoster, lanes, asked)


class What(IntEnum):
    """What happens to a probe."""

    ENDS = 0
    BEGINS = 1
    EXPIRES = 2


@dataclass
class Prober:
    """Works orders off in virtual time, as `agents.stages.probe.stage` does.

    Attributes:
        begun: every order with when its probe began.
        most: probes that waited at once, at most.
    """

    politeness: Politeness = field(default_factory=lambda: Politeness(PER_MINUTE))
    begun: list[Begun] = field(default_factory=list)
    most: int = 0
    probe_queue: ProbeQueue = field(init=False)
    _queued: dict[QueuedProbe, Order] = field(default_factory=dict)
    _events: list[tuple[Instant, int, What, QueuedProbe]] = field(default_factory=list)
    _pushed: int = 0

    def __post_init__(self) -> None:
        """Give turns by that politeness."""
        self.probe_queue = ProbeQueue(self.politeness)

    def run(self, wanted: Iterable[Order], from_at: Instant = 0) -> list[Begun]:
        """Return what became of orders that come when they are due, or at an instant if later."""
        for order in sorted(wanted, key=lambda one: one.slot_at):
            now = max(order.slot_at, from_at)
            self._until(now)
            self._take(order, now)
        self._until(FOREVER)
        return self.begun

    def _take(self, order: Order, now: Instant) -> None:
        asked = queue_request(order, order.lanes, now)
        hopeless = not order.sampled and self.probe_queue.is_hopeless(asked, now)
        if hopeless or now > order.not_after:
            self.begun.append(Begun(order, None))
            return
        queued = self.probe_queue.enqueue(asked, now)
        self._queued[queued] = order
        self._push(asked.not_after + 1, What.EXPIRES, queued)
        self._read()

    def _until(self, now: Instant) -> None:
        while self._events and self._events[0][0] <= now:
            at, _, what, queued = heapq.heappop(self._events)
            if what is What.BEGINS:
                self.begun.append(Begun(self._queued[queued], at))
                self._push(at + PROBE_MS * self._queued[queued].requests, What.ENDS, queued)
            elif what is What.ENDS or (queued in self._queued and not queued.going):
                if what is What.EXPIRES:
                    self.begun.append(Begun(self._queued[queued], None))
                order = self._queued.pop(queued)
                if what is What.ENDS:
                    self.politeness.charge(order.lanes, order.requests)
                self.probe_queue.leave(queued, at)
                self._read()

    def _push(self, at: Instant, what: What, queued: QueuedProbe) -> None:
        self._pushed += 1
        heapq.heappush(self._events, (at, self._pushed, what, queued))

    def _read(self) -> None:
        self.most = max(self.most, self.probe_queue.waiting)
        for queued, slot_at in self.probe_queue.news():
            if slot_at is None:
                self.begun.append(Begun(self._queued.pop(queued), None))
            else:
                self._push(slot_at, What.BEGINS, queued)


def on_time(begun: Iterable[Begun]) -> tuple[int, int]:
    """Return how many probes around norms of the sample began on time, and how many there are."""
    found = [
        one
        for one in begun
        if one.order.hoster == BIG
        and one.order.sampled
        and one.order.bracket
        and one.order.target is Target.URL
    ]
    good = sum(one.late_ms is not None and one.late_ms <= ON_TIME_MS for one in found)
    return good, len(found)
