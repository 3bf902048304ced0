"""Whose turn it is."""

import asyncio

import pytest
from quick_clock import quick

from agents.clock import Clock
from agents.stages.probe.politeness_wait import NotAdmitted, RateLimiter, wait_until
from streams.schedule.politeness import Politeness
from streams.schedule.priority import QueueRequest

FAST = quick(3_600_000.0)
"""An hour of world time in a millisecond: bookings come at once, order is all that is left."""


async def _next_turn_of_the_loop() -> None:
    """Let everything run that can."""
    await asyncio.sleep(0)


def far(clock: Clock) -> int:
    """Return an instant that no test lives to see."""
    return clock.now() + 10**15


def queue_request(*lanes: str, by: int, rank: tuple[int, int] = (1, 0)) -> QueueRequest:
    """Return what a probe asks for that has to begin by an instant."""
    return QueueRequest(lanes, rank, 0, by)


def is_idle(limiter: RateLimiter) -> bool:
    """Return whether nothing is held, nobody waits and nothing of it is remembered."""
    probe_queue = limiter._probe_queue
    return not (
        probe_queue._held
        or probe_queue._queues
        or probe_queue._news
        or limiter.waiting
        or limiter._told
    )


async def test_a_lane_is_never_asked_twice_at_once() -> None:
    """However many wait, one probe holds a lane, and all come to their turn."""
    limiter, busy, most, done = RateLimiter(Politeness(100_000), FAST), 0, 0, 0

    async def one(number: int) -> None:
        nonlocal busy, most, done
        async with limiter.acquire(
            queue_request("hoster a", f"address {number % 3}", by=far(FAST))
        ):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1
            done += 1

    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(one(number))
    assert (most, done, is_idle(limiter)) == (1, 200, True)


async def test_another_hoster_is_undisturbed() -> None:
    """A probe that never ends holds its own lanes and no others."""
    limiter, had = RateLimiter(Politeness(100_000), FAST), []
    async with (
        limiter.acquire(queue_request("hoster a", "address 1", by=far(FAST))),
        asyncio.timeout(5),
        limiter.acquire(queue_request("hoster b", "address 2", by=far(FAST))),
    ):
        had.append("hoster b")
    assert had == ["hoster b"]


async def test_lanes_that_cross_do_not_block_each_other_for_ever() -> None:
    """Probes that share lanes in different pairs all come to their turn."""
    limiter, done = RateLimiter(Politeness(100_000), FAST), []
    pairs = [("a", "x"), ("b", "x"), ("a", "y"), ("b", "y"), ("a", "z"), ("c", "z")] * 20

    async def one(pair: tuple[str, str]) -> None:
        async with limiter.acquire(queue_request(*pair, by=far(FAST))):
            await asyncio.sleep(0)
            done.append(pair)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        for pair in pairs:
            group.create_task(one(pair))
    assert sorted(done) == sorted(pairs)


@pytest.mark.parametrize("leaving", range(3))
async def test_one_that_gives_up_passes_its_turn_on(leaving: int) -> None:
    """A cancelled waiter, woken or not, keeps nobody waiting."""
    limiter, entered = RateLimiter(Politeness(100_000), FAST), []

    async def one(name: str) -> None:
        async with limiter.acquire(queue_request("a", by=far(FAST))):
            entered.append(name)

    async with limiter.acquire(queue_request("a", by=far(FAST))):
        tasks = [asyncio.create_task(one(name)) for name in "xyz"]
        async with asyncio.timeout(10):
            while limiter.waiting < len(tasks):
                await _next_turn_of_the_loop()
    tasks[leaving].cancel()  # one of them was woken when the block ended and has not run since
    async with asyncio.timeout(10):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(entered) == sorted(set("xyz") - {"xyz"[leaving]})


async def test_no_turn_by_arithmetic() -> None:
    """A probe that would come after its window is told at once."""
    clock = Clock()
    limiter = RateLimiter(Politeness(1), clock)
    now = clock.now()
    async with limiter.acquire(queue_request("a", by=now + 5_000)):
        pass
    with pytest.raises(NotAdmitted):
        async with limiter.acquire(queue_request("a", by=now + 30_000)):
            raise AssertionError
    async with limiter.acquire(queue_request("b", by=now + 30_000)):
        pass


async def test_no_turn_because_the_lane_stays_busy() -> None:
    """A probe that waits past its window for a lane is told so."""
    clock = quick(1_000.0)
    limiter = RateLimiter(Politeness(100_000), clock)
    async with limiter.acquire(queue_request("a", by=far(clock))):
        with pytest.raises(NotAdmitted):
            async with limiter.acquire(queue_request("a", by=clock.now() + 50_000)):
                raise AssertionError


async def test_rest_that_is_asked_for_meanwhile_counts() -> None:
    """Who waits for a server that asks for rest goes after it, woken by nothing else; its
    hoster's other probes go on.
    """
    clock, entered = quick(10_000.0), []
    limiter = RateLimiter(Politeness(6_000), clock)
    now = clock.now()

    async def one(name: str) -> None:
        async with limiter.acquire(queue_request("hoster", name, by=far(clock))):
            entered.append((name, clock.now() >= now + 600_000))

    async with (
        asyncio.TaskGroup() as group,
        limiter.acquire(queue_request("hoster", "tired", by=far(clock))),
    ):
        group.create_task(one("tired"))
        group.create_task(one("fresh"))
        while limiter.waiting < 2:
            await _next_turn_of_the_loop()
        limiter.rest("tired", 600)
    assert entered == [("fresh", False), ("tired", True)]


async def test_requests_beyond_the_first_take_their_room() -> None:
    """A probe of four requests puts the next one off by four steps."""
    clock = quick(10_000.0)
    limiter = RateLimiter(Politeness(1), clock)
    now = clock.now()
    async with limiter.acquire(queue_request("a", by=far(clock))):
        limiter.spent(("a",), 4)
    async with limiter.acquire(queue_request("a", by=far(clock))):
        assert clock.now() >= now + 240_000


async def test_waiting_ends_at_the_instant() -> None:
    """It returns once the world has reached the instant, at once for one that is past."""
    clock = quick(100_000.0)
    at = clock.now() + 1_000_000
    await wait_until(clock, at)
    assert clock.now() >= at
    await wait_until(clock, 0)


async def test_a_waiter_that_is_not_next_everywhere_lets_others_go() -> None:
    """A lane is not kept free for a probe that has others before it in another lane."""
    limiter, entered = RateLimiter(Politeness(100_000), FAST), []

    async def one(*lanes: str) -> None:
        async with limiter.acquire(queue_request(*lanes, by=far(FAST))):
            entered.append(lanes)

    async def queued(count: int) -> None:
        async with asyncio.timeout(10):
            while limiter.waiting < count:
                await _next_turn_of_the_loop()

    async with limiter.acquire(queue_request("x", by=far(FAST))):
        async with limiter.acquire(queue_request("a", by=far(FAST))):
            before = asyncio.create_task(one("x"))
            await queued(1)
            first = asyncio.create_task(one("a", "x"))
            await queued(2)
            second = asyncio.create_task(one("a", "y"))
            await queued(3)
        async with asyncio.timeout(10):
            await second
        assert entered == [("a", "y")]
    async with asyncio.timeout(10):
        await asyncio.gather(before, first)
    assert entered == [("a", "y"), ("x",), ("a", "x")]
    assert is_idle(limiter)


async def test_the_highest_rank_goes_next() -> None:
    """Whoever came when; the one that is turned away for it is told at once."""
    clock = quick(1_000.0)
    limiter, entered = RateLimiter(Politeness(60), clock), []

    async def one(name: str, rank: tuple[int, int], by: int) -> None:
        try:
            async with limiter.acquire(queue_request("a", by=by, rank=rank)):
                entered.append(name)
        except NotAdmitted:
            entered.append(f"no {name}")

    async with asyncio.TaskGroup() as group, limiter.acquire(queue_request("a", by=far(clock))):
        group.create_task(one("rest", (3, 0), far(clock)))
        group.create_task(one("sampled", (1, 0), far(clock)))
        group.create_task(one("late", (3, 0), clock.now() + 1_000))
        group.create_task(one("bracket", (0, far(clock)), far(clock)))
        while limiter.waiting < 3:
            await _next_turn_of_the_loop()
        assert limiter.is_hopeless(queue_request("a", by=clock.now() + 1_000, rank=(3, 0)))
    assert entered == ["no late", "bracket", "sampled", "rest"]
