"""One connection to an HTTP server of ours: aiohttp's, with deadlines and closed error answers.

aiohttp waits for ever for a head or a body. It answers a parser's error with what it could not
parse, and logs it with up to 100 bytes of input.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.http_server.password import RouteHandler
from agents.process.log import log

HEAD_DEADLINE_S: Final = 10.0
"""From the first moment of a connection, or its last answer, to a whole head: a head is one packet,
and a lost one is sent again after a second."""

FIELD_BYTES_MAX: Final = 4_096
FIELDS_MAX: Final = 40
"""A head that is not whole holds 160 KiB at most, 2,048 of them a third of a gibibyte. A browser
behind a proxy sends some 25 fields."""

LINGERING_S: Final = 2.0
"""Time for what is left of a body that was refused, so that its sender reads why."""

_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500

_OF_CLIENTS: Final = (web.RequestPayloadError, ConnectionError)
"""A body that is not what its head says, and a client that left."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for each connection of a server.

    Attributes:
        admission: counts the connection.
        request_deadline_s: from a whole head to the handler's answer, in seconds.
        head_deadline_s: for a head, and for an answer to be sent, in seconds.
    """

    admission: Admission
    request_deadline_s: float
    head_deadline_s: float = HEAD_DEADLINE_S


class Connection(web.RequestHandler):
    """Serves one connection and ends it when a deadline passes.

    Args:
        server: aiohttp's.
        terms: of the server.
        network: where the connection comes from, by `client_network`.

    Attributes:
        coming: what makes the connection, TLS included.
    """

    __slots__ = ("_heard", "_network", "_on_end", "_terms", "_timer", "coming")

    def __init__(self, server: web.Server, terms: Terms, network: str) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None = no log, as in aiohttp's runner
            keepalive_timeout=terms.head_deadline_s,
            lingering_time=LINGERING_S,
            max_line_size=FIELD_BYTES_MAX,
            max_field_size=FIELD_BYTES_MAX,
            max_headers=FIELDS_MAX,
        )
        self._terms = terms
        self._network = network
        self._heard = False
        self._on_end: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = loop.call_later(terms.head_deadline_s, self._late)
        self.coming: asyncio.Task[None] | None = None
        terms.admission.entered(network, self)

    def data_received(self, data: bytes) -> None:
        """Take bytes."""
        self._heard = True
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Free the connection's place."""
        super().connection_lost(exc)
        self.gone()

    def gone(self) -> None:
        """Free the place, once; also of a connection that never came to be."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        self._terms.admission.left(self._network, self)
        for told in self._on_end:
            told()

    def began(self) -> None:
        """Let the request's deadline hold: its head is whole."""
        self._deadline(self._terms.request_deadline_s)

    def answered(self) -> None:
        """Let the head's deadline hold: for sending the answer, and for the next request."""
        self._heard = False
        self._deadline(self._terms.head_deadline_s)

    def known(self, told: Callable[[], None] | None = None) -> None:
        """Keep the connection's place: who sends showed a key.

        Args:
            told: is called when the connection ends.
        """
        self._terms.admission.known(self._network, self)
        if told is not None:
            self._on_end.append(told)

    def end(self) -> None:
        """End the connection at once; what is not sent is lost."""
        if self._timer is not None:
            self._timer.cancel()  # else it might be counted as slow, too, before it has gone
        if self.transport is not None:
            self.transport.abort()
        elif self.coming is not None:
            self.coming.cancel()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = _SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be parsed, or a fault of ours, with a status and nothing else."""
        if isinstance(exc, _OF_CLIENTS):
            status = _BAD_REQUEST
        elif status >= _SERVER_ERROR:
            log("web").error("a request was not answered", error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError
        return _Bare(status=status)

    def log_exception(self, *_: Any, **named: Any) -> None:
        """Say that the server failed, by the type of its error; clients' faults are not said."""
        error = named.get("exc_info")
        if not isinstance(error, _OF_CLIENTS):
            log("web").error("a connection failed", error=type(error).__name__)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; aiohttp's own to an unknown Expect repeats what was sent."""
        if isinstance(resp, web.HTTPExpectationFailed):
            resp = _Bare(status=resp.status)
        return await super().finish_response(request, resp, start_time)

    def _deadline(self, in_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(in_s, self._late)

    def _late(self) -> None:
        if self._heard:
            self._terms.admission.refused[ConnectionRefusal.SLOW] += 1
        self.end()


class _Bare(web.Response):
    """A status, no body and no word about us: what answers no handler bypasses the signals."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write it as it is."""
        if request.transport is not None:
            phrase = HTTPStatus(self.status).phrase
            request.transport.write(
                f"HTTP/1.1 {self.status} {phrase}\r\nContent-Length: 0\r\n"
                "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode("ascii")
            )
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing more."""


@web.middleware
async def timed(request: web.Request, handler: RouteHandler) -> web.StreamResponse:
    """Have a request's connection keep its deadlines."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.began()
    try:
        return await handler(request)
    finally:
        connection.answered()


async def unnamed(_: web.Request, response: web.StreamResponse) -> None:
    """Leave out which program answers, and in which version."""
    response.headers.popall("Server", None)
