"""Answers what the pages ask about single cases: by the case's id, or by a hotline's own id."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from aiohttp import web

from agents.edges.http_server.posted_form import posted_form
from agents.edges.lookup.jobs import Busy, Failed, Jobs, UnknownOrExpired
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.web.case_page import render_case, render_search, render_waiting
from agents.edges.web.messages import gettext
from streams.history.of_case import CaseView, case_view
from streams.views.case_list import FoundLine
from streams.views.view import View

WAIT_S: Final = 2.0
"""A page waits so long for its answer; later it asks again by itself."""

OWN_ID_MAX: Final = 200
"""Characters of a hotline's own id; a longer one is none."""

_CASE_ID: Final = re.compile("[0-9a-f]{24}")
_SEARCH_ID: Final = re.compile("[0-9a-f]{32}")
_PURPOSE: Final = "search"


class Finder(Protocol):
    """Finds cases in the table."""

    async def url_of(self, id: str, hoster: str = "") -> str | None:
        """Return the key of the URL that a case is of."""
        ...

    def of_urls(self, url_keys: Collection[str]) -> tuple[View, list[FoundLine]]:
        """Return the cases of some URLs, and the moment of which they are."""
        ...


@dataclass(slots=True)
class CaseLookup:
    """The handlers of the pages of cases.

    Attributes:
        finder: finds cases in the table.
        ledger: reads the ledger.
        view: gives the newest view.
        jobs: where questions are worked on.
    """

    finder: Finder
    ledger: LedgerLookup
    view: Callable[[], View]
    jobs: Jobs = field(default_factory=Jobs)

    def routes(self, app: web.Application) -> None:
        """Serve the pages."""
        app.router.add_get("/case/{id}", self._case)
        app.router.add_get("/search", self._form)
        app.router.add_post("/search", self._search)
        app.router.add_get("/search/{key}", self._found)

    async def _case(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if _CASE_ID.fullmatch(id) is None:
            return await self._none()
        hoster = request.query.get("hoster", "")

        async def make() -> CaseView | None:
            url_key = await self.finder.url_of(id, hoster)
            if url_key is None:
                return None
            events, as_of = await self.ledger.events(url_key), self.view().as_of
            return await asyncio.to_thread(case_view, url_key, id, events, as_of)

        path = f"/case/{id}"
        found, instead = await self._answer(self.jobs.answer(f"case {id}", make, WAIT_S), path)
        if instead is not None:
            return instead
        if found is None:
            return await self._none()
        return await _page(render_case, found, self.view())

    async def _form(self, _: web.Request) -> web.Response:
        return await _page(render_search, self.view())

    async def _search(self, request: web.Request) -> web.Response:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden(text="the search is asked for from its own page\n")
        form = await posted_form(request)
        own_id, hotline = form.get("id", "").strip(), form.get("hotline", "")
        if _CASE_ID.fullmatch(own_id.lower()):
            raise web.HTTPSeeOther(f"/case/{own_id.lower()}")
        if not 0 < len(own_id) <= OWN_ID_MAX:
            said = gettext("Type in a case's id, or a hotline's own reference.")
            return await _page(render_search, self.view(), said=said, hotline=hotline)
        key = self.ledger.hash(_PURPOSE, f"{hotline}\x00{own_id}")
        asked = [hotline] if hotline else sorted(self.view().hotlines)
        named = self.jobs.answer(key, lambda: self.ledger.named(asked, own_id), WAIT_S)
        await self._answer(named, "/search")
        raise web.HTTPSeeOther(f"/search/{key}")

    async def _found(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        if _SEARCH_ID.fullmatch(key) is None:
            return await self._over()
        try:
            found, instead = await self._answer(self.jobs.result(key, WAIT_S), f"/search/{key}")
        except UnknownOrExpired:
            return await self._over()
        if instead is not None:
            return instead
        view, lines = self.finder.of_urls(found)
        return await _page(render_search, view, lines)

    async def _answer(
        self, asked: Awaitable[tuple[bool, Any]], path: str
    ) -> tuple[Any, web.Response | None]:
        """Return the answer, or the page that says why there is none yet."""
        try:
            there, found = await asked
        except Busy:
            said = gettext("Too much is being searched for. Try again in a minute.")
            return None, await _page(render_waiting, path, said=said, status=503)
        except Failed:
            said = gettext("The ledger could not be read. Try again in a minute.")
            return None, await _page(render_waiting, path, said=said, status=503)
        return (found, None) if there else (None, await _page(render_waiting, path))

    async def _over(self) -> web.Response:
        said = gettext("This search is over. Search again.")
        return await _page(render_search, self.view(), said=said)

    async def _none(self) -> web.Response:
        said = gettext("There is no case of this id.")
        return await _page(render_search, self.view(), said=said, status=404)


async def _page(
    render: Callable[..., str], *args: object, status: int = 200, **named: object
) -> web.Response:
    text = await asyncio.to_thread(render, *args, **named)
    return web.Response(text=text, content_type="text/html", status=status)
