"""Laws of who can read a report: axe, narrow screens, light and dark, and a browser's own print."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from drawn_report import drawn_made
from playwright.async_api import Browser, Page

from agents.tools.report.page import report_page

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
SERIOUS = ("serious", "critical")


async def opened(chromium: Browser, width: int, scheme: Any, language: str) -> Page:
    """Open the report in a window of a width."""
    context = await chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = await context.new_page()
    await page.set_content(report_page(drawn_made(language), {"Method": "10"}))
    return page


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (400, "dark", "nl")]
)
async def test_axe_finds_nothing_serious(
    chromium: Browser, width: int, scheme: str, language: str
) -> None:
    """Wide and light, narrow and dark; nothing scrolls sideways but tables and charts."""
    page = await opened(chromium, width, scheme, language)
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
