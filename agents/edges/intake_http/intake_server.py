"""The HTTP intake: listens, and puts the API together from its parts.

`routes.py` says how an operation is added.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web
from prometheus_client.registry import Collector

from agents.clock import Clock
from agents.edges.child_process.file_limits import sockets_allowed
from agents.edges.http_server.acceptor import Acceptor, tls_of
from agents.edges.http_server.admission import Admission
from agents.edges.http_server.connection import Terms
from agents.edges.http_server.password import is_private, loopback
from agents.edges.intake_http import records
from agents.edges.intake_http.api_keys import ApiKeys
from agents.edges.intake_http.callers import Callers
from agents.edges.intake_http.documents import with_documents
from agents.edges.intake_http.problems import HEADERS, Problem
from agents.edges.intake_http.records import WRITE_DEADLINE_S, RecordsOperation
from agents.edges.intake_http.request_body import BODY_BYTES_MAX, READ_DEADLINE_S
from agents.edges.intake_http.requests_in_progress import RequestsInProgress
from agents.edges.intake_http.routes import PublicRoute, Route, Router
from agents.edges.metrics.intake_metrics import IntakeCollector, IntakeFigures, exposition
from agents.engine.stage import Outbox
from agents.errors import UserError
from agents.http_settings import IntakeSettings
from schemas.moments import Instant
from schemas.records.reports import HotlineId

REQUEST_DEADLINE_S: Final = READ_DEADLINE_S + WRITE_DEADLINE_S + 10.0
"""For a request in all: what is left is work of ours."""

STOP_ANSWER_S: Final = 15.0
"""Requests in progress when a stop comes have so long to be written; then they are refused."""

_MACHINE_CLOCK: Final = Clock()


def keys_file_of(settings: IntakeSettings) -> Path:
    """Return the file of keys that the settings name.

    Raises:
        UserError: they name none, or URLs would go over a network in clear.
    """
    if settings.keys_file is None:
        raise UserError("the intake needs intake.keys_file: see `hostwatch intake key --help`")
    if settings.cert_file is None and not loopback(settings.host):
        raise UserError("intake.host beyond loopback needs intake.cert_file and key_file")
    return settings.keys_file


class IntakeServer:
    """Serves the intake.

    Args:
        settings: where to listen, keys, certificate.
        outbox: writes to the inboxes.
        inboxes: whose they are, and when each hotline ends, None = not at all; it may change.
        routes: further operations of the API.
        clock: shows the instant, and never a later one than the broker's clock.

    Attributes:
        admission: counts its connections.
        in_progress: counts its requests.
        limited: requests that were refused as too many, by hotline.
        port: the port it listens on, 0 before the start.

    Raises:
        UserError: no file of keys is named, or URLs would go over a network in clear.
    """

    def __init__(
        self,
        settings: IntakeSettings,
        outbox: Outbox,
        inboxes: Mapping[HotlineId, Instant | None],
        routes: Sequence[Route] = (),
        clock: Clock = _MACHINE_CLOCK,
    ) -> None:
        self._settings = settings
        self._keys = ApiKeys(keys_file_of(settings))
        self.in_progress = RequestsInProgress()
        most = sockets_allowed(settings.connections_max)
        self.admission = Admission(most, min(most, settings.connections_per_address_max))
        callers = Callers(self._keys, inboxes, self.admission, settings, clock.now)
        self.limited = callers.limited
        self._router = Router(callers, self.in_progress)
        taking = RecordsOperation(outbox, self.in_progress, callers)
        self._routes: tuple[Route | PublicRoute, ...] = (
            PublicRoute("GET", "/healthz", self._healthz),
            Route("POST", records.PATH, taking.post, records.DESCRIPTION),
            *routes,
        )
        self._collectors: tuple[Collector, ...] = ()
        self._acceptor: Acceptor | None = None
        self.port = 0

    @property
    def keys_current(self) -> bool:
        """The keys are those of the file; else it cannot be read, and the last ones hold."""
        return self._keys.current

    def routes(self) -> tuple[Route | PublicRoute, ...]:
        """Return its operations, and those that describe them."""
        return with_documents(self._routes)

    def add(self, routes: Sequence[Route], collectors: Sequence[Collector] = ()) -> None:
        """Add operations, and what they tell of themselves, before the start.

        Args:
            routes: of the operations.
            collectors: for the exposition.
        """
        self._routes += tuple(routes)
        self._collectors += tuple(collectors)

    async def start(self) -> None:
        """Listen.

        Raises:
            UserError: the keys or the certificate cannot be read, or the port is taken.
        """
        self._keys.load()
        app = self._router.application(self.routes(), BODY_BYTES_MAX)
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
        """Stop listening, and answer the requests in progress within 15 s."""
        if self._acceptor is None:
            return
        self._acceptor.close()
        self.in_progress.end_within(STOP_ANSWER_S)
        await self._acceptor.stop()
        self._acceptor = None

    async def _healthz(self, request: web.Request) -> web.Response:
        """Answer as an exposition: Prometheus sees that the intake answers, and what it refuses.

        A sender from outside sees one without a sample.
        """
        if not is_private(request.remote or ""):
            return web.Response(text="# ok\n", headers=HEADERS)
        figures = IntakeFigures(
            admission=self.admission,
            keys_current=self.keys_current,
            refused={one.value: self._router.refused[one] for one in Problem},
            limited=self.limited,
            key_ends=self._keys.ends(),
        )
        return web.Response(
            text=exposition(IntakeCollector(figures), *self._collectors), headers=HEADERS
        )
