"""Laws of what all pages share, in a real browser over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, encode_basic_auth
from pages import VIEW, held, sample_probes, sample_roles
from playwright.async_api import Browser, Page

from agents.edges.web.server import WebServer
from agents.http_settings import WebSettings
from schemas.closed_lists import Quarantine
from streams.views.case_list import LISTED_MAX

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("chromium")]

PATHS = ("", "hoster/beta", "hoster/shield", "pipeline")
PASSWORD = "a password for the pages"


@asynccontextmanager
async def serving(settings: WebSettings) -> AsyncIterator[WebServer]:
    server = WebServer(settings, lambda: VIEW, sample_roles(), sample_probes, cases=held)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def page_of(chromium: Browser, width: int, **options: Any) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": width, "height": 800}, **options)
    async with context:
        yield await context.new_page()


async def status(server: WebServer, path: str, **headers: str) -> tuple[int, str]:
    async with (
        ClientSession(timeout=ClientTimeout(total=20)) as session,
        session.get(f"http://127.0.0.1:{server.port}/{path}", headers=headers) as answer,
    ):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.status, await answer.text()


async def test_an_id_that_nobody_has_is_a_page_of_ours():
    """It says so, in our frame and under our policy, and does not repeat what was asked for."""
    async with serving(WebSettings(port=0)) as server:
        found, text = await status(server, "hoster/%3Cb%3Enobody")
        assert (found, "No hoster has this id" in text, "nobody" in text) == (404, True, False)


@pytest.mark.parametrize("path", ["hoster/beta", "hoster/nobody", "pipeline"])
async def test_beyond_loopback_every_page_asks_for_the_password(tmp_path, path):
    """Cases and machinery are told to nobody else, nor which ids there are."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    async with serving(WebSettings(host="0.0.0.0", port=0, password_file=file)) as server:
        assert (await status(server, path))[0] == 401
        known = {"Authorization": encode_basic_auth("", PASSWORD)}
        assert (await status(server, path, **known))[0] in (200, 404)


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_and_break_no_rule_of_their_policy(chromium, width, scheme):
    """Without a script too nothing is cut off sideways, refused, or fetched from elsewhere."""
    async with (
        serving(WebSettings(port=0)) as server,
        page_of(chromium, width, color_scheme=scheme) as page,
    ):
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        for path in PATHS:
            await page.goto(f"{server.url}{path}?refresh=off")
            assert await page.evaluate("document.documentElement.scrollWidth") == width
            ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ground == ("rgb(246, 247, 249)" if scheme == "light" else "rgb(17, 22, 29)")
        assert said == []
        assert all(url.startswith((server.url, "data:")) for url in asked)


async def test_a_hoster_s_page_is_reached_and_read_without_a_script(chromium):
    """From the overview by its name; its tables have names, and its charts have words."""
    async with (
        serving(WebSettings(port=0)) as server,
        page_of(chromium, 400, java_script_enabled=False) as page,
    ):
        await page.goto(f"{server.url}?refresh=off")
        await page.get_by_role("link", name="Beta Datacenter").click()
        assert await page.get_by_role("heading", level=1, name="Beta Datacenter").is_visible()
        assert await page.get_by_role("img", name="Backlog of Beta Datacenter").count() == 1
        assert await page.get_by_role("img", name="not yet removed").count() == 1
        cases = page.get_by_role("table", name="Cases of Beta Datacenter")
        assert await cases.get_by_role("columnheader").count() == 6
        assert await cases.get_by_role("rowheader").count() == LISTED_MAX
        norms = page.get_by_role("table", name="Cases within each norm")
        assert await norms.get_by_role("row").count() == 4


async def test_the_pipeline_is_read_by_a_screen_reader(chromium):
    """Its tables have names and headers, and the page that one is on is said."""
    async with serving(WebSettings(port=0)) as server, page_of(chromium, 400) as page:
        await page.goto(f"{server.url}pipeline?refresh=off")
        for name, rows in (
            ("Stages", 4),
            ("Vantages", 2),
            ("Quarantined", len(Quarantine)),
            ("Records per", 2),
        ):
            table = page.get_by_role("table", name=name)
            assert await table.get_by_role("rowheader").count() == rows
        here = page.get_by_role("navigation").get_by_role("link", name="Pipeline")
        assert await here.get_attribute("aria-current") == "page"
