"""Laws of what every request passes."""

from aiohttp import ClientSession, ClientTimeout
from serving_intake import JSON, KEY, NDJSON, RECORD, serving

from agents.edges.intake_http.problems import Problem


async def test_what_is_taken_is_named_where_something_else_came(tmp_path):
    """A 415 names the types or encodings that are taken, a 405 the methods; all as problems."""
    async with serving(tmp_path) as at, ClientSession(timeout=ClientTimeout(total=60)) as session:
        url = f"http://127.0.0.1:{at.intake_server.port}/v1/records"
        key = {"Authorization": f"Bearer {KEY}"}
        for headers, status, name, taken in (
            ({"Content-Type": "text/csv"}, 415, "Accept-Post", f"{JSON}, {NDJSON}"),
            ({"Content-Type": "text/csv"}, 415, "Accept", f"{JSON}, {NDJSON}"),
            (
                {"Content-Type": JSON, "Content-Encoding": "compress"},
                415,
                "Accept-Encoding",
                "identity, gzip, deflate",
            ),
        ):
            async with session.post(url, data=RECORD, headers={**key, **headers}) as answer:
                assert (answer.status, answer.headers[name]) == (status, taken)
                assert answer.content_type == "application/problem+json"
        async with session.put(url, data=RECORD, headers=key) as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
            assert (await answer.json(content_type=None))["reason"] == Problem.METHOD
        async with session.get(f"{url}/else/where", headers=key) as answer:
            assert (await answer.json(content_type=None))["reason"] == Problem.NOT_FOUND
