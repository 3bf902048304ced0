"""What it costs to load `cases.v1`: seconds and bytes a case, of lifecycle and of the rollup.

BENCH_CASES says how many cases; 100,000 without it.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import load_process
import pytest
from harness import SMALL, metered, process, result_of, scaled
from ledger_events import at
from many_cases import records, write_cases
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.stages.cases.case_store import CaseStore
from schemas import topics
from streams.schedule.orders import Orders

pytestmark = pytest.mark.bench

CASES = scaled(int(os.environ.get("BENCH_CASES", "100000")))
ASKED = scaled(5_000)
AGE_H = 24 * 40
DEADLINE_S = 300
SECONDS_A_MILLION_MAX = 6.0
BYTES_PER_CASE_MAX = 1_229
"""1.2 KiB, the wheel not counted."""


@pytest.fixture(scope="module")
def written(bootstrap):
    """Settings of a broker that holds the cases."""
    settings = scratch_settings(bootstrap)
    asyncio.run(write(settings))
    return settings


async def write(settings):
    partitions = settings.kafka.partitions
    await create_topic(settings, topics.CASES.name, partitions, {"cleanup.policy": "compact"})
    for beside in (topics.OUTCOMES, topics.ANSWERS):  # what the rollup follows beside its cases
        await create_topic(settings, beside.name, partitions)
    await create_topic(settings, topics.REGISTRY.name, 1)
    await write_cases(settings, topics.CASES.name, CASES)


async def load(settings, what, *folder):
    kafka = settings.kafka
    arguments = kafka.bootstrap, kafka.topic_prefix, str(kafka.partitions), what, *folder
    command = [sys.executable, load_process.__file__, *arguments]
    async with process(command, *map(Path, sys.path)) as child:
        return await result_of(child, dict[str, Any], DEADLINE_S)


def tell(told, name, found):
    size = sum(len(value) for _, value in records(1_000)) / 1_000
    told(
        f"{name}: {found['cases']:,} cases of {size:.0f} bytes in {found['seconds']:.2f} s "
        f"({found['cpu_s']:.2f} s of CPU), {found['bytes_per_case']:.0f} bytes of memory a case",
        **{name: found},
    )
    assert found["cases"] == CASES


@pytest.mark.timeout(DEADLINE_S)
async def test_lifecycle_recovers_in_memory(written, told):
    """A million cases are held again within six seconds, in at most 1.2 KiB each."""
    found = await load(written, "memory")
    tell(told, "recovery", found)
    told(f"recovery: the first partition is ready after {found['first_s']:.2f} s")
    assert SMALL or found["bytes_per_case"] <= BYTES_PER_CASE_MAX
    assert SMALL or found["seconds"] <= max(1.0, SECONDS_A_MILLION_MAX * CASES / 1e6)


@pytest.mark.timeout(DEADLINE_S)
async def test_lifecycle_recovers_on_disk(written, tmp_path, told):
    """The first time all is read from the topic, the second time only what came since."""
    empty = await load(written, "rocksdb", str(tmp_path))
    tell(told, "recovery on disk, empty", empty)
    again = await load(written, "rocksdb", str(tmp_path))
    tell(told, "recovery on disk, again", again)
    assert SMALL or again["cpu_s"] < empty["cpu_s"]


@pytest.mark.timeout(DEADLINE_S)
async def test_the_rollup_loads_the_figures_of_all_cases(written, told):
    """Figures of all cases stand; the figure has no limit of its own."""
    found = await load(written, "rollup")
    tell(told, "rollup", found)
    assert found["cases"] == CASES


def test_a_url_asked_after_a_load(told):
    """Every URL is read once to learn when it is probed; the figure has no limit of its own."""
    table, orders = CaseStore(), Orders(Settings().vantages, Settings().probe)
    table.hold(list(records(ASKED)))
    table.resume(0)
    meter, asked = metered(), 0
    for key in iter(table.next_unscheduled, None):
        orders.due(table.wheel, table.get(key), at(AGE_H))
        asked += 1
    us = meter.measured(ASKED).cpu_us
    assert asked == ASKED
    told(
        f"lifecycle: {us:.0f} us of CPU for a URL asked after a load",
        us_per_url_asked=round(us, 1),
    )
