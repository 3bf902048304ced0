"""Laws of who can read the pages: contrast, structure, keyboard and narrow screens, in a browser.

Numbers are those of WCAG 2.2: contrast of text 4.5 (1.4.3), of lines 3 (1.4.11), no scrolling
sideways from 320 pixels on (1.4.10).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from pages import (
    FIRING,
    VIEW,
    flagged_page,
    held,
    own_page,
    sample_desk,
    sample_probes,
    sample_roles,
    view_of,
)
from playwright.async_api import Browser, Page, Route

from agents.edges.hoster_web.own_page import render_closed
from agents.edges.web.case_page import render_case, render_waiting
from agents.edges.web.server import WebServer
from agents.http_settings import WebSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

STALE = replace(VIEW, stale=True)
PATHS = (
    *("", "hoster/gamma", "hoster/shield", "pipeline", "hoster/nobody", "search"),
    *("case", "own", "waiting", "closed"),
)
RENDERED = {
    "case": lambda: render_case(view_of("09-late"), VIEW),
    "own": lambda: own_page("delta"),
    "waiting": lambda: render_waiting("/case/x"),
    "closed": render_closed,
    "flagged": lambda: flagged_page("gamma"),
}
"""Pages whose ledger or link a test of their own has; here they are shown as they are."""


CONTRASTS = """() => {
  const parsed = text => text.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
  const luminance = rgb => rgb
    .map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    const found = [];
    for (let e = element; e; e = e.parentElement)
      found.push(parsed(getComputedStyle(e).backgroundColor));
    return found.reverse().reduce((below, above) => over(above, below), [255, 255, 255]);
  };
  const ratio = (colour, element) => {
    const below = ground(element), a = luminance(over(parsed(colour), below)), b = luminance(below);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE"].includes(e.tagName)) continue;
    const style = getComputedStyle(e), svg = e instanceof SVGElement;
    found.push(["text", walker.currentNode.data.trim(), ratio(svg ? style.fill : style.color, e)]);
  }
  for (const line of document.querySelectorAll("path.line"))
    found.push(["line", line.getAttribute("class"), ratio(getComputedStyle(line).stroke, line)]);
  return found;
}"""

STRUCTURE = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  return {
    lang: document.documentElement.lang,
    title: document.title,
    levels: all("h1, h2, h3, h4, h5, h6").map(h => Number(h.tagName[1])),
    empty: all("h1, h2, h3, th, caption, a, summary").filter(e => !e.textContent.trim()).length,
    landmarks: ["body > header", "header > nav", "main", "footer"].map(n => all(n).length),
    namelessNavs: all("nav:not([aria-label])").length,
    tables: all("table").length,
    captions: all("table > caption:first-child").map(c => c.textContent),
    unscoped: all("thead th:not([scope=col])").length
      + all("tbody th:not([scope=row]), tfoot th:not([scope=row])").length,
    headless: all("tbody tr, tfoot tr").filter(r => r.querySelectorAll("th").length !== 1).length,
    unlabelled: all("td").filter(td => {
      const heads = td.closest("table").querySelectorAll("thead th");
      return td.dataset.label !== heads[td.cellIndex].textContent;
    }).map(td => td.outerHTML),
    charts: all("svg").filter(
      svg => !svg.closest("[role=img][aria-label], [aria-hidden=true]")).length,
    ids: all("[id]").map(e => e.id),
  };
}"""


async def show(page: Page, path: str) -> None:
    """Show a page of ours."""
    if path in RENDERED:
        await page.goto(f"rendered/{path}")
    else:
        await page.goto(f"{path}{'&' if '?' in path else '?'}refresh=off")


async def rendered(route: Route) -> None:
    """Answer with a page that is shown as it is."""
    text = RENDERED[route.request.url.rpartition("/")[2]]()
    await route.fulfill(body=text, content_type="text/html")


@asynccontextmanager
async def opened(
    chromium: Browser, width: int, scheme: str = "light", *, script: bool = True
) -> AsyncIterator[Page]:
    """Open the browser on the pages of a stale view, which has every kind of text."""
    server = WebServer(
        WebSettings(port=0),
        lambda: STALE,
        cases=held,
        process_roles=sample_roles(),
        probes=sample_probes,
        case_lookup=sample_desk(),
        alerts=lambda: FIRING,
    )
    await server.start()
    try:
        context = await chromium.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
        )
        async with context:
            page = await context.new_page()
            await page.route("**/rendered/*", rendered)
            yield page
    finally:
        await server.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_and_lines_stand_out_from_their_ground(chromium: Browser, scheme: str) -> None:
    """Every text has a contrast of 4.5 to what is behind it, every line of a chart one of 3."""
    async with opened(chromium, 1280, scheme) as page:
        for path in PATHS:
            await show(page, path)
            found: list[tuple[str, str, float]] = await page.evaluate(CONTRASTS)
            assert len(found) > 2
            faint = [one for one in found if one[2] < (4.5 if one[0] == "text" else 3)]
            assert faint == [], path


@pytest.mark.parametrize("width", [320, pytest.param(400, marks=pytest.mark.soak), 1280])
async def test_no_page_scrolls_sideways(chromium: Browser, width: int) -> None:
    """Nothing is cut off, down to the width of the smallest telephones, numbers opened too.

    So it is where a case has every flag there is.
    """
    async with opened(chromium, width) as page:
        for path in (*PATHS, "flagged"):
            await show(page, path)
            await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert await page.evaluate("document.documentElement.scrollWidth") == width, path


def wrong(said: dict[str, Any]) -> list[str]:
    """Return what keeps a reader who cannot see from finding the way through a page."""
    levels: list[int] = said["levels"]
    jumps = [b for a, b in pairwise(levels) if b > a + 1]
    found = {
        "language": said["lang"] != "en" or not said["title"],
        "headings": levels[:1] != [1] or levels.count(1) != 1 or bool(jumps) or said["empty"] > 0,
        "landmarks": said["landmarks"] != [1, 1, 1, 1] or said["namelessNavs"] > 0,
        "captions": len(said["captions"]) != said["tables"] or not all(said["captions"]),
        "same captions": len(set(said["captions"])) != len(said["captions"]),
        "scopes": said["unscoped"] > 0 or said["headless"] > 0,
        "labels of cells": bool(said["unlabelled"]),
        "charts": said["charts"] > 0,
        "ids": len(set(said["ids"])) != len(said["ids"]),
    }
    return [name for name, bad in found.items() if bad]


async def test_a_page_can_be_read_without_seeing_it(chromium: Browser) -> None:
    """One first heading and no level left out, landmarks, captions, scopes, words for charts.

    A cell's label on a narrow screen is its column's heading.
    """
    async with opened(chromium, 1280) as page:
        for path in PATHS:
            await show(page, path)
            said = await page.evaluate(STRUCTURE)
            assert wrong(said) == [], (path, said)


async def test_the_keyboard_reaches_the_content_first(chromium: Browser) -> None:
    """The first key leads to a link over all that repeats, and what has the focus is outlined."""
    async with opened(chromium, 400) as page:
        for path in PATHS:
            await show(page, path)
            await page.keyboard.press("Tab")
            skip = page.locator(":focus")
            assert await skip.inner_text() == "Skip to the content"
            box = await skip.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            if not await page.locator("main :is(a, summary)").count():
                continue  # nothing in it takes the focus
            await page.keyboard.press("Enter")
            await page.keyboard.press("Tab")
            reached = page.locator("main :focus")
            assert await reached.count() == 1, path
            outlined = "e => getComputedStyle(e).outlineStyle"
            assert await reached.evaluate(outlined) == "solid", path


async def test_pages_are_whole_without_a_script(chromium: Browser) -> None:
    """Figures, curves and the list of cases are there when the browser runs no script."""
    async with opened(chromium, 1280, script=False) as page:
        await page.goto("hoster/gamma")
        assert await page.get_by_role("img").count() == 3
        assert await page.get_by_role("table", name="Cases of Gamma").is_visible()
        await page.goto("pipeline")
        assert await page.get_by_role("table", name="Quarantined records by reason").is_visible()


RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
SERIOUS = ("serious", "critical")


async def faults(page: Page) -> list[str]:
    """Return what axe finds serious or critical on a page, by rule and place."""
    rules = {"type": "tag", "values": list(RULES)}
    found = await Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found.response["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


async def by_keyboard(page: Page) -> tuple[int, int]:
    """Return how many places take the focus, and how many the Tab key reached, each outlined."""
    wanted = await page.evaluate(
        "[...document.querySelectorAll("
        "'a[href], input:not([type=hidden]), select, button, summary')]"
        ".filter(e => e.checkVisibility({visibilityProperty: true})).length"
    )
    reached: set[str] = set()
    await page.evaluate("document.activeElement.blur()")
    for _ in range(wanted + 1):
        await page.keyboard.press("Tab")
        place = await page.evaluate(
            "(e => getComputedStyle(e).outlineStyle === 'none' ? '' :"
            " [...document.querySelectorAll('*')].indexOf(e))(document.activeElement)"
        )
        reached.add(str(place))
    return wanted, len(reached - {"", "-1", "0"})


@pytest.mark.parametrize(
    ("width", "scheme", "paths"),
    [
        pytest.param(1280, "light", (*PATHS[::2], "?lang=nl"), id="wide and light"),
        pytest.param(400, "dark", PATHS[1::2], id="narrow and dark"),
    ],
)
async def test_no_page_breaks_a_rule_of_wcag_that_a_program_can_judge(
    chromium: Browser, width: int, scheme: str, paths: Sequence[str]
) -> None:
    """axe-core finds nothing serious or critical, wide and light, narrow and dark."""
    async with opened(chromium, width, scheme) as page:
        for path in paths:
            await show(page, path)
            assert await faults(page) == [], path


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
async def test_every_page_in_both_widths_and_schemes(
    chromium: Browser, width: int, scheme: str
) -> None:
    """Axe finds nothing on any page, in both languages, and the Tab key reaches all there is."""
    async with opened(chromium, width, scheme) as page:
        for path in (*PATHS, "?lang=nl", "search?lang=nl", "hoster/gamma?lang=nl"):
            await show(page, path)
            assert await faults(page) == [], path
            wanted, reached = await by_keyboard(page)
            assert (path, reached) == (path, wanted)


async def test_every_control_is_reached_by_keyboard_and_outlined(chromium: Browser) -> None:
    """Links, fields and buttons of the overview and of the search, with the Tab key alone."""
    async with opened(chromium, 400) as page:
        for path in ("", "search", "own"):
            await show(page, path)
            wanted, reached = await by_keyboard(page)
            assert (path, reached) == (path, wanted)
        await page.goto("?refresh=off")
        await page.locator("#text").focus()
        await page.keyboard.type("datacenter")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**text=datacenter**")
        table = page.get_by_role("table", name="Figures per hoster")
        assert await table.locator("tbody tr").count() == 1
