"""What a broker's disk damaged is not passed over in bulk; what compaction removed is."""

import asyncio

import pytest
from batches import append_all, batch
from disk_damage import FLIPS, damage
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.failures import UnreadableBatch
from agents.engine.read.bulk import read_partitions
from agents.engine.read.recovery import recover
from agents.engine.state.store import MemoryStore

LEDGER, COMPACTED = "reports.v1", "cases.v1"
DEADLINE_S = 90
EACH = 3
FILE_BYTES = 1024 * 1024
"""The least that a broker allows."""

FEW, FILES = (4, 60), (90, 5_000)
"""Batches and bytes of a value: one file without an index, and two files that have one."""


async def written(settings: Settings, topic: str, batches: int, size: int) -> str:
    """Make a topic with so many batches of different keys, which nothing is removed from."""
    config = {"segment.bytes": str(FILE_BYTES), "retention.ms": "-1"}
    if topic == COMPACTED:
        config |= {"cleanup.policy": "compact", "min.compaction.lag.ms": "3600000"}
    name = await create_topic(settings, topic, 1, config)
    await append_all(
        settings,
        topic,
        [
            batch([(b"k%d" % (EACH * number + n), b"v" * size) for n in range(EACH)])
            for number in range(batches)
        ],
    )
    return name


async def read(settings: Settings, topic: str) -> list[int]:
    found: list[int] = []
    async for records in read_partitions(settings, topic, (0,)):
        found += [record.offset for record in records]
    return found


SOME = ("value", "length into the next batch", "offset")
"""Flips that `make test` tries in large files: of the content, of what leads on, of the place."""


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("topic", [LEDGER, COMPACTED])
@pytest.mark.parametrize("damaged", [1, FEW[0] - 1])
async def test_no_damage_of_a_small_topic_is_passed_over(damaged_broker, topic, flip, damaged):
    """Every reader in bulk ends with the place, whatever stands behind it."""
    place, ends = await read_damaged(damaged_broker, topic, flip, FEW, damaged)
    assert ends == [place, place]


@pytest.mark.parametrize(
    "flip",
    [pytest.param(flip, marks=[] if flip in SOME else [pytest.mark.soak]) for flip in FLIPS],
)
@pytest.mark.parametrize("topic", [LEDGER, COMPACTED])
@pytest.mark.parametrize("damaged", [5, -1])
async def test_no_damage_of_a_topic_of_several_files_is_passed_over(
    damaged_broker, topic, flip, damaged
):
    """So they do where files have an index, in the first of them and in the last."""
    place, ends = await read_damaged(damaged_broker, topic, flip, FILES, damaged)
    assert ends == [place, place]


async def read_damaged(damaged_broker, topic, flip, much, damaged):
    """Damage a topic on the broker's disk; return the place, and where each reader in bulk ends."""
    broker, folder = damaged_broker
    settings = scratch_settings(broker.bootstrap)
    name = await written(settings, topic, *much)
    offset = EACH * damage(folder / "log" / f"{name}-0", damaged, flip)
    ends = []
    async with asyncio.timeout(DEADLINE_S):
        for reading in (
            read(settings, topic),
            recover(settings, topic, {0: MemoryStore()}, pytest.fail),
        ):
            try:
                await reading
            except UnreadableBatch as unreadable:
                ends.append(str(unreadable).split()[0].removeprefix(settings.kafka.topic_prefix))
    return f"{topic}/0/{offset}", ends
