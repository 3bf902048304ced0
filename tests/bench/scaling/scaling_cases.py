"""What open cases cost: one table that grows, and processes that load it at each size."""

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import ground
import many_cases
from harness import Failed, process, result_of
from ledger_events import BOTH, at
from scaling_child import AGE_H
from scaling_pipeline import on_disk
from scratch_topics import create_topic, scratch_settings

from agents.config import ClockSettings, Settings, VantageSettings
from agents.edges.child_process.tether import tethered
from schemas import topics
from schemas.codec import POSITION
from schemas.identity.ids import partition_of

CASES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CHILD_DEADLINE_S = 600.0

HERE = Path(__file__).parent


class Table:
    """A table of open cases on a broker, filled up to whatever size is asked for.

    Args:
        bootstrap: the broker.
        folder: the broker's data stand somewhere in it.
    """

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self._settings = _settings(bootstrap)
        self._folder = folder
        self._records: Iterator[tuple[bytes, bytes]] = many_cases.records(max(CASES))
        self._filled = 0

    async def point(self, cases: int) -> dict[str, Any]:
        """Fill the table up to so many cases, and measure what holds them."""
        await self._fill(cases)
        found: dict[str, Any] = {
            "cases": cases,
            "disk_bytes": on_disk(
                self._folder, self._settings.kafka.topic_prefix + topics.CASES.name
            ),
        }
        for what in ("lifecycle", "rollup"):
            found[what] = await _child(self._settings, what)
            if found[what]["cases"] != cases:
                raise Failed(f"{what} holds {found[what]['cases']} cases")
        return found

    async def _fill(self, cases: int) -> None:
        """Write what is missing, and positions behind it."""
        partitions = self._settings.kafka.partitions
        if not self._filled:
            await create_topic(
                self._settings, topics.CASES.name, partitions, {"cleanup.policy": "compact"}
            )
            for beside in (topics.OUTCOMES, topics.ANSWERS):
                await create_topic(self._settings, beside.name, partitions)
            await create_topic(self._settings, topics.REGISTRY.name, 1)
        new = (
            (partition_of(key, partitions), key, value)
            for key, value in islice(self._records, cases - self._filled)
        )
        name = self._settings.kafka.topic_prefix + topics.CASES.name
        await ground.fill(self._settings.kafka.bootstrap or "", name, new)
        await ground.fill(self._settings.kafka.bootstrap or "", name, _positions(partitions))
        self._filled = cases


def _settings(bootstrap: str) -> Settings:
    clock = ClockSettings(start_wall_ms=int(time.time() * 1_000), start_world_ms=at(AGE_H))
    vantages = tuple(VantageSettings(id=one) for one in BOTH)
    return scratch_settings(bootstrap).model_copy(update={"clock": clock, "vantages": vantages})


def _positions(partitions: int) -> ground.Payload:
    for partition in range(partitions):
        said = POSITION.encode(many_cases._position(partition))
        yield partition, b"position/%d" % partition, said


async def _child(settings: Settings, what: str) -> dict[str, Any]:
    """Let a process load the table; return what it says."""
    said = json.dumps(settings.model_dump(mode="json"))
    command = tethered([sys.executable, str(HERE / "scaling_child.py"), said, what])
    async with process(command, *map(Path, sys.path)) as child:
        return await result_of(child, dict[str, Any], CHILD_DEADLINE_S)
