"""The handlers of the overview, of a hoster's page and of the downloads.

The headers of every answer and the reader's language are set here too, for all pages.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agents.edges.http_server.password import RouteHandler
from agents.edges.lookup.firing_alerts import Firing
from agents.edges.web.downloads import CSV_CASES_MAX, cases_csv, hosters_csv
from agents.edges.web.hoster_page import render_hoster, render_unknown
from agents.edges.web.hoster_table import TableQuery, chosen, page_number
from agents.edges.web.messages import LANGUAGES, speaking
from agents.edges.web.messages import chosen as chosen_language
from agents.edges.web.overview_page import render
from agents.edges.web.page_layout import POLICY
from schemas.records.feedback import HosterAnswer
from streams.views.case_list import LISTED_MAX, HosterCases, case_list
from streams.views.hoster_view import hoster_view
from streams.views.view import View

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer sends forms from the origin "null" (Fetch)
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Cache-Control": "no-store",
}

COOKIE: Final = "lang"
COOKIE_S: Final = 31_536_000
"""A year: a language is no secret, and nobody changes it often."""


@dataclass(frozen=True, slots=True)
class OperatorPages:
    """Serves what is made from the view.

    Attributes:
        view: gives the newest view.
        cases: gives what is held of a hoster, None where nobody knows it.
        answers: gives what a hoster answered on its own page, newest first.
        alerts: gives the alerts that fire.
    """

    view: Callable[[], View]
    cases: Callable[[str], HosterCases | None]
    answers: Callable[[str], Sequence[HosterAnswer]]
    alerts: Callable[[], Firing | None]

    def routes(self, app: web.Application) -> None:
        """Serve the pages."""
        app.router.add_get("/", self._overview)
        app.router.add_get("/hosters.csv", self._hosters)
        app.router.add_get("/hoster/{id}", self._hoster)
        app.router.add_get("/hoster/{id}/cases.csv", self._cases)

    async def _overview(self, request: web.Request) -> web.Response:
        text = await asyncio.to_thread(
            render,
            self.view(),
            refreshing=refreshing(request),
            query=TableQuery.of(request.query),
            alerts=self.alerts(),
        )
        return web.Response(text=text, content_type="text/html")

    async def _hosters(self, request: web.Request) -> web.Response:
        view, query = self.view(), TableQuery.of(request.query)

        def written() -> str:
            return hosters_csv(chosen(view.figures, query, view), view)

        return _file(await asyncio.to_thread(written), "hosters.csv")

    async def _hoster(self, request: web.Request) -> web.Response:
        id, held = request.match_info["id"], self.cases(request.match_info["id"])
        if held is None:
            return web.Response(text=render_unknown(), content_type="text/html", status=404)
        view, page, answers = held.view or self.view(), page_of(request), self.answers(id)

        def rendered() -> str:
            found = hoster_view(id, view, held, (page - 1) * LISTED_MAX)
            return render_hoster(found, view, page, answers)

        return web.Response(text=await asyncio.to_thread(rendered), content_type="text/html")

    async def _cases(self, request: web.Request) -> web.Response:
        id, held = request.match_info["id"], self.cases(request.match_info["id"])
        if held is None:
            return web.Response(text=render_unknown(), content_type="text/html", status=404)
        view = held.view or self.view()

        def written() -> str:
            return cases_csv(id, case_list(held, view.as_of, CSV_CASES_MAX).lines, view)

        return _file(await asyncio.to_thread(written), "cases.csv")


def _file(text: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def page_of(request: web.Request) -> int:
    """Return the page of a list that an address asks for, from 1."""
    return page_number(request.query.get("page", ""))


def refreshing(request: web.Request) -> bool:
    """Return whether a page is to renew itself."""
    return request.query.get("refresh") != "off"


@web.middleware
async def headed(request: web.Request, handler: RouteHandler) -> web.StreamResponse:
    """Put our headers on every answer, refusals too."""
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


@web.middleware
async def spoken_to(request: web.Request, handler: RouteHandler) -> web.StreamResponse:
    """Speak the reader's language: `?lang=`, else the one asked for before, else the browser's."""
    asked = request.query.get("lang")
    accepted = request.headers.get("Accept-Language", "")
    language = chosen_language(asked, request.cookies.get(COOKIE), accepted)
    with speaking(language):
        response = await handler(request)
    if asked in LANGUAGES:
        response.set_cookie(
            COOKIE, language, max_age=COOKIE_S, httponly=True, samesite="Strict", path="/"
        )
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
