"""Laws of requests that wait."""

import asyncio

from serving_intake import RECORD, refusal, serving, stored
from waiting import until

from agents.edges.intake_http import intake_server
from agents.edges.intake_http.problems import Problem
from agents.edges.intake_http.requests_in_progress import REQUESTS_MAX


async def test_a_stop_answers_what_is_in_progress(tmp_path, monkeypatch):
    """With a broker that takes nothing a stop comes to its end, and nobody is told of success."""
    monkeypatch.setattr(intake_server, "STOP_ANSWER_S", 0.2)
    async with serving(tmp_path) as at:
        at.shelf.gate.clear()
        asked = asyncio.create_task(at.post(RECORD))
        slow = await at.slow_body()
        await asyncio.to_thread(until, lambda: at.intake_server.in_progress.count == 2)
        async with asyncio.timeout(15):
            await at.intake_server.stop()
        assert refusal(await asked) is Problem.NOT_WRITTEN
        slow.close()


async def test_a_crowd_is_asked_to_come_again(tmp_path):
    """So many bodies are held at once; the next one is told so and none of the others is lost."""
    async with serving(tmp_path) as at:
        at.shelf.gate.clear()
        crowd = [asyncio.create_task(at.post(RECORD)) for _ in range(REQUESTS_MAX)]
        async with asyncio.timeout(30):
            await at.shelf.full.wait()
        assert refusal(await at.post(RECORD)) is Problem.BUSY
        at.shelf.gate.set()
        assert await asyncio.gather(*crowd) == [stored("r1")] * REQUESTS_MAX
    assert len(at.shelf.held) == REQUESTS_MAX
