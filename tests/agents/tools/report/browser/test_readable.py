"""Laws of who can read a report, a letter and a dossier: axe, narrow screens, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from drawn_bridge import with_bridge
from drawn_documents import drawn_dossier, drawn_letter
from drawn_report import drawn_made
from playwright.async_api import Browser, Page

from agents.tools.report.page import report_page

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
PAPER_PX = 643
SERIOUS = ("serious", "critical")


DRAWN = {
    "report": lambda language: report_page(with_bridge(drawn_made(language), 3), {"Method": "10"}),
    "letter": drawn_letter,
    "dossier": drawn_dossier,
}


async def opened(chromium: Browser, html: str, width: int, scheme: Any) -> Page:
    """Open a document in a window of a width."""
    context = await chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = await context.new_page()
    await page.set_content(html)
    return page


@pytest.mark.parametrize("drawn", DRAWN)
@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (400, "dark", "nl")]
)
async def test_axe_finds_nothing_serious(
    chromium: Browser, width: int, scheme: str, language: str, drawn: str
) -> None:
    """Wide and light, narrow and dark; nothing scrolls sideways but tables and charts."""
    page = await opened(chromium, DRAWN[drawn](language), width, scheme)
    rules = {"type": "tag", "values": list(RULES)}
    found = await Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert [
        f"{one['id']}: {node['html'][:100]}"
        for one in found.response["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ] == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await page.context.close()


@pytest.mark.parametrize("drawn", ["letter", "dossier"])
async def test_nothing_leaves_the_paper(chromium: Browser, drawn: str) -> None:
    """A4 less its margins is 170 mm wide; a table that is wider would be cut off in print."""
    page = await opened(chromium, DRAWN[drawn]("nl"), PAPER_PX, "light")
    await page.emulate_media(media="print")
    assert await page.evaluate("document.documentElement.scrollWidth") == PAPER_PX
    await page.context.close()
