"""The HTTP intake: takes a hotline's records and answers when the broker has them.

What is stored stands in the hotline's inbox, and its outcome follows as for any other record. A
body is stored whole or not at all: what no stage could read is refused here, line by line, so that
a mistake is mended where it was made. The same record sent again is a duplicate and does no harm,
so a client that got no answer sends again.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from agents.config import IntakeSettings
from agents.edges.http_server.acceptor import Acceptor, tls_of
from agents.edges.http_server.admission import Admission, Refusal
from agents.edges.http_server.connection import Connection, Terms
from agents.edges.http_server.password import loopback, near
from agents.edges.intake_http.api_keys import Passes
from agents.edges.metrics.intake_metrics import IntakeCollector, exposition
from agents.edges.process.file_limits import sockets_allowed
from agents.engine.failures import SendFailed
from agents.engine.stage import Outbox, Send
from agents.errors import UserError
from schemas.codec import HOTLINE as CODEC
from schemas.codec import Rejected
from schemas.reasons import Quarantine
from schemas.records.hotline import RECORD_BYTES_MAX
from schemas.records.ledger import HotlineId
from schemas.topics import HOTLINE

RECORDS_MAX: Final = 1_000
"""Records in one request: written in one go, acknowledged in well under a second."""

BODY_BYTES_MAX: Final = 2 * 1_048_576
"""A thousand ordinary records have 400 KB; larger bodies come in parts."""

REQUESTS_MAX: Final = 64
"""Requests in hand, each with its body in memory: 128 MiB at most. More are asked to come again."""

READ_DEADLINE_S: Final = 30.0
WRITE_DEADLINE_S: Final = 30.0
REQUEST_DEADLINE_S: Final = READ_DEADLINE_S + WRITE_DEADLINE_S + 10.0
"""For a request in all: what is left is work of ours."""

RETRY_AFTER_S: Final = 5
STOP_ANSWER_S: Final = 15.0
"""What is in hand when a stop comes has so long to be written, and is told that it was not."""

_NDJSON: Final = "application/x-ndjson"
_JSON: Final = "application/json"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not stored; `line` counts from 1."""

    line: int
    reason: Quarantine


class IntakeServer:
    """Serves the intake.

    Args:
        settings: where to listen, keys, certificate.
        outbox: writes to the inboxes.
        inboxes: hotlines that have one; a write to another would fail and take others' with it.

    Attributes:
        admission: counts its connections.
        in_hand: requests that are worked on.
        port: the port it listens on, 0 before the start.

    Raises:
        UserError: no file of keys is named, or URLs would go over a network in clear.
    """

    def __init__(
        self, settings: IntakeSettings, outbox: Outbox, inboxes: Collection[HotlineId]
    ) -> None:
        if settings.keys_file is None:
            raise UserError("the intake needs intake.keys_file: see `hostwatch intake key --help`")
        if settings.cert_file is None and not loopback(settings.host):
            raise UserError("intake.host beyond loopback needs intake.cert_file and key_file")
        self._settings = settings
        self._outbox = outbox
        self._inboxes = frozenset(inboxes)
        self._passes = Passes(settings.keys_file)
        self.in_hand = 0
        self._waits: set[asyncio.Timeout] = set()
        self._of_hotline: defaultdict[HotlineId, set[Connection]] = defaultdict(set)
        most = sockets_allowed(settings.connections_max)
        self.admission = Admission(most, min(most, settings.connections_per_address_max))
        self._acceptor: Acceptor | None = None
        self.port = 0

    @property
    def keys_current(self) -> bool:
        """The keys are those of the file; else it cannot be read, and the last ones hold."""
        return self._passes.current

    async def start(self) -> None:
        """Listen.

        Raises:
            UserError: the keys or the certificate cannot be read, or the port is taken.
        """
        self._passes.load()
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_post("/v1/records", self._records)
        app.router.add_get("/healthz", self._healthz)
        acceptor = Acceptor(app, Terms(self.admission, REQUEST_DEADLINE_S), 2 * STOP_ANSWER_S)
        settings = self._settings
        tls = tls_of(settings.cert_file, settings.key_file, "intake")
        try:
            await acceptor.start(settings.host, settings.port, tls)
        except OSError:
            raise UserError(
                f"intake.port {self._settings.port} is taken, or intake.host is no address of this"
                " machine: set intake.port to another, or to 0"
            ) from None
        self._acceptor = acceptor
        self.port = acceptor.port

    async def stop(self) -> None:
        """Stop listening, and answer what is in hand within 15 s."""
        if self._acceptor is None:
            return
        self._acceptor.close()
        latest = asyncio.get_running_loop().time() + STOP_ANSWER_S
        for wait in self._waits:
            wait.reschedule(min(latest, wait.when() or latest))
        await self._acceptor.stop()
        self._acceptor = None

    async def _healthz(self, request: web.Request) -> web.Response:
        """Answer as an exposition: Prometheus sees that the intake answers, and what it refuses.

        A sender from outside sees one without a sample.
        """
        if not near(request.remote or ""):
            return web.Response(text="# ok\n", headers=_HEADERS)
        figures = IntakeCollector(self.admission, lambda: self.keys_current)
        return web.Response(text=exposition(figures), headers=_HEADERS)

    async def _records(self, request: web.Request) -> web.Response:
        hotline = self._who(request)
        if hotline is None:
            return _said(401, "unknown_key", {"WWW-Authenticate": "Bearer"})
        if hotline not in self._inboxes:
            return _said(403, "no_inbox")
        if not self._has_place(request, hotline):
            answer = _said(429, "connections_of_key", {"Retry-After": str(RETRY_AFTER_S)})
            answer.force_close()
            return answer
        if self.in_hand >= REQUESTS_MAX:
            return _said(503, "busy", {"Retry-After": str(RETRY_AFTER_S)})
        self.in_hand += 1
        try:
            return await self._taken(request, hotline)
        finally:
            self.in_hand -= 1

    def _who(self, request: web.Request) -> HotlineId | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return self._passes.hotline(key.strip()) if scheme.lower() == "bearer" else None

    def _has_place(self, request: web.Request, hotline: HotlineId) -> bool:
        """Return whether the request's connection is one of those its hotline may have."""
        connection, mine = request.protocol, self._of_hotline[hotline]
        if not isinstance(connection, Connection) or connection in mine:
            return True
        if len(mine) >= self._settings.connections_per_key_max:
            self.admission.refused[Refusal.KEY] += 1
            return False
        mine.add(connection)
        connection.known(partial(mine.discard, connection))
        return True

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError after so many seconds, or sooner when the intake stops."""
        async with asyncio.timeout(seconds) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)

    async def _taken(self, request: web.Request, hotline: HotlineId) -> web.Response:
        if request.content_type not in (_NDJSON, _JSON):
            return _said(415, "content_type")
        try:
            async with self._within(READ_DEADLINE_S):
                body = await request.read()
        except TimeoutError:
            return _said(408, "slow_body")
        except web.HTTPRequestEntityTooLarge:
            return _said(413, "body_too_large")
        except (web.RequestPayloadError, web.HTTPBadRequest, ValueError):
            return _said(400, "body")  # not the encoding it says, or cut short
        lines = body.split(b"\n") if request.content_type == _NDJSON else [body]
        return await self._written([line for line in lines if line.strip()], hotline)

    async def _written(self, lines: list[bytes], hotline: HotlineId) -> web.Response:
        if not 0 < len(lines) <= RECORDS_MAX:
            return _said(413 if lines else 422, "number_of_records")
        sends, refused = _read(lines, HOTLINE.named(hotline))
        if refused:
            rows = [{"line": one.line, "reason": one.reason.value} for one in refused]
            return web.json_response({"taken": 0, "refused": rows}, status=422, headers=_HEADERS)
        try:
            async with self._within(WRITE_DEADLINE_S):
                await self._outbox.send(sends)
        except (SendFailed, TimeoutError):
            return _said(503, "not_written", {"Retry-After": str(RETRY_AFTER_S)})
        return web.json_response({"taken": len(sends)}, status=202, headers=_HEADERS)


def _read(lines: list[bytes], topic: str) -> tuple[list[Send], list[Refused]]:
    sends: list[Send] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        raw = line.strip()
        if len(raw) > RECORD_BYTES_MAX:
            refused.append(Refused(number, Quarantine.TOO_LARGE))
            continue
        try:
            record = CODEC.decode(raw)
        except Rejected as rejected:
            refused.append(Refused(number, rejected.reason))
            continue
        sends.append(Send(topic, record.id.encode(), raw))
    return sends, refused


def _said(status: int, reason: str, headers: dict[str, str] | None = None) -> web.Response:
    merged = {**_HEADERS, **(headers or {})}
    return web.json_response({"taken": 0, "reason": reason}, status=status, headers=merged)
