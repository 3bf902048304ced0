"""Virtual time: a day of waiting takes none."""

import asyncio

import pytest

from sim.memory.broker.loop import virtual_loop

DAY_S = 86_400.0


@pytest.fixture
def loop():
    made = virtual_loop()
    yield made
    made.close()


def test_a_day_takes_no_time(loop):
    """Sleeps and deadlines of asyncio's own end at their moment, and not before."""
    seen = []

    async def wait():
        await asyncio.sleep(DAY_S)
        seen.append(loop.time())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.Event().wait()
        seen.append(loop.time())
        assert await asyncio.to_thread(lambda: 7) == 7
        async with asyncio.TaskGroup() as group:
            for number in (2, 1):
                group.create_task(asyncio.sleep(number))
        seen.append(loop.time())

    loop.create_task(wait())
    loop.run(2 * DAY_S)
    assert seen == [DAY_S, DAY_S + 1, DAY_S + 3]
    assert loop.time() == 2 * DAY_S
