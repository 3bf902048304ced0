"""Virtual time: it jumps to the next timer; processes stand still or are dead within it."""

import asyncio
from contextvars import Context, copy_context

import pytest

from sim.memory.broker.clock import clock_from
from sim.memory.broker.loop import PROCESS, Process, virtual_loop
from sim.memory.broker.virtual_time import WorldSchedule


class NullResolver:
    """What runs in a process that is only held back."""

    def passed(self):
        """Be nowhere."""

    def crashed(self, where, error):
        """Never."""


@pytest.fixture
def loop():
    made = virtual_loop()
    yield made
    made.close()


def test_things_happen_in_order_of_time(loop):
    """What is planned for one instant happens in the order it was planned in; nothing is early."""
    schedule, seen = WorldSchedule(loop, clock_from(10)), []
    schedule.plan(30_000, lambda: seen.append(("c", schedule.now)))
    schedule.plan(5, lambda: seen.append(("a", schedule.now)))
    schedule.plan(20, lambda: schedule.plan(30_000, lambda: seen.append(("d", schedule.now))))
    schedule.plan(40_000, lambda: seen.append(("e", schedule.now)))
    schedule.run(35_000)
    assert seen == [("a", 10), ("c", 30_000), ("d", 30_000)]
    assert schedule.now == 35_000


def in_process(loop, act):
    process, context = Process(NullResolver()), copy_context()
    context.run(PROCESS.set, process)
    loop.create_task(act(), context=context)
    return process


def test_a_process_stands_still_and_goes_on(loop):
    """Nothing of it happens meanwhile, tasks and timers that it made included; all of it after."""
    seen = []

    async def count():
        while True:
            await asyncio.create_task(asyncio.sleep(1))
            seen.append(loop.time())

    process = in_process(loop, count)
    loop.run(2.5)
    process.asleep = True
    loop.run(10)
    assert seen == [1, 2]
    loop.call_later(0, process.wake, loop, context=Context())
    loop.run(11.5)
    assert seen == [1, 2, 10, 11]


def test_a_dead_process_does_nothing_more(loop):
    """As after kill -9: not even what it would do on its way out."""
    seen = []

    async def count():
        try:
            while True:
                await asyncio.sleep(1)
                seen.append(loop.time())
        finally:
            seen.append("unwound")

    process = in_process(loop, count)
    others = in_process(loop, count)
    loop.run(1.5)
    process.dead = True
    loop.run(2.5)
    assert seen == [1, 1, 2]
    others.dead = True
    loop.run(9)
    assert seen == [1, 1, 2]


def test_what_fails_unawaited_ends_the_run(loop):
    """A fault of the simulator's own is no quiet one."""

    def fail():
        raise LookupError

    loop.call_later(1, fail)
    loop.run(0.5)
    with pytest.raises(LookupError):
        loop.run(2)
