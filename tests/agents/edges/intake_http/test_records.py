"""Laws of taking records."""

from hotline_records import report
from serving_intake import JSON, RECORD, array, refusal, serving, stored

from agents.clock import Clock
from agents.edges.intake_http.problems import Problem
from agents.edges.intake_http.records import record_path
from agents.edges.intake_http.request_body import RECORDS_MAX
from agents.engine.stage import Send
from schemas.codec import HOTLINE
from schemas.moments import DAY_MS, moment


async def test_records_stand_in_the_inbox_before_the_answer(tmp_path):
    """202 comes when the outbox has them; topic from the key, Kafka key from the record's id."""
    async with serving(tmp_path) as at:
        second = HOTLINE.encode(report("r2"))
        assert await at.post(RECORD + b"\n\n" + second + b"\n") == stored("r1", "r2")
        assert await at.post(RECORD, kind=JSON) == stored("r1")
        assert await at.post(array([RECORD, second]), kind=JSON) == stored("r1", "r2")
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
        {"line": 3, "field": "type", "reason": "unknown_type"},
        {"line": 4, "field": "v", "reason": "unknown_version"},
    ]
    assert not at.shelf.held


async def test_what_intake_would_quarantine_is_refused(tmp_path):
    """A URL of another scheme, a time ahead and an id with two contents are a 422 and no 202."""
    records = [
        report("r1", url="ftp://a.example/"),
        report("r2", reported_at=moment(Clock().now() + 400 * DAY_MS)),
        report("r3"),
        report("r3", url="http://b.example/"),
    ]
    async with serving(tmp_path) as at:
        status, said = await at.post(array([HOTLINE.encode(one) for one in records]), kind=JSON)
    assert (status, said["reason"]) == (422, Problem.RECORDS)
    assert said["errors"] == [
        {"line": 1, "field": "url", "reason": "bad_url"},
        {"line": 2, "field": "reported_at", "reason": "future_time"},
        {"line": 4, "field": "id", "reason": "conflict"},
    ]
    assert not at.shelf.held


async def test_as_many_records_as_fit_are_checked_beside_other_requests(tmp_path):
    """Records of a full body are stored in their order, and each is named in the answer."""
    ids = [f"r{number}" for number in range(RECORDS_MAX)]
    async with serving(tmp_path) as at:
        body = b"\n".join(HOTLINE.encode(report(id)) for id in ids)
        assert await at.post(body) == stored(*ids)
    assert [one.key.decode() for one in at.shelf.held] == ids


async def test_only_what_a_record_says_is_written(tmp_path):
    """Blanks and the order of fields are the sender's; what is written is the record."""
    fields = b",\n ".join(RECORD[1:-1].split(b",")[::-1])
    async with serving(tmp_path) as at:
        assert await at.post(b"{" + fields + b"}", kind=JSON) == stored("r1")
    assert at.shelf.held == [Send("hotline.north.v1", b"r1", RECORD)]


async def test_a_record_is_named_so_that_it_can_be_asked_for():
    """Ids may have any printable character; the address has them escaped."""
    assert record_path("a/b?c#d%") == "/v1/records/a%2Fb%3Fc%23d%25"


async def test_a_broker_that_does_not_write_is_no_success(tmp_path):
    """What was not acknowledged is answered with 503 and when to come again."""
    async with serving(tmp_path) as at:
        at.shelf.failing = True
        assert refusal(await at.post(RECORD)) is Problem.NOT_WRITTEN
