"""Laws of which language a reader is spoken to in, and of downloads, over real sockets."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, ClientTimeout, CookieJar
from pages import VIEW, held

from agents.edges.web.server import WebServer
from agents.http_settings import WebSettings


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    made = WebServer(WebSettings(port=0), lambda: VIEW, cases=held)
    await made.start()
    yield made
    await made.stop()


async def test_a_language_that_was_chosen_stays_chosen(server: WebServer) -> None:
    """By a cookie that says the language alone; the browser's own is taken before."""
    timeout = ClientTimeout(total=20)
    async with ClientSession(timeout=timeout, cookie_jar=CookieJar(unsafe=True)) as http:
        async with http.get(server.url, headers={"Accept-Language": "nl"}) as found:
            assert '<html lang="nl">' in await found.text()
            assert found.headers["Vary"] == "Accept-Language, Cookie"
            assert not found.cookies
        async with http.get(server.url) as found:
            assert '<html lang="en">' in await found.text()
        async with http.get(f"{server.url}?lang=nl") as found:
            cookie = found.cookies["lang"]
            assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("nl", "Strict", True)
        for path in ("", "hoster/beta", "hoster/nobody", "pipeline"):
            async with http.get(server.url + path, headers={"Accept-Language": "en"}) as found:
                assert '<html lang="nl">' in await found.text()
        async with http.get(f"{server.url}?lang=xx", headers={"Accept-Language": "en"}) as found:
            assert '<html lang="nl">' in await found.text()


async def test_files_are_handed_out_as_files(server: WebServer) -> None:
    """As CSV under a name of ours; of a hoster that nobody knows there is none."""
    async with ClientSession(timeout=ClientTimeout(total=20)) as http:
        for path, first in (
            ("hosters.csv?text=beta", "hoster,name"),
            ("hoster/beta/cases.csv", "case_id,"),
        ):
            async with http.get(server.url + path) as found:
                assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
                assert found.headers["Content-Disposition"].startswith("attachment; filename=")
                text = await found.text()
            assert text.startswith(first)
            assert "beta" in text.splitlines()[1]
            assert "gamma" not in text
        async with http.get(server.url + "hoster/nobody/cases.csv") as found:
            assert found.status == 404
