"""Laws of the HTTP intake, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession, ClientTimeout
from hotline_records import report
from prometheus_client.parser import text_string_to_metric_families

from agents.config import IntakeSettings
from agents.edges.counter import BODY_BYTES_MAX, RECORDS_MAX, REQUESTS_MAX, Counter
from agents.edges.passes import Passes, line_of, new_key
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from agents.errors import UserError
from schemas.codec import HOTLINE

KEY = new_key()
NDJSON = "application/x-ndjson"
RECORD = HOTLINE.encode(report("r1"))


@dataclass
class Shelf:
    """An outbox that keeps what it is given, once its gate is open."""

    held: list[Send] = field(default_factory=list)
    failing: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, records: Sequence[Send]) -> None:
        """Keep the records, or fail."""
        self.waiting += 1
        if self.waiting == REQUESTS_MAX:
            self.full.set()
        await self.gate.wait()
        if self.failing:
            raise SendFailed("gone")
        self.held += records


@dataclass
class Serving:
    """A running intake and what it writes to."""

    counter: Counter
    shelf: Shelf
    keys: Path

    async def post(self, body: bytes, key: str = KEY, kind: str = NDJSON) -> tuple[int, dict]:
        """Send a body and return status and answer."""
        url = f"http://127.0.0.1:{self.counter.port}/v1/records"
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
        async with (
            ClientSession(timeout=ClientTimeout(total=60)) as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status, msgspec.json.decode(await answer.read())


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Serving]:
    keys = folder / "keys"
    keys.write_text(f"# who may come in\n{line_of('north', KEY)}\n")
    shelf = Shelf()
    shelf.gate.set()
    counter = Counter(IntakeSettings(port=0, keys_file=keys), shelf, ["north"])
    await counter.start()
    try:
        yield Serving(counter, shelf, keys)
    finally:
        shelf.gate.set()
        await counter.stop()


async def test_records_stand_in_the_inbox_before_the_answer(tmp_path):
    """202 comes when the outbox has them; topic from the key, Kafka key from the record's id."""
    async with serving(tmp_path) as at:
        second = HOTLINE.encode(report("r2"))
        assert await at.post(RECORD + b"\n\n" + second + b"\n") == (202, {"taken": 2})
        assert await at.post(RECORD, kind="application/json") == (202, {"taken": 1})
    topic = "hotline.north.v1"
    assert at.shelf.held == [
        Send(topic, b"r1", RECORD),
        Send(topic, b"r2", second),
        Send(topic, b"r1", RECORD),
    ]


async def test_a_body_is_taken_whole_or_not_at_all(tmp_path):
    """One line that is no record, and nothing is written; every such line is named, no text is."""
    future = RECORD.replace(b'"v":1', b'"v":2')
    async with serving(tmp_path) as at:
        status, said = await at.post(
            b"\n".join((RECORD, b"{secret", b'{"type":"gift","v":1}', future))
        )
    assert (status, said["taken"]) == (422, 0)
    assert said["refused"] == [
        {"line": 2, "reason": "malformed"},
        {"line": 3, "reason": "unknown_type"},
        {"line": 4, "reason": "unknown_version"},
    ]
    assert not at.shelf.held


@pytest.mark.parametrize(
    ("body", "kind", "status", "reason"),
    [
        (b"", NDJSON, 422, "number_of_records"),
        (b"\n".join([RECORD] * (RECORDS_MAX + 1)), NDJSON, 413, "number_of_records"),
        (b"x" * (BODY_BYTES_MAX + 1), NDJSON, 413, "body_too_large"),
        (RECORD, "text/plain", 415, "content_type"),
    ],
)
async def test_what_is_too_much_is_told_so(tmp_path, body, kind, status, reason):
    """Limits are told by a closed reason, and nothing is written."""
    async with serving(tmp_path) as at:
        assert await at.post(body, kind=kind) == (status, {"taken": 0, "reason": reason})
    assert not at.shelf.held


async def test_a_key_opens_its_own_inbox_until_it_is_taken_out(tmp_path):
    """A foreign key, none, and one whose line was deleted while the intake runs let nobody in."""
    async with serving(tmp_path) as at:
        assert (await at.post(RECORD, key=new_key()))[0] == 401
        assert (await at.post(RECORD, key=""))[0] == 401
        assert (await at.post(RECORD))[0] == 202
        at.keys.write_text(f"{line_of('south', KEY)}   # moved\n")
        assert await at.post(RECORD) == (403, {"taken": 0, "reason": "no_inbox"})
        at.keys.write_text("")
        assert (await at.post(RECORD))[0] == 401
    assert len(at.shelf.held) == 1


async def test_a_broker_that_does_not_write_is_no_success(tmp_path):
    """What was not acknowledged is answered with 503 and when to come again."""
    async with serving(tmp_path) as at:
        at.shelf.failing = True
        assert await at.post(RECORD) == (503, {"taken": 0, "reason": "not_written"})


async def test_a_crowd_is_asked_to_come_again(tmp_path):
    """So many bodies are held at once; the next one is told so and none of the others is lost."""
    async with serving(tmp_path) as at:
        at.shelf.gate.clear()
        crowd = [asyncio.create_task(at.post(RECORD)) for _ in range(REQUESTS_MAX)]
        async with asyncio.timeout(30):
            await at.shelf.full.wait()
        assert await at.post(RECORD) == (503, {"taken": 0, "reason": "busy"})
        at.shelf.gate.set()
        assert await asyncio.gather(*crowd) == [(202, {"taken": 1})] * REQUESTS_MAX
    assert len(at.shelf.held) == REQUESTS_MAX


async def test_prometheus_sees_that_it_answers(tmp_path):
    """The health check is an exposition without a sample: a target that is up and tells nothing."""
    async with serving(tmp_path) as it, ClientSession(timeout=ClientTimeout(total=60)) as session:
        async with session.get(f"http://127.0.0.1:{it.counter.port}/healthz") as answer:
            text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/plain")
    assert list(text_string_to_metric_families(text)) == []
    assert text.startswith("#")


async def test_urls_do_not_go_over_a_network_in_clear(tmp_path):
    """Beyond loopback the intake needs a certificate, and keys anywhere."""
    keys = tmp_path / "keys"
    keys.touch()
    with pytest.raises(UserError, match="cert_file"):
        Counter(IntakeSettings(host="0.0.0.0", keys_file=keys), Shelf(), [])
    with pytest.raises(UserError, match="keys_file"):
        Counter(IntakeSettings(), Shelf(), [])


@pytest.mark.parametrize("text", ["north", "north abc", f"north {'a' * 64} more"])
def test_a_line_that_lets_nobody_in_stops_the_start(tmp_path, text):
    """A mistyped line is told by its number, never passed over."""
    file = tmp_path / "keys"
    file.write_text(f"\n{text}\n")
    with pytest.raises(UserError, match="line 2"):
        Passes(file).hotlines()
