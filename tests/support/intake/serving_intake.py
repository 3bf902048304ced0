"""The HTTP intake in this process, with an outbox that keeps what it is given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import ClientSession, ClientTimeout
from hotline_records import report

from agents.edges.intake_http.api_keys import key_line
from agents.edges.intake_http.intake_server import IntakeServer
from agents.edges.intake_http.problems import MEANINGS, TYPE_PATH, Problem
from agents.edges.intake_http.requests_in_progress import REQUESTS_MAX
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from agents.http_settings import IntakeSettings
from schemas.codec import HOTLINE
from schemas.moments import Instant

KEY, SOUTH = "k" * 43, "s" * 43  # the same in every process: they stand in names of tests
JSON, NDJSON = "application/json", "application/x-ndjson"
RECORD = HOTLINE.encode(report("r1"))


@dataclass
class FakeOutbox:
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
    shelf: FakeOutbox
    keys: Path
    inboxes: dict[str, Instant | None]

    async def post(
        self, body: bytes | AsyncIterator[bytes], key: str = KEY, kind: str = NDJSON
    ) -> tuple[int, dict]:
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


def array(records: Sequence[bytes]) -> bytes:
    """Return a JSON array of records."""
    return b"[" + b", ".join(records) + b"]"


def stored(*ids: str) -> tuple[int, dict]:
    """Return the answer to records that were stored."""
    records = [{"id": id, "href": f"/v1/records/{id}"} for id in ids]
    return 202, {"taken": len(ids), "records": records}


def refusal(answer: tuple[int, dict]) -> Problem:
    """Return the problem of an answer, which has the form of RFC 9457."""
    status, details = answer
    problem = Problem(details["reason"])
    meaning = MEANINGS[problem]
    assert details == {
        "type": TYPE_PATH + problem,
        "title": meaning.title,
        "status": status,
        "detail": meaning.detail,
        "reason": problem,
    }
    assert status == meaning.status
    return problem


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
async def serving(folder: Path, *, of_key: int = 128, **limits: float) -> AsyncIterator[Serving]:
    """Serve two hotlines, each with a key, under settings of the intake."""
    keys = folder / "keys"
    keys.write_text(f"# who may come in\n{key_line('north', KEY)}\n{key_line('south', SOUTH)}\n")
    shelf = FakeOutbox()
    shelf.gate.set()
    settings = IntakeSettings(
        port=0,
        keys_file=keys,
        connections_per_address_max=128,
        connections_per_hotline_max=of_key,
        **limits,
    )
    inboxes: dict[str, Instant | None] = {"north": None, "south": None}
    intake = IntakeServer(settings, shelf, inboxes)
    await intake.start()
    try:
        yield Serving(intake, shelf, keys, inboxes)
    finally:
        shelf.gate.set()
        await intake.stop()
