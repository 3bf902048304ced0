"""Whose turn it is."""

import asyncio

import pytest
from quick_clock import quick

from agents.clock import Clock
from agents.turns import NoTurn, Turns, wait_until
from streams.politeness import Politeness

FAST = quick(3_600_000.0)
"""An hour of world time in a millisecond: bookings come at once, order is all that is left."""


async def _next_turn_of_the_loop() -> None:
    """Let everything run that can."""
    await asyncio.sleep(0)


def far(clock: Clock) -> int:
    """Return an instant that no test lives to see."""
    return clock.now() + 10**15


async def test_a_lane_is_never_asked_twice_at_once() -> None:
    """However many wait, one look holds a lane, and all come to their turn."""
    turns, busy, most, done = Turns(Politeness(100_000), FAST), 0, 0, 0

    async def one(number: int) -> None:
        nonlocal busy, most, done
        async with turns.turn(("hoster a", f"address {number % 3}"), far(FAST)):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1
            done += 1

    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(one(number))
    assert (most, done, turns._busy, dict(turns._queues)) == (1, 200, set(), {})


async def test_another_hoster_is_undisturbed() -> None:
    """A look that never ends holds its own lanes and no others."""
    turns, had = Turns(Politeness(100_000), FAST), []
    async with (
        turns.turn(("hoster a", "address 1"), far(FAST)),
        asyncio.timeout(5),
        turns.turn(("hoster b", "address 2"), far(FAST)),
    ):
        had.append("hoster b")
    assert had == ["hoster b"]


async def test_lanes_that_cross_do_not_block_each_other_for_ever() -> None:
    """Looks that share lanes in different pairs all come to their turn."""
    turns, done = Turns(Politeness(100_000), FAST), []
    pairs = [("a", "x"), ("b", "x"), ("a", "y"), ("b", "y"), ("a", "z"), ("c", "z")] * 20

    async def one(pair: tuple[str, str]) -> None:
        async with turns.turn(pair, far(FAST)):
            await asyncio.sleep(0)
            done.append(pair)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        for pair in pairs:
            group.create_task(one(pair))
    assert sorted(done) == sorted(pairs)


@pytest.mark.parametrize("leaving", range(3))
async def test_one_that_gives_up_passes_its_turn_on(leaving: int) -> None:
    """A cancelled waiter, woken or not, keeps nobody waiting."""
    turns, entered = Turns(Politeness(100_000), FAST), []

    async def one(name: str) -> None:
        async with turns.turn(("a",), far(FAST)):
            entered.append(name)

    async with turns.turn(("a",), far(FAST)):
        tasks = [asyncio.create_task(one(name)) for name in "xyz"]
        async with asyncio.timeout(10):
            while len(turns._queues["a"]) < len(tasks):
                await _next_turn_of_the_loop()
    tasks[leaving].cancel()  # one of them was woken when the block ended and has not run since
    async with asyncio.timeout(10):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(entered) == sorted(set("xyz") - {"xyz"[leaving]})


async def test_no_turn_by_arithmetic() -> None:
    """A look that would come after its window is told at once."""
    clock = Clock()
    turns = Turns(Politeness(1), clock)
    now = clock.now()
    async with turns.turn(("a",), now + 5_000):
        pass
    with pytest.raises(NoTurn):
        async with turns.turn(("a",), now + 30_000):
            raise AssertionError
    async with turns.turn(("b",), now + 30_000):
        pass


async def test_no_turn_because_the_lane_stays_busy() -> None:
    """A look that waits past its window for a lane is told so."""
    clock = quick(1_000.0)
    turns = Turns(Politeness(100_000), clock)
    async with turns.turn(("a",), far(clock)):
        with pytest.raises(NoTurn):
            async with turns.turn(("a",), clock.now() + 50_000):
                raise AssertionError


async def test_rest_that_is_asked_for_meanwhile_counts() -> None:
    """A booked look is booked anew when the server asks for rest before its moment."""
    clock = quick(1_000.0)
    politeness = Politeness(1)
    turns = Turns(politeness, clock)
    now = clock.now()
    async with turns.turn(("a",), now + 10_000):
        politeness.back_off("a", now, 600)
    async with turns.turn(("a",), now + 2_000_000):
        assert clock.now() >= now + 600_000


async def test_wait_until() -> None:
    """It returns once the world has reached the instant, at once for one that is past."""
    clock = quick(100_000.0)
    at = clock.now() + 1_000_000
    await wait_until(clock, at)
    assert clock.now() >= at
    await wait_until(clock, 0)


async def test_a_waiter_that_cannot_go_on_lets_the_next_one() -> None:
    """A look woken for one lane that must wait for another hands the first lane on."""
    turns, entered = Turns(Politeness(100_000), FAST), []

    async def one(*lanes: str) -> None:
        async with turns.turn(lanes, far(FAST)):
            entered.append(lanes)

    async def queued(count: int) -> None:
        async with asyncio.timeout(10):
            while len(turns._queues["a"]) < count:
                await _next_turn_of_the_loop()

    async with turns.turn(("x",), far(FAST)):
        async with turns.turn(("a",), far(FAST)):
            first = asyncio.create_task(one("a", "x"))
            await queued(1)
            second = asyncio.create_task(one("a", "y"))
            await queued(2)
        async with asyncio.timeout(10):
            await second
        assert entered == [("a", "y")]
    async with asyncio.timeout(10):
        await first
    assert entered == [("a", "y"), ("a", "x")]
