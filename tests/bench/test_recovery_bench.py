"""What it costs to load `cases.v1`: seconds and bytes a case, of lifecycle and of the rollup.

BENCH_CASES says how many cases; 100,000 without it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time

import load_process
import pytest
from ledger_events import at
from many_cases import records, write_cases
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.stages.cases.case_store import CaseStore
from schemas import topics
from streams.schedule.orders import Orders

pytestmark = pytest.mark.bench

CASES = int(os.environ.get("BENCH_CASES", "100000"))
ASKED = 5_000
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
    await create_topic(settings, topics.OUTCOMES.name, partitions)
    await create_topic(settings, topics.REGISTRY.name, 1)
    await write_cases(settings, topics.CASES.name, CASES)


def load(settings, what, *folder):
    kafka = settings.kafka
    arguments = kafka.bootstrap, kafka.topic_prefix, str(kafka.partitions), what, *folder
    done = subprocess.run(
        [sys.executable, load_process.__file__, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    return json.loads(done.stdout)


def told(name, found, record_property):
    size = sum(len(value) for _, value in records(1_000)) / 1_000
    record_property(name, found)
    print(
        f"\n{name}: {found['cases']:,} cases of {size:.0f} bytes in {found['seconds']:.2f} s "
        f"({found['cpu_s']:.2f} s of CPU), {found['bytes_per_case']:.0f} bytes of memory a case"
    )
    assert found["cases"] == CASES


@pytest.mark.timeout(DEADLINE_S)
def test_lifecycle_recovers_in_memory(written, record_property):
    """A million cases are held again within six seconds, in at most 1.2 KiB each."""
    found = load(written, "memory")
    told("recovery", found, record_property)
    print(f"recovery: the first partition is ready after {found['first_s']:.2f} s")
    assert found["bytes_per_case"] <= BYTES_PER_CASE_MAX
    assert found["seconds"] <= max(1.0, SECONDS_A_MILLION_MAX * CASES / 1e6)


@pytest.mark.timeout(DEADLINE_S)
def test_lifecycle_recovers_on_disk(written, tmp_path, record_property):
    """The first time all is read from the topic, the second time only what came since."""
    empty = load(written, "rocksdb", str(tmp_path))
    told("recovery on disk, empty", empty, record_property)
    again = load(written, "rocksdb", str(tmp_path))
    told("recovery on disk, again", again, record_property)
    assert again["cpu_s"] < empty["cpu_s"]


@pytest.mark.timeout(DEADLINE_S)
def test_the_rollup_loads(written, record_property):
    """Figures of all cases stand; the figure has no limit of its own."""
    found = load(written, "rollup")
    told("rollup", found, record_property)
    assert found["cases"] == CASES


def test_a_url_asked_after_a_load(record_property):
    """Every URL is read once to learn when it is looked at; the figure has no limit of its own."""
    table, orders = CaseStore(), Orders(Settings().vantages, Settings().probe)
    table.hold(list(records(ASKED)))
    table.resume(0)
    begun = time.process_time()
    asked = 0
    for key in iter(table.next_unasked, None):
        orders.due(table.wheel, table.held(key), at(AGE_H))
        asked += 1
    us = (time.process_time() - begun) / ASKED * 1e6
    assert asked == ASKED
    record_property("us_per_url_asked", round(us, 1))
    print(f"\nlifecycle: {us:.0f} us of CPU for a URL asked after a load")
