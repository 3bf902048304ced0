"""A real browser without a window."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

CHROMIUM = shutil.which("chromium") or "chromium"  # where it is missing the tests fail


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Run Chromium for the duration of the context."""
    async with async_playwright() as play:
        found = await play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        try:
            yield found
        finally:
            await found.close()
