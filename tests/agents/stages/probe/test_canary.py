"""Whether a vantage can see at all."""

import asyncio

from agents.clock import Clock
from agents.stages.probe.canary import FRESH_MS, Canary


async def test_without_a_canary_a_vantage_is_believed() -> None:
    """A vantage for which none is configured is always healthy."""
    assert await Canary(None, Clock()).ok(0)


async def test_one_answer_stands_for_a_minute() -> None:
    """All who ask at once share one probe; a stamp a minute later takes another."""
    clock, answers = Clock(), [True, False]
    probes = 0

    async def probe() -> bool:
        nonlocal probes
        probes += 1
        await asyncio.sleep(0)
        return answers[probes - 1]

    canary = Canary(probe, clock)
    now = clock.now()
    assert await asyncio.gather(*(canary.ok(now) for _ in range(5))) == [True] * 5
    assert probes == 1
    assert await canary.ok(now + FRESH_MS - 1)
    assert probes == 1
    canary._asked_at = now - FRESH_MS - 1
    assert not await canary.ok(now)
    assert probes == 2


async def test_a_caller_that_is_cancelled_leaves_the_probe_to_the_others() -> None:
    """The shared probe goes on."""
    going = asyncio.Event()

    async def probe() -> bool:
        await going.wait()
        return False

    canary = Canary(probe, Clock())
    one, two = (asyncio.create_task(canary.ok(0)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    going.set()
    assert await two is False
