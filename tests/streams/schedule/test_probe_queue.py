"""Turns by rank: nobody is passed by, nothing is held for ever, hopeless probes go at once."""

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.moments import MINUTE_MS
from streams.schedule import probe_queue
from streams.schedule.politeness import Politeness
from streams.schedule.priority import QueueRequest
from streams.schedule.probe_queue import (
    QUEUE_KEPT_MAX,
    SWEEP,
    TOTAL_MAX,
    WAITING_MAX,
    ProbeQueue,
    QueuedProbe,
)

FOREVER = 1 << 60
STEP_MS = 2_000


@dataclass
class QueueScenario:
    """A rota and what became of all that was asked."""

    politeness: Politeness = field(default_factory=lambda: Politeness(30))
    now: int = 0
    going: dict[QueuedProbe, int] = field(default_factory=dict)
    waiting: set[QueuedProbe] = field(default_factory=set)
    away: list[QueuedProbe] = field(default_factory=list)
    went: list[QueuedProbe] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.probe_queue = ProbeQueue(self.politeness)

    def ask(self, *lanes: str, rank=(1, 0), slot_at=0, not_after=FOREVER) -> QueuedProbe:
        """Ask for a turn, by default without a window."""
        queued = self.probe_queue.enqueue(QueueRequest(lanes, rank, slot_at, not_after), self.now)
        self.waiting.add(queued)
        self.read()
        return queued

    def end(self, queued: QueuedProbe) -> None:
        """End a probe, or give it up."""
        self.going.pop(queued, None)
        self.waiting.discard(queued)
        self.probe_queue.leave(queued, self.now)
        self.read()

    def move(self, queued: QueuedProbe, *lanes: str) -> bool:
        """Exchange the lanes of a probe that has come to its moment."""
        is_moved = self.probe_queue.move(queued, lanes, self.now)
        self.read()
        return is_moved

    def wake(self, lane: str) -> None:
        """Say that a rest may have ended."""
        self.probe_queue.wake(lane, self.now)
        self.read()

    def read(self) -> None:
        """Take in what became of queued probes."""
        for queued, slot_at in self.probe_queue.news():
            self.waiting.discard(queued)
            if slot_at is None:
                self.away.append(queued)
            else:
                self._judge(queued)
                self.going[queued] = slot_at
                self.went.append(queued)

    def _judge(self, queued: QueuedProbe) -> None:
        """See that nobody of higher rank could have gone in its place.

        One cannot that shares a lane with another which is first wherever it waits: for that one
        the lane is kept.
        """
        held = {lane for one in self.going for lane in one.queue_request.lanes}
        for other in self.waiting:
            if other.key < queued.key and set(other.queue_request.lanes) & set(
                queued.queue_request.lanes
            ):
                resting = self.politeness.resting(other.queue_request.lanes, self.now)
                kept = any(
                    first.key < other.key
                    and set(first.queue_request.lanes) & set(other.queue_request.lanes)
                    and self._is_first(first)
                    for first in self.waiting
                )
                assert resting or kept or held & set(other.queue_request.lanes)

    def _is_first(self, queued: QueuedProbe) -> bool:
        """Return whether nobody waits before a probe in any of its lanes."""
        lanes = set(queued.queue_request.lanes)
        return not any(
            one.key < queued.key and lanes & set(one.queue_request.lanes) for one in self.waiting
        )

    def run(self) -> None:
        """Let everything go that waits, each probe as it comes to its moment."""
        while self.going:
            queued, slot_at = min(self.going.items(), key=lambda one: (one[1], one[0].key))
            self.now = max(self.now, slot_at)
            self.end(queued)


lanes = st.sets(st.sampled_from("uvwxyz"), min_size=1, max_size=4).map(lambda s: tuple(sorted(s)))
ranks = st.tuples(st.integers(0, 3), st.integers(0, 3))
asks = st.tuples(st.just("ask"), lanes, ranks)
ends = st.tuples(st.sampled_from(["end", "give up"]), st.integers(0, 50), st.integers(0, 9_000))

moves = st.tuples(st.just("move"), st.integers(0, 50), lanes)


@given(st.lists(st.one_of(asks, ends, moves), max_size=60))
@example(
    [  # the last may go: of the two before it one waits for a lane that is kept for the other
        ("ask", ("u",), (0, 0)),
        ("ask", ("u", "v"), (0, 0)),
        ("ask", ("v", "w"), (0, 0)),
        ("ask", ("w",), (0, 0)),
    ]
)
def test_one_at_a_time_by_rank_and_nobody_for_ever(steps) -> None:
    """At each moment lanes have one probe; whoever waits is held up; in the end all have gone."""
    desk = QueueScenario()
    for what, *said in steps:
        if what == "ask":
            desk.ask(*said[0], rank=said[1])
        elif what == "move":
            pool = sorted(desk.going, key=lambda c: c.key)
            if pool:
                queued = pool[said[0] % len(pool)]
                desk.now = max(desk.now, desk.going[queued])
                had = queued.queue_request.lanes
                is_moved = desk.move(queued, *said[1])
                assert queued.queue_request.lanes == (said[1] if is_moved else had)
        else:
            pool = sorted(desk.going if what == "end" else desk.waiting, key=lambda c: c.key)
            desk.now += said[1]
            if pool:
                desk.end(pool[said[0] % len(pool)])
        held = [lane for queued in desk.going for lane in queued.queue_request.lanes]
        assert len(held) == len(set(held))
        for queued in desk.waiting:
            ahead = [c for c in desk.waiting if c.key < queued.key]
            free = set(queued.queue_request.lanes).isdisjoint(held)
            assert not free or any(
                set(c.queue_request.lanes) & set(queued.queue_request.lanes) for c in ahead
            )
        assert desk.probe_queue.waiting == len(desk.waiting)
    desk.run()
    assert not desk.waiting
    assert (desk.probe_queue._queues, desk.probe_queue._held, desk.probe_queue._long) == (
        {},
        set(),
        set(),
    )
    assert desk.probe_queue._hosters == {}


def test_in_one_lane_the_rank_decides() -> None:
    """Of those that wait, the highest goes next; equals as they came."""
    desk = QueueScenario()
    first = desk.ask("a", rank=(3, 0))
    others = [
        desk.ask("a", rank=rank) for rank in [(3, -1), (1, 5), (0, 90_000), (1, 2), (0, 90_000)]
    ]
    desk.run()
    assert desk.went == [first, *(others[i] for i in (2, 4, 3, 1, 0))]


def test_one_that_needs_two_lanes_is_not_passed_by_for_ever() -> None:
    """Others that need one of them keep coming, of lower rank; it goes as soon as both are free."""
    desk = QueueScenario()
    left, right = desk.ask("x"), desk.ask("y")
    wants_both = desk.ask("x", "y", rank=(1, 0))
    for _ in range(3):
        desk.ask("x", rank=(2, 0))
        desk.ask("y", rank=(2, 0))
    desk.end(left)
    assert wants_both not in desk.going
    desk.end(right)
    assert list(desk.going) == [wants_both]


def test_a_server_at_rest_holds_up_its_own_probes_alone() -> None:
    """Its hoster's other probes go on; it goes when it is woken after its rest."""
    desk = QueueScenario()
    tired = desk.ask("hoster", "name tired", rank=(0, 0))
    desk.politeness.back_off("name tired", desk.now, 60)
    waits = desk.ask("hoster", "name tired", rank=(0, 0))
    goes = desk.ask("hoster", "name fresh", rank=(3, 0))
    desk.end(tired)
    assert list(desk.going) == [goes]
    desk.end(goes)
    assert not desk.going
    desk.now = MINUTE_MS + 1
    desk.wake("name tired")
    assert list(desk.going) == [waits]


@pytest.mark.parametrize("waiting", [10, 1_000])
def test_a_probe_that_ends_passes_a_crowd_over_at_once(waiting: int, monkeypatch) -> None:
    """However many wait at a hoster, a name that comes free there is not offered to each."""
    desk = QueueScenario()
    first = desk.ask("hoster", "name")
    crowd = [desk.ask("hoster", "name", rank=(3, 0)) for _ in range(waiting)]
    goes = desk.ask("hoster", "other")
    walked: list[QueuedProbe] = []
    merge = probe_queue.merge
    monkeypatch.setattr(probe_queue, "merge", lambda *queues: _noted(merge(*queues), walked))
    desk.end(first)
    assert list(desk.going) == [goes]
    assert len(walked) <= 2
    desk.end(goes)
    assert list(desk.going) == crowd[:1]


def _noted(all_queued, walked: list[QueuedProbe]):
    """Yield queued probes and note each."""
    for key, queued in all_queued:
        walked.append(queued)
        yield key, queued


def test_what_cannot_begin_in_time_is_turned_away_as_it_comes() -> None:
    """Those of higher rank are counted, those of lower rank are not; so much it is told before."""
    desk = QueueScenario()
    for n in range(10):
        desk.ask("a", rank=(1, n))
    in_time = QueueRequest(("a",), (0, 0), 0, STEP_MS)
    assert not desk.probe_queue.is_hopeless(in_time, 0)
    assert desk.probe_queue.is_hopeless(in_time._replace(rank=(3, 0)), 0)
    hopeless = desk.ask("a", rank=(3, 0), not_after=10 * STEP_MS - 1)
    assert desk.away == [hopeless]
    desk.ask("a", rank=(3, 0), not_after=10 * STEP_MS)
    desk.ask("a", rank=(0, 0), not_after=STEP_MS)
    assert desk.away == [hopeless]


def test_what_was_pushed_back_too_far_is_turned_away_before_its_window_ends() -> None:
    """Probes of higher rank that came later count as well, with every so many that go."""
    desk = QueueScenario()
    desk.ask("a")
    low = desk.ask("a", rank=(3, 0), not_after=3 * SWEEP * STEP_MS)
    for _ in range(4 * SWEEP):
        desk.ask("a", rank=(1, 0))
    while low in desk.waiting and desk.going:
        queued, desk.now = next(iter(desk.going.items()))
        desk.end(queued)
    assert desk.away == [low]
    assert desk.now < 2 * SWEEP * STEP_MS


def test_a_hoster_has_so_many_waiting() -> None:
    """The lowest rank goes away for one that is higher, and is refused where it is not."""
    desk = QueueScenario()
    desk.ask("a")
    low = [desk.ask("a", rank=(3, 0)) for _ in range(WAITING_MAX)]
    assert not desk.away
    assert desk.probe_queue.is_hopeless(QueueRequest(("a",), (3, 0), 0, FOREVER), 0)
    refused = desk.ask("a", rank=(3, 0))
    assert desk.away == [refused]
    assert not desk.probe_queue.is_hopeless(QueueRequest(("a",), (0, 0), 0, FOREVER), 0)
    desk.ask("a", rank=(0, 0))
    assert desk.away == [refused, low[-1]]


def test_where_too_many_wait_the_longest_queue_gives_way() -> None:
    """Small hosters keep what they have."""
    desk = QueueScenario()
    for number in range(4):
        for _ in range(1 + TOTAL_MAX // 4):
            desk.ask(f"big {number}", rank=(3, 0))
    small = [desk.ask("small") for _ in range(QUEUE_KEPT_MAX)]
    assert not set(desk.away) & set(small)
    assert desk.probe_queue.waiting == TOTAL_MAX
    assert len(desk.away) == QUEUE_KEPT_MAX - 1


def test_a_bracket_that_lost_its_chance_lets_others_have_theirs() -> None:
    """One that can still be on time goes before one that no longer can."""
    desk = QueueScenario()
    running = desk.ask("a")
    lost = desk.ask("a", rank=(0, 1_000))
    can = desk.ask("a", rank=(0, 9_000))
    on_time = desk.ask("a", rank=(1, 9_000))
    desk.now = 1_001
    desk.end(running)
    desk.run()
    assert desk.went == [running, can, on_time, lost]


@pytest.mark.parametrize("leaving", [0, 1, 2])
def test_one_that_gives_up_passes_its_turn_on(leaving: int) -> None:
    """Whether it waits, goes, or keeps a lane free that it waits for."""
    desk = QueueScenario()
    all_queued = [desk.ask("x"), desk.ask("x", "y", rank=(0, 0)), desk.ask("y", rank=(2, 0))]
    desk.end(all_queued[leaving])
    desk.run()
    assert not desk.waiting


def test_a_probe_whose_name_has_moved_takes_other_lanes_if_they_are_free() -> None:
    """It holds those instead, from the present moment on; who waited for the others goes."""
    desk = QueueScenario()
    mover, behind = desk.ask("hoster", "old"), desk.ask("other", "old")
    desk.now = 500
    assert desk.move(mover, "hoster", "new")
    assert list(desk.going) == [mover, behind]
    held_up = desk.ask("elsewhere", "new")
    assert held_up in desk.waiting
    desk.end(mover)
    earliest = desk.politeness.earliest
    assert earliest(("hoster",), 0) == 500 + STEP_MS
    assert desk.going[held_up] == 500 + STEP_MS
    assert desk.going[behind] == 500


@pytest.mark.parametrize("why", ["held", "waited for", "not yet free", "at rest"])
def test_a_probe_whose_name_has_moved_keeps_its_lanes_where_others_are_first(why: str) -> None:
    """Nobody is asked twice at once, before the moment comes, or in his rest; nobody is passed."""
    desk = QueueScenario()
    there = desk.ask("elsewhere", "new")
    if why == "waited for":
        desk.ask("elsewhere", "third")
        desk.ask("elsewhere", "new", rank=(3, 0))
    if why == "at rest":
        desk.politeness.back_off("new", 0, 60)
    if why != "held":
        desk.end(there)
    desk.now = 1_000 if why == "not yet free" else STEP_MS
    mover = desk.ask("hoster", "old")
    assert not desk.move(mover, "hoster", "new")
    assert mover.queue_request.lanes == ("hoster", "old")
    assert desk.politeness.earliest(("old",), 0) == desk.now + STEP_MS


def test_an_unused_turn_takes_no_moment() -> None:
    """Who waits goes at the moment at which nothing was asked."""
    desk = QueueScenario()
    first, second, third = (desk.ask("a") for _ in range(3))
    first.unused = True
    desk.end(first)
    assert desk.going == {second: 0}
    desk.end(second)
    assert desk.going == {third: STEP_MS}
