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
from waiting import until

from agents.config import IntakeSettings
from agents.edges.http_server.admission import Refusal
from agents.edges.http_server.password import near
from agents.edges.intake_http import intake_server
from agents.edges.intake_http.api_keys import Passes, line_of, new_key
from agents.edges.intake_http.intake_server import (
    BODY_BYTES_MAX,
    RECORDS_MAX,
    REQUESTS_MAX,
    IntakeServer,
)
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from agents.errors import UserError
from schemas.codec import HOTLINE

KEY, SOUTH = new_key(), new_key()
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

    intake_server: IntakeServer
    shelf: Shelf
    keys: Path

    async def post(self, body: bytes, key: str = KEY, kind: str = NDJSON) -> tuple[int, dict]:
        """Send a body and return status and answer."""
        url = f"http://127.0.0.1:{self.intake_server.port}/v1/records"
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
        async with (
            ClientSession(timeout=ClientTimeout(total=60)) as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status, msgspec.json.decode(await answer.read())

    async def raw(self, sent: bytes) -> bytes:
        """Send bytes and return all that comes until the intake closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.intake_server.port)
        writer.write(sent.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        answer = await reader.read()
        writer.close()
        return answer

    async def slow_body(self) -> asyncio.StreamWriter:
        """Send a head and one byte of its body."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.intake_server.port)
        writer.write(authorized(KEY, b"Content-Length: 9") + b"{")
        return writer


def authorized(key: str, *fields: bytes) -> bytes:
    """Return the head of a request with a key."""
    return b"\r\n".join(
        (
            b"POST /v1/records HTTP/1.1",
            b"Host: x",
            b"Content-Type: application/x-ndjson",
            b"Authorization: Bearer " + key.encode(),
            *fields,
            b"",
            b"",
        )
    )


@asynccontextmanager
async def serving(folder: Path, *, of_key: int = 128) -> AsyncIterator[Serving]:
    keys = folder / "keys"
    keys.write_text(f"# who may come in\n{line_of('north', KEY)}\n{line_of('south', SOUTH)}\n")
    shelf = Shelf()
    shelf.gate.set()
    settings = IntakeSettings(
        port=0, keys_file=keys, connections_per_address_max=128, connections_per_key_max=of_key
    )
    intake = IntakeServer(settings, shelf, ["north", "south"])
    await intake.start()
    try:
        yield Serving(intake, shelf, keys)
    finally:
        shelf.gate.set()
        await intake.stop()


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
    future = RECORD.replace(b'"v":1', b'"v":99')
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
        at.keys.write_text(f"{line_of('west', KEY)}   # moved\n")
        assert await at.post(RECORD) == (403, {"taken": 0, "reason": "no_inbox"})
        at.keys.write_text("")
        assert (await at.post(RECORD))[0] == 401
    assert len(at.shelf.held) == 1


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_text("half a li")])
async def test_keys_that_cannot_be_read_leave_the_last_ones(tmp_path, damage):
    """A file that is gone or half written changes nothing but a figure; a whole one holds again."""
    async with serving(tmp_path) as at:
        whole = at.keys.read_text()
        damage(at.keys)
        for _ in range(3):
            assert (await at.post(RECORD))[0] == 202
            assert (await at.post(RECORD, key=new_key()))[0] == 401
        assert not at.intake_server.keys_current
        at.keys.write_text(whole.replace(line_of("north", KEY), ""))
        assert (await at.post(RECORD))[0] == 401
        assert at.intake_server.keys_current


@pytest.mark.parametrize("authorization", [b"Bearer \xff\xfe", b"Bearer \xc5\xbf", b"Bearer", b""])
async def test_bytes_that_are_no_key_let_nobody_in(tmp_path, authorization):
    """Whatever stands in Authorization, the answer is 401."""
    async with serving(tmp_path) as at:
        head = b"POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: "
        assert (await at.raw(head + authorization + b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("coding", [b"deflate", b"gzip"])
async def test_a_body_that_is_not_what_it_says_is_told_so(tmp_path, coding):
    """Bytes that cannot be decompressed are a mistake of the sender's."""
    async with serving(tmp_path) as at:
        head = authorized(KEY, b"Content-Length: 4\r\nContent-Encoding: " + coding)
        answer = await at.raw(head + b"\xff\xfe\xfd\xfc")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b'{"taken": 0, "reason": "body"}')


async def test_slow_bodies_of_one_hotline_leave_room_for_another(tmp_path):
    """Connections of one hotline have a cap of their own: what is over it is told to come again."""
    async with serving(tmp_path, of_key=4) as at:
        slow = [await at.slow_body() for _ in range(4)]
        await asyncio.to_thread(until, lambda: at.intake_server.in_hand == 4)
        assert await at.post(RECORD) == (429, {"taken": 0, "reason": "connections_of_key"})
        assert await at.post(RECORD, key=SOUTH) == (202, {"taken": 1})
        assert at.intake_server.admission.refused == {Refusal.KEY: 1}
        for writer in slow:
            writer.close()
        await asyncio.to_thread(until, lambda: at.intake_server.in_hand == 0)
        assert await at.post(RECORD) == (202, {"taken": 1})


async def test_a_stop_answers_what_is_in_hand(tmp_path, monkeypatch):
    """With a broker that takes nothing a stop comes to its end, and nobody is told of success."""
    monkeypatch.setattr(intake_server, "STOP_ANSWER_S", 0.2)
    async with serving(tmp_path) as at:
        at.shelf.gate.clear()
        asked = asyncio.create_task(at.post(RECORD))
        slow = await at.slow_body()
        await asyncio.to_thread(until, lambda: at.intake_server.in_hand == 2)
        async with asyncio.timeout(15):
            await at.intake_server.stop()
        assert await asked == (503, {"taken": 0, "reason": "not_written"})
        slow.close()


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
    """The health check is an exposition of counts: how many are in, and how many were refused."""
    async with serving(tmp_path) as it, ClientSession(timeout=ClientTimeout(total=60)) as session:
        async with session.get(f"http://127.0.0.1:{it.intake_server.port}/healthz") as answer:
            text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/plain")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found == {
        **{("hostwatch_intake_refused_connections_total", reason.value): 0 for reason in Refusal},
        ("hostwatch_intake_connections",): 1,
        ("hostwatch_intake_connections_max",): 2_048,
        ("hostwatch_intake_keys_current",): 1,
    }


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("172.18.0.4", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("9.9.9.9", False),
        ("2620:fe::fe", False),
        ("::ffff:9.9.9.9", False),
        ("", False),
    ],
)
def test_counts_are_told_to_one_s_own_networks(address, answer):
    """Who sends from outside learns that the intake answers, and no more."""
    assert near(address) is answer


async def test_urls_do_not_go_over_a_network_in_clear(tmp_path):
    """Beyond loopback the intake needs a certificate, and keys anywhere."""
    keys = tmp_path / "keys"
    keys.touch()
    with pytest.raises(UserError, match="cert_file"):
        IntakeServer(IntakeSettings(host="0.0.0.0", keys_file=keys), Shelf(), [])
    with pytest.raises(UserError, match="keys_file"):
        IntakeServer(IntakeSettings(), Shelf(), [])


@pytest.mark.parametrize("text", ["north", "north abc", f"north {'a' * 64} more"])
def test_a_line_that_lets_nobody_in_stops_the_start(tmp_path, text):
    """A mistyped line is told by its number, never passed over."""
    file = tmp_path / "keys"
    file.write_text(f"\n{text}\n")
    with pytest.raises(UserError, match="line 2"):
        Passes(file).load()
