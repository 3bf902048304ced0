"""Takes the pictures of docs/pictures, of the small world of `pages`: `pictures.py FOLDER`."""

import asyncio
import sys
from pathlib import Path

from chromium import browser
from pages import (
    FIRING,
    VIEW,
    held,
    own_page,
    sample_desk,
    sample_probes,
    sample_roles,
    view_of,
)
from playwright.async_api import Page

from agents.edges.web.case_page import render_case
from agents.edges.web.server import WebServer
from agents.http_settings import WebSettings

WIDTH = 1280
HEIGHT = 1400
"""What a screen shows and a little more; the pages go on below."""


async def take(page: Page, file: Path) -> None:
    """Write the top of the page that is open as PNG."""
    tall = await page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(HEIGHT, tall)}
    await page.screenshot(path=file, clip=clip, full_page=True)


async def main(folder: Path) -> None:
    """Take the overview, a hoster, a case, a hoster's own page and the pipeline."""
    server = WebServer(
        WebSettings(port=0),
        lambda: VIEW,
        sample_roles(),
        sample_probes,
        cases=held,
        case_lookup=sample_desk(),
        alerts=lambda: FIRING,
    )
    await server.start()
    async with browser() as chromium:
        page = await chromium.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
        )
        for name, path in (("overview", ""), ("hoster", "hoster/beta"), ("pipeline", "pipeline")):
            await page.goto(f"{server.url}{path}?refresh=off")
            await take(page, folder / f"{name}.png")
        for name, text in (
            ("case", render_case(view_of("04-removal"), VIEW)),
            ("own", own_page("beta")),
        ):
            await page.set_content(text)
            await take(page, folder / f"{name}.png")
    await server.stop()


if __name__ == "__main__":
    made = Path(sys.argv[1])
    made.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(made))
