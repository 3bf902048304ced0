"""The browser that the tests of the pages share, those of the operator and those of a hoster."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest_asyncio
from chromium import browser
from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Run one browser for the tests of a file, which have one loop; each makes its contexts.

    A start takes more than a second of a core. The loop's one thread is there before any test, so
    none leaves it behind.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    await asyncio.to_thread(str)
    async with browser() as found:
        yield found
