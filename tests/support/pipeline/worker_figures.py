"""Reads a worker's /metrics until they say what a test waits for."""

import asyncio
from collections.abc import Mapping

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

DEADLINE_S = 120.0
POLL_S = 0.2


class Figures:
    """Reads /metrics until it says what is waited for."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"
        self._last: dict[tuple[str, str, str], float] = {}

    async def become(
        self, wanted: Mapping[tuple[str, str, str], float], child: asyncio.subprocess.Process
    ) -> None:
        """Wait until (metric, hoster, outcome or nothing) have these values."""
        async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
            while not wanted.items() <= self._last.items():
                assert child.returncode is None
                await self._read(session)
                await asyncio.sleep(POLL_S)

    async def vanish(self, key: tuple[str, str, str], child: asyncio.subprocess.Process) -> None:
        """Wait until there are figures, and none of (metric, hoster, outcome or nothing)."""
        async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
            while not self._last or key in self._last:
                assert child.returncode is None
                await self._read(session)
                await asyncio.sleep(POLL_S)

    async def _read(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url) as answer:
                text = await answer.text() if answer.status == 200 else ""
        except aiohttp.ClientConnectionError:  # the worker is starting
            return
        self._last = {
            (sample.name, sample.labels.get("hoster", ""), sample.labels.get("outcome", "")): (
                sample.value
            )
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.labels.get("role", "hosting") == "hosting"
        }
