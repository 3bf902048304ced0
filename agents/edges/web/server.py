"""The server of /metrics, the pages and the two health checks.

Text is rendered in a thread, so a scrape of many hosters does not hold up the loop.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from agents.edges.http_server.acceptor import Acceptor, tls_of
from agents.edges.http_server.admission import Admission
from agents.edges.http_server.connection import Connection, Terms
from agents.edges.http_server.password import (
    RequestGuard,
    RouteHandler,
    guard,
    loopback,
    password_of,
)
from agents.edges.lookup.firing_alerts import Firing
from agents.edges.metrics.engine_metrics import RolesCollector, RolesOfProcess
from agents.edges.metrics.figures.exposition import ViewCollector
from agents.edges.metrics.probe_metrics import ProbeCollector, ProbeCounts
from agents.edges.metrics.safe_registry import registry_of
from agents.edges.web.case_lookup import CaseLookup
from agents.edges.web.operator_pages import OperatorPages, headed, refreshing, spoken_to
from agents.edges.web.pipeline_page import render_pipeline
from agents.engine.consume.poison_records import STOPPED
from agents.errors import UserError
from agents.http_settings import WebSettings
from schemas.records.feedback import HosterAnswer
from streams.views.case_list import HosterCases
from streams.views.view import View

NOT_READY: Final = "joining, loading, owning nothing, at a standstill, or without a broker\n"

SHUTDOWN_S: Final = 2.0
"""Time for a scrape under way to end; Prometheus asks again."""

REQUEST_DEADLINE_S: Final = 30.0
"""A page of the largest hoster takes a second; Prometheus waits for 5 s."""

CONNECTIONS_MAX: Final = 256
CONNECTIONS_PER_ADDRESS_MAX: Final = 128
"""A proxy before the pages is one address; half of all is left to Prometheus and health checks."""


class CannotServe(UserError):
    """The server cannot be started; the message says what to do and fits one line."""


@dataclass(slots=True)
class WebServer:
    """Serves a process's view and process_roles to this machine, or to who has the password.

    Attributes:
        settings: where to listen; port 0 takes a free one.
        view: gives the newest view; None = the process makes none, and there is no page.
        cases: gives what is held of a hoster, None where nobody knows it.
        case_lookup: serves the pages of cases; None = there are none.
        answers: gives what a hoster answered on its own page, newest first.
        alerts: gives the alerts that fire; None = nobody is asked for them.
        process_roles: what the process is to its groups.
        probes: gives what the process's probers have done, by vantage.
        others: further collectors of /metrics, by the name that their failures are told under.
        port: the port it listens on, 0 before the start.
    """

    settings: WebSettings
    view: Callable[[], View] | None
    cases: Callable[[str], HosterCases | None] = field(default=lambda _: None, kw_only=True)
    case_lookup: CaseLookup | None = field(default=None, kw_only=True)
    answers: Callable[[str], Sequence[HosterAnswer]] = field(default=lambda _: (), kw_only=True)
    alerts: Callable[[], Firing | None] = field(default=lambda: None, kw_only=True)
    process_roles: RolesOfProcess = field(default_factory=RolesOfProcess)
    probes: ProbeCounts = dict
    others: Mapping[str, Collector] = field(default_factory=dict)
    port: int = 0
    _registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _acceptor: Acceptor | None = None

    @property
    def url(self) -> str:
        """Return the address of the page, with a final slash."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"{'https' if self.settings.cert_file else 'http'}://{host}:{self.port}/"

    async def start(self) -> None:
        """Listen.

        Raises:
            CannotServe: the address is not loopback and there is no password, a certificate cannot
                be read, or the port is taken.
            UserError: the password cannot be read.
        """
        password = password_of(self.settings.password_file) if self.settings.password_file else None
        if password is None and not loopback(self.settings.host):
            raise CannotServe("web.host beyond loopback needs web.password_file")
        self._registry = registry_of(self._collectors())
        app = web.Application(middlewares=[headed, _guarded(guard(password)), spoken_to])
        if self.view is not None:
            OperatorPages(self.view, self.cases, self.answers, self.alerts).routes(app)
            if self.case_lookup is not None:
                self.case_lookup.routes(app)
        app.router.add_get("/pipeline", self._pipeline)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        admission = Admission(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX)
        acceptor = Acceptor(app, Terms(admission, REQUEST_DEADLINE_S), SHUTDOWN_S)
        tls = tls_of(self.settings.cert_file, self.settings.key_file, "web")
        try:
            await acceptor.start(self.settings.host, self.settings.port, tls)
        except OSError:
            raise CannotServe(
                f"port {self.settings.port} is taken: set web.port to another, or to 0"
            ) from None
        self._acceptor = acceptor
        self.port = acceptor.port

    def _collectors(self) -> Iterator[tuple[str, Collector]]:
        if self.view is not None:
            yield "figures", ViewCollector(self.view)
        yield "partitions", RolesCollector(self.process_roles)
        yield "probers", ProbeCollector(self.probes)
        yield from self.others.items()

    async def stop(self) -> None:
        """Stop listening."""
        if self._acceptor:
            await self._acceptor.stop()
            self._acceptor = None

    async def _pipeline(self, request: web.Request) -> web.Response:
        text = await asyncio.to_thread(
            render_pipeline,
            self.view() if self.view else None,
            self.process_roles,
            self.probes(),
            refreshing=refreshing(request),
        )
        return web.Response(text=text, content_type="text/html")

    async def _metrics(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        body = await asyncio.to_thread(encode, self._registry)
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")  # answered by the loop itself, so the loop turns

    async def _readyz(self, _: web.Request) -> web.Response:
        if self.view is not None and not self.view().ready:
            return web.Response(text="reading the ledger\n", status=503)
        if any(STOPPED.values()):
            return web.Response(text="one record stops a role; its log names it\n", status=503)
        if not self.process_roles.ready:
            return web.Response(text=NOT_READY, status=503)
        return web.Response(text="ready\n")


def _guarded(judge: RequestGuard) -> Middleware:
    """Return what lets a request in or not."""

    @web.middleware
    async def guarded(request: web.Request, handler: RouteHandler) -> web.StreamResponse:
        judge(request)
        if isinstance(request.protocol, Connection):
            request.protocol.known()
        return await handler(request)

    return guarded
