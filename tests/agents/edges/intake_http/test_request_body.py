"""Laws of how a body is taken apart."""

import pytest
from serving_intake import JSON, KEY, NDJSON, RECORD, array, authorized, refusal, serving

from agents.edges.intake_http.problems import Problem
from agents.edges.intake_http.request_body import BODY_BYTES_MAX, RECORDS_MAX


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (b"", NDJSON, Problem.NO_RECORDS),
        (b"", JSON, Problem.NO_RECORDS),
        (b" [ ] ", JSON, Problem.NO_RECORDS),
        (b"[" + RECORD, JSON, Problem.BODY),
        (b"[" * 100_000, JSON, Problem.BODY),
        (b"\n".join([RECORD] * (RECORDS_MAX + 1)), NDJSON, Problem.NUMBER_OF_RECORDS),
        (array([RECORD] * (RECORDS_MAX + 1)), JSON, Problem.NUMBER_OF_RECORDS),
        (b"x" * (BODY_BYTES_MAX + 1), NDJSON, Problem.BODY_TOO_LARGE),
        (RECORD, "text/plain", Problem.CONTENT_TYPE),
    ],
)
async def test_a_body_that_is_not_taken_is_told_so(tmp_path, body, kind, problem):
    """Limits are told by a closed reason, and nothing is written."""
    async with serving(tmp_path) as at:
        assert refusal(await at.post(body, kind=kind)) is problem
    assert not at.shelf.held


@pytest.mark.parametrize("coding", [b"deflate", b"gzip"])
async def test_a_body_that_is_not_what_it_says_is_told_so(tmp_path, coding):
    """Bytes that cannot be decompressed are a mistake of the sender's."""
    async with serving(tmp_path) as at:
        head = authorized(KEY, b"Content-Length: 4\r\nContent-Encoding: " + coding)
        answer = await at.raw(head + b"\xff\xfe\xfd\xfc")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"reason":"body"' in answer
