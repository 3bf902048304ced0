"""A ledger on a real broker, with an intake that is driven by hand."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from loose_keys import LooseKeys
from registry_entries import REGISTRY

from agents.config import KafkaSettings, Settings
from agents.edges.kafka import topic_admin
from agents.edges.registry.reader import RegistryReader
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.stages.intake.stage import IntakeStage
from agents.tools.apply_registry import apply_entries

PARTITIONS = 3
HOTLINES = ("line", "archive")
_RUNS = itertools.count()


@dataclass(frozen=True, slots=True)
class IntakeWorld:
    """Settings, keys and outbox of one ledger."""

    settings: Settings
    keyring: LooseKeys
    outbox: KafkaOutbox

    async def read(self, topic: str, partition: int | None = None) -> list[Received]:
        """Return all records of a topic, or of one partition of it."""
        wanted = range(PARTITIONS) if partition is None else (partition,)
        found: list[Received] = []
        async for records in read_partitions(self.settings, topic, wanted):
            found += records
        return found

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[IntakeStage]:
        """Yield an intake that owns all partitions, as after a start."""
        registry = RegistryReader(self.settings)
        await registry.start()
        try:
            intake = IntakeStage(self.settings, self.keyring, registry, self.outbox, HOTLINES)
            await intake.assigned(frozenset(range(PARTITIONS)))
            yield intake
        finally:
            await registry.stop()

    async def work_off(self, intake: IntakeStage, topic: str) -> None:
        """Hand a whole inbox to an intake, partition by partition."""
        for partition in range(PARTITIONS):
            records = await self.read(topic, partition)
            if records:
                await intake.handle(records)


@asynccontextmanager
async def world(bootstrap: str, folder: Path) -> AsyncIterator[IntakeWorld]:
    """Yield a new ledger with the small registry and two inboxes."""
    kafka = KafkaSettings(
        bootstrap=bootstrap,
        topic_prefix=f"intake{os.getpid()}x{next(_RUNS)}.",
        partitions=PARTITIONS,
    )
    settings = Settings(kafka=kafka, state_dir=folder, key_file=folder / "keys.json")
    await topic_admin.apply(settings, topic_admin.wanted(settings, HOTLINES))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await apply_entries(settings, REGISTRY, outbox)
        yield IntakeWorld(settings, LooseKeys.create(settings.key_file), outbox)
    finally:
        await outbox.stop()
