"""Laws of what anybody may read of the API."""

import msgspec
from aiohttp import ClientSession, ClientTimeout
from serving_intake import serving

from agents.edges.intake_http.problems import MEANINGS, TYPE_PATH, Problem


async def test_each_refusal_is_explained_at_its_type(tmp_path):
    """`type` of a problem leads to what it means and what to do; nothing else is there."""
    async with serving(tmp_path) as at, ClientSession(timeout=ClientTimeout(total=60)) as session:
        address = f"http://127.0.0.1:{at.intake_server.port}{TYPE_PATH}"
        for problem in Problem:
            async with session.get(f"{address}{problem}") as answer:
                value = msgspec.json.decode(await answer.read())
            assert (answer.status, value["title"]) == (200, MEANINGS[problem].title)
        async with session.get(f"{address}secret") as answer:
            value = msgspec.json.decode(await answer.read())
        assert (answer.status, answer.content_type) == (404, "application/problem+json")
        assert value["reason"] == Problem.NOT_FOUND
