"""The server of hosters' own pages: a port of its own, and nothing but what a link opens.

An answer that is sent becomes a record of `answers.v1`, acknowledged by the broker before the
hoster is told so. Intake takes it into the ledger, where it brings a probe and closes nothing: what
follows from a dispute is a decision of two persons.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from agents.edges.hoster_web import own_page
from agents.edges.hoster_web.form_guard import Allowance, Forged, FormGuard, TooOften
from agents.edges.hoster_web.links import Link, Links
from agents.edges.hoster_web.own_page import Sources, Visit, render_closed, render_own
from agents.edges.http_server.acceptor import Acceptor, tls_of
from agents.edges.http_server.admission import Admission
from agents.edges.http_server.connection import Connection, Terms
from agents.edges.http_server.password import loopback
from agents.edges.http_server.posted_form import posted_form
from agents.edges.lookup.jobs import Busy, Failed, Jobs, UnknownOrExpired
from agents.edges.web.messages import gettext
from agents.edges.web.operator_pages import headed, page_of, spoken_to
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from agents.errors import UserError
from agents.http_settings import HosterPageSettings
from schemas.closed_lists import AnswerKind
from schemas.codec import ANSWER
from schemas.records.feedback import HosterAnswer
from schemas.topics import ANSWERS
from streams.views.case_list import LISTED_MAX, FoundLine, HosterCases
from streams.views.hoster_view import hoster_view

ANSWERS_MAX: Final = 30
SEARCHES_MAX: Final = 30
WITHIN_S: Final = 3_600.0
"""Of one link in an hour: more than a person answers, and little for a ledger."""

BODY_BYTES_MAX: Final = 4_096
"""A form has three short fields."""

CONNECTIONS_MAX: Final = 128
CONNECTIONS_PER_ADDRESS_MAX: Final = 16
REQUEST_DEADLINE_S: Final = 30.0
WRITE_DEADLINE_S: Final = 10.0
SEARCH_WAIT_S: Final = 2.0
SHUTDOWN_S: Final = 2.0

_CASE_ID: Final = re.compile("[0-9a-f]{24}")


@dataclass(slots=True)
class HosterServer:
    """Serves hosters' own pages.

    Attributes:
        settings: where to listen.
        sources: what pages are made from.
        jobs: where searches are worked on; it knows nothing but these.
        monotonic: wall seconds that never go back.
        port: the port it listens on, 0 before the start.

    Raises:
        UserError: no journal of links is named, or pages would go over a network in clear.
    """

    settings: HosterPageSettings
    sources: Sources
    jobs: Jobs = field(default_factory=Jobs)
    monotonic: Callable[[], float] = time.monotonic
    port: int = 0
    _links: Links = field(init=False)
    _guard: FormGuard = field(init=False)
    _answers: Allowance = field(init=False)
    _searches: Allowance = field(init=False)
    _acceptor: Acceptor | None = None

    def __post_init__(self) -> None:
        """Judge the settings."""
        if self.settings.links_file is None:
            raise UserError("hoster_page.port needs hoster_page.links_file")
        if self.settings.cert_file is None and not loopback(self.settings.host):
            raise UserError("hoster_page.host beyond loopback needs hoster_page.cert_file")
        self._links = Links(self.settings.links_file, self.sources.ledger.hash)
        tls = self.settings.cert_file is not None or self.settings.behind_tls
        self._guard = FormGuard(self.sources.ledger.hash, tls)
        self._answers = Allowance(ANSWERS_MAX, WITHIN_S, self.monotonic)
        self._searches = Allowance(SEARCHES_MAX, WITHIN_S, self.monotonic)

    async def start(self) -> None:
        """Listen.

        Raises:
            UserError: a certificate cannot be read, or the port is taken.
        """
        app = web.Application(middlewares=[headed, spoken_to], client_max_size=BODY_BYTES_MAX)
        app.router.add_get("/h/{token}", self._page)
        app.router.add_post("/h/{token}/find", self._find)
        app.router.add_get("/h/{token}/find/{key}", self._found)
        app.router.add_post("/h/{token}/answers", self._answer)
        app.router.add_get("/healthz", _healthz)
        admission = Admission(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX)
        acceptor = Acceptor(app, Terms(admission, REQUEST_DEADLINE_S), SHUTDOWN_S)
        tls = tls_of(self.settings.cert_file, self.settings.key_file, "hoster_page")
        try:
            await acceptor.start(self.settings.host, self.settings.port or 0, tls)
        except OSError:
            raise UserError(
                f"hoster_page.port {self.settings.port} is taken: set it to another, or to 0"
            ) from None
        self._acceptor, self.port = acceptor, acceptor.port

    async def stop(self) -> None:
        """Stop listening."""
        await self.jobs.stop()
        if self._acceptor:
            await self._acceptor.stop()
            self._acceptor = None

    def _link(self, request: web.Request) -> Link:
        """Return the link that a request comes by.

        Raises:
            HTTPNotFound: by none that opens a page.
        """
        link = self._links.link(request.match_info["token"], self.sources.now())
        if link is None:
            raise web.HTTPNotFound(text=render_closed(), content_type="text/html")
        if isinstance(request.protocol, Connection):
            request.protocol.known()
        return link

    async def _page(self, request: web.Request) -> web.Response:
        link = self._link(request)
        case = request.query.get("case", "")
        said = {"stored": own_page.STORED}.get(request.query.get("said", ""), "")
        return await self._shown(
            request,
            link,
            page=page_of(request),
            case=case if _CASE_ID.fullmatch(case) else "",
            said=gettext(said) if said else "",
        )

    async def _shown(
        self, request: web.Request, link: Link, status: int = 200, **visit: Any
    ) -> web.Response:
        held = self.sources.finder.cases_of(link.hoster) or HosterCases()
        view = held.view or self.sources.view()
        nonce = self._guard.nonce(request)
        shown = Visit(
            path=f"/h/{request.match_info['token']}",
            form=self._guard.field(link.id, nonce),
            expires_at=link.expires_at,
            hotlines=sorted(view.hotlines),
            **visit,
        )
        answers = self.sources.answers(link.hoster)

        def rendered() -> str:
            found = hoster_view(link.hoster, view, held, (shown.page - 1) * LISTED_MAX)
            return render_own(found, view, shown, answers)

        text = await asyncio.to_thread(rendered)
        response = web.Response(text=text, content_type="text/html", status=status)
        self._guard.keep(response, nonce)
        return response

    async def _form(self, request: web.Request, link: Link, allowance: Allowance) -> dict[str, str]:
        """Return the fields of a form that comes from its own page, and not too often.

        Raises:
            HTTPBadRequest, HTTPForbidden, HTTPTooManyRequests: it is none, or does not, or does.
        """
        form = await posted_form(request)
        try:
            self._guard.check(request, link.id, form.get("form", ""))
            allowance.take(link.id)
        except Forged:
            raise web.HTTPForbidden(text=gettext(own_page.FORGED)) from None
        except TooOften as error:
            headers = {"Retry-After": str(error.retry_s)}
            raise web.HTTPTooManyRequests(
                text=gettext(own_page.TOO_OFTEN), headers=headers
            ) from None
        return form

    async def _find(self, request: web.Request) -> web.Response:
        link = self._link(request)
        form = await self._form(request, link, self._searches)
        own_id, hotline = form.get("id", "").strip(), form.get("hotline", "")
        if not own_id:
            return await self._shown(request, link, said=gettext(own_page.NO_REFERENCE), status=422)
        view = self.sources.view()
        asked = [hotline] if hotline in view.hotlines else sorted(view.hotlines)
        key = self.sources.ledger.hash("hoster search", f"{link.id}\x00{hotline}\x00{own_id}")
        try:
            await self.jobs.answer(key, lambda: self.sources.ledger.named(asked, own_id), 0.0)
        except (Busy, Failed):
            return await self._shown(request, link, said=gettext(own_page.LATER), status=503)
        raise web.HTTPSeeOther(f"/h/{request.match_info['token']}/find/{key}#find")

    async def _found(self, request: web.Request) -> web.Response:
        link, key = self._link(request), request.match_info["key"]
        try:
            there, keys = await self.jobs.result(key, SEARCH_WAIT_S)
        except UnknownOrExpired:
            return await self._shown(request, link, said=gettext(own_page.OVER))
        except Failed:
            return await self._shown(request, link, said=gettext(own_page.LATER), status=503)
        if not there:
            return await self._shown(request, link, soon=True)
        _, lines = self.sources.finder.of_urls(keys)
        own: list[FoundLine] = [one for one in lines if one.hoster == link.hoster]
        return await self._shown(request, link, found=own)

    async def _answer(self, request: web.Request) -> web.Response:
        link = self._link(request)
        form = await self._form(request, link, self._answers)
        case = form.get("case", "").strip().lower()
        kinds = {kind.value: kind for kind in AnswerKind}
        kind = kinds.get(form.get("answer", ""))
        found = _CASE_ID.fullmatch(case) and await self.sources.finder.own_url(case, link.hoster)
        if not found or kind is None:
            return await self._shown(
                request, link, case="", said=gettext(own_page.NO_CASE), status=422
            )
        answered_at = self.sources.now()
        said = HosterAnswer(
            id=self.sources.ledger.hash(
                "hoster answer", f"{link.id}\x00{case}\x00{kind}\x00{answered_at}"
            ),
            hoster=link.hoster,
            case_id=case,
            url_key=found,
            answered_at=answered_at,
            answer=kind,
        )
        try:
            async with asyncio.timeout(WRITE_DEADLINE_S):
                send = Send(ANSWERS.name, link.hoster.encode(), ANSWER.encode(said))
                await self.sources.outbox.send([send])
        except (SendFailed, TimeoutError):
            return await self._shown(
                request, link, case=case, said=gettext(own_page.LATER), status=503
            )
        raise web.HTTPSeeOther(f"/h/{request.match_info['token']}?said=stored")


async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")
