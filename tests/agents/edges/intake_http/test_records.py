"""Laws of taking records."""

from hotline_records import report
from serving_intake import JSON, RECORD, array, refusal, serving

from agents.edges.intake_http.problems import Problem
from agents.engine.stage import Send
from schemas.codec import HOTLINE


async def test_records_stand_in_the_inbox_before_the_answer(tmp_path):
    """202 comes when the outbox has them; topic from the key, Kafka key from the record's id."""
    async with serving(tmp_path) as at:
        second = HOTLINE.encode(report("r2"))
        assert await at.post(RECORD + b"\n\n" + second + b"\n") == (202, {"taken": 2})
        assert await at.post(RECORD, kind=JSON) == (202, {"taken": 1})
        assert await at.post(array([RECORD, second]), kind=JSON) == (202, {"taken": 2})
    topic = "hotline.north.v1"
    assert at.shelf.held == [
        Send(topic, b"r1", RECORD),
        Send(topic, b"r2", second),
        Send(topic, b"r1", RECORD),
        Send(topic, b"r1", RECORD),
        Send(topic, b"r2", second),
    ]


async def test_a_body_is_taken_whole_or_not_at_all(tmp_path):
    """One line that is no record, and nothing is written; every such line is named, no text is."""
    future = RECORD.replace(b'"v":1', b'"v":99')
    async with serving(tmp_path) as at:
        status, said = await at.post(
            b"\n".join((RECORD, b"{secret", b'{"type":"gift","v":1}', future))
        )
    assert (status, said["reason"]) == (422, Problem.RECORDS)
    assert said["errors"] == [
        {"line": 2, "field": None, "reason": "malformed"},
        {"line": 3, "field": None, "reason": "unknown_type"},
        {"line": 4, "field": None, "reason": "unknown_version"},
    ]
    assert not at.shelf.held


async def test_a_broker_that_does_not_write_is_no_success(tmp_path):
    """What was not acknowledged is answered with 503 and when to come again."""
    async with serving(tmp_path) as at:
        at.shelf.failing = True
        assert refusal(await at.post(RECORD)) is Problem.NOT_WRITTEN
