"""Takes the pictures of docs/pictures from a demo that runs: `pictures.py ADDRESS FOLDER`."""

import asyncio
import sys
from pathlib import Path

from chromium import browser
from playwright.async_api import Page

WIDTH = 1280
HEIGHT = 1400
"""What a screen shows and a little more; the pages go on below."""


async def take(page: Page, address: str, file: Path) -> None:
    """Write the top of a page as PNG."""
    await page.goto(address)
    tall = await page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(HEIGHT, tall)}
    await page.screenshot(path=file, clip=clip, full_page=True)


async def main(address: str, folder: Path) -> None:
    """Take the overview, the hoster that removed most cases, and the pipeline."""
    async with browser() as chromium:
        page = await chromium.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"
        )
        await take(page, f"{address}?refresh=off", folder / "overview.png")
        rows = page.get_by_role("table", name="Figures per hoster").locator("tbody tr")
        removed = await rows.locator('[data-label="Removed"] b').all_inner_texts()
        counts = [int(text.replace(",", "")) for text in removed]
        most = rows.nth(counts.index(max(counts)))
        hoster = await most.get_by_role("link").get_attribute("href") or "/"
        await take(page, address + hoster.removeprefix("/"), folder / "hoster.png")
        await take(page, f"{address}pipeline?refresh=off", folder / "pipeline.png")


if __name__ == "__main__":
    made = Path(sys.argv[2])
    made.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1], made))
