"""Bursts are spread over turns of the loop, in order, and nobody is forgotten."""

import asyncio

import pytest

from agents.process.pacing import EvenRate, Pace


async def test_so_many_pass_in_a_turn() -> None:
    """Of a hundred at once eight pass in each turn, in the order they came."""
    pace, passed, turns = Pace(8), [], []

    async def one(number: int) -> None:
        await pace.yield_now()
        passed.append(number)

    tasks = [asyncio.create_task(one(number)) for number in range(100)]
    while len(passed) < 100:
        before = len(passed)
        await asyncio.sleep(0)
        turns.append(len(passed) - before)
    await asyncio.gather(*tasks)
    assert passed == list(range(100))
    assert max(turns) <= 8


async def test_who_gives_up_takes_nobodys_turn() -> None:
    """A task that is cancelled while it waits is passed over."""
    pace, passed = Pace(1), []

    async def one(number: int) -> None:
        await pace.yield_now()
        passed.append(number)

    tasks = [asyncio.create_task(one(number)) for number in range(9)]
    await asyncio.sleep(0)
    for task in tasks[1:8]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert passed == [0, 8]


async def test_a_process_alone_waits_for_no_turn() -> None:
    """Where nobody else is, a turn is had at once, again and again."""
    pace = Pace(2)
    for _ in range(20):
        waiting = pace.yield_now()
        with pytest.raises(StopIteration):  # it ended without waiting
            waiting.send(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_rate_holds_whatever_came_before() -> None:
    """Of thirty at once at 1,000 a second the last passes after 29 ms, in order."""
    rate, passed = EvenRate(1_000), []
    begun_s = asyncio.get_running_loop().time()

    async def one(number: int) -> None:
        await rate.acquire()
        passed.append((number, asyncio.get_running_loop().time()))

    await asyncio.gather(*(one(number) for number in range(30)))
    assert [number for number, _ in passed] == list(range(30))
    assert passed[-1][1] - begun_s >= 0.028  # a timer may be a tick of the clock early
