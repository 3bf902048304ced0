"""Which hotlines there are: the registry's."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from disk_damage import damage
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import LocalBroker
from agents.edges.registry.hotlines import hotlines_of_registry
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.codec import REGISTRY as CODEC
from schemas.records.registry import HosterEntry, HotlineEntry
from schemas.topics import REGISTRY

SOUTH = HotlineEntry(id="south", version=1, valid_from=0, name="South")


async def written(settings: Settings, entries: Sequence[bytes]) -> None:
    """Write entries of the registry, a batch each."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    for entry in entries:
        await outbox.send([Send(REGISTRY.name, b"", entry, partition=0)])
    await outbox.stop()


async def test_hotlines_are_those_of_the_registry(bootstrap: str) -> None:
    """Each hotline of the registry is named once; without a registry there is none."""
    settings = scratch_settings(bootstrap, vantages=())
    assert await hotlines_of_registry(settings) == []
    await apply(settings, wanted(settings))
    assert await hotlines_of_registry(settings) == []
    entries = [
        SOUTH,
        HosterEntry(id="example", version=1, valid_from=0, name="Example"),
        HotlineEntry(id="north", version=1, valid_from=0, name="North"),
        HotlineEntry(id="north", version=2, valid_from=5, name="North"),
    ]
    newer = b'{"kind":"hotline","v":99}'
    await written(settings, [*map(CODEC.encode, entries), newer])
    assert await hotlines_of_registry(settings) == ["north", "south"]


async def test_a_damaged_registry_is_one_line(damaged_broker: tuple[LocalBroker, Path]) -> None:
    """It says where, and what to do; nobody goes on with half of the hotlines."""
    broker, folder = damaged_broker
    settings = scratch_settings(broker.bootstrap, vantages=())
    await apply(settings, wanted(settings))
    await written(settings, [CODEC.encode(SOUTH)] * 3)
    damage(folder / "log" / f"{settings.kafka.topic_prefix}{REGISTRY.name}-0", 1, "value")
    with pytest.raises(AdminError, match=r"registry\.v1/0/1 begins .* lost or damaged it"):
        await hotlines_of_registry(settings)
