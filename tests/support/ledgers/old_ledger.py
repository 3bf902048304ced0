"""A ledger that the release before version 2 of the records wrote, put on a real broker."""

import base64
import gzip
import json
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from msgspec import Struct

from agents.config import Settings
from agents.edges.kafka.topic_admin import WantedTopic, apply
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.tools.migration.migrate import Migrated
from agents.tools.migration.setup import migrated

FOLDER = Path(__file__).parent / "v1_ledger"
PARTITIONS = 2
ALONE = ("registry.v1", "skips.v1")


class LedgerRow(Struct, frozen=True):
    """A record as it stood on the broker."""

    topic: str
    partition: int
    offset: int
    at: int
    key: bytes
    value: bytes


def rows() -> list[LedgerRow]:
    """Return all records, in the order in which they were written."""
    with gzip.open(FOLDER / "ledger.jsonl.gz", "rt") as lines:
        said = [json.loads(line) for line in lines]
    return [
        LedgerRow(**{**row, **{name: base64.b64decode(row[name]) for name in ("key", "value")}})
        for row in said
    ]


@dataclass
class OldLedger:
    """The ledger on a broker.

    Attributes:
        settings: with its prefix and its key file.
        rows: its records.
    """

    settings: Settings
    rows: list[LedgerRow]

    async def write(self) -> None:
        """Make its topics, write its records, and commit what its roles had committed."""
        prefix = self.settings.kafka.topic_prefix
        names = {row.topic for row in self.rows} | {"cases.v1"}
        config = (("message.timestamp.type", "CreateTime"), ("retention.ms", "-1"))
        topics = [
            WantedTopic(
                name=name,
                partitions=1 if name in ALONE else PARTITIONS,
                replication=1,
                config=config,
            )
            for name in sorted(names)
        ]
        await apply(self.settings, topics)
        ends: dict[str, dict[int, int]] = defaultdict(dict)
        producer = AIOKafkaProducer(bootstrap_servers=self.settings.kafka.bootstrap, acks="all")
        await producer.start()
        try:
            for row in self.rows:
                await producer.send(
                    prefix + row.topic,
                    row.value,
                    key=row.key,
                    partition=row.partition,
                    timestamp_ms=row.at,
                )
                ends[row.topic][row.partition] = row.offset + 1
            await producer.flush()
        finally:
            await producer.stop()
        await self.commit("intake", "hotline.alpha.v1", ends["hotline.alpha.v1"])
        await self.commit("attribution", "reports.v1", ends["reports.v1"])

    async def commit(self, group: str, topic: str, offsets: dict[int, int]) -> None:
        """Commit offsets as a role did."""
        prefix = self.settings.kafka.topic_prefix
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka.bootstrap,
            group_id=prefix + group,
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            parts = {TopicPartition(prefix + topic, p): at for p, at in offsets.items()}
            consumer.assign(list(parts))
            await consumer.commit(parts)
        finally:
            await consumer.stop()


def old_ledger(settings: Settings, folder: Path) -> OldLedger:
    """Return the ledger, not yet written.

    Args:
        settings: with a broker and a prefix.
        folder: where its key file goes.
    """
    file = folder / "keys.json"
    shutil.copy(FOLDER / "keys.json", file)
    file.chmod(0o600)
    kafka = settings.kafka.model_copy(update={"partitions": PARTITIONS})
    update = {"kafka": kafka, "key_file": file, "state_dir": folder}
    return OldLedger(settings.model_copy(update=update), rows())


def quiet(*_: object) -> None:
    """Be told the progress and say nothing."""


def at(ledger: OldLedger, prefix: str) -> Settings:
    """Return the settings of the ledger at a prefix."""
    kafka = ledger.settings.kafka.model_copy(update={"topic_prefix": prefix})
    return ledger.settings.model_copy(update={"kafka": kafka})


def prefixes(ledger: OldLedger) -> tuple[str, str]:
    """Return where the old ledger stands and where its copy goes."""
    old = ledger.settings.kafka.topic_prefix
    return old, f"{old.rstrip('.')}v2."


async def migrate(ledger: OldLedger, *, keep: bool = False) -> Migrated:
    """Copy the ledger, and remove it unless it is kept."""
    return await migrated(ledger.settings, prefixes(ledger), quiet, keep=keep)


async def held(ledger: OldLedger, topic: str) -> list[Received]:
    """Return what the copy of a topic holds, by partition."""
    settings, partitions = at(ledger, prefixes(ledger)[1]), range(PARTITIONS)
    if topic in ALONE:
        partitions = range(1)
    found: list[Received] = []
    for partition in partitions:
        async for records in read_partitions(settings, topic, (partition,)):
            found += records
    return found


async def topics(ledger: OldLedger, prefix: str) -> dict[str, int]:
    """Return the topics with a prefix, by their names without it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=ledger.settings.kafka.bootstrap)
    await consumer.start()
    try:
        names = await consumer.topics()
    finally:
        await consumer.stop()
    return {name.removeprefix(prefix): 1 for name in names if name.startswith(prefix)}


def of(ledger: OldLedger, topic: str) -> list[LedgerRow]:
    """Return the records of a topic, in their order."""
    rows = [row for row in ledger.rows if row.topic == topic]
    return sorted(rows, key=lambda row: (row.partition, row.offset))


def pairs(
    ledger: OldLedger, copies: list[Received], topic: str
) -> list[tuple[LedgerRow, Received]]:
    """Return the records of a topic with their copies."""
    return list(zip(of(ledger, topic), copies, strict=True))
