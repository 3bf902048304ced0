"""Hands the records of a file to a hotline's inbox, each once, and waits for what becomes of them.

Every record carries the file's digest and its line number as headers. Within a partition lines
stand in the order of the file, so the highest line of each partition says where an importer that
was killed left off; the same file handed in twice is handed in once.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from msgspec import UNSET

from agents.config import Settings
from agents.edges.files.source_file import FileRecord, SourceFile
from agents.engine.read.bulk import Follower, read_partitions
from agents.engine.stage import Outbox, Received, Send
from schemas.codec import OUTCOME
from schemas.identity.ids import partition_of
from schemas.reasons import Quarantine, Result
from schemas.records.ledger import HotlineId
from schemas.topics import DOUBT_HEADER, HOTLINE, OUTCOMES

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how much of how much is done."""

FILE_HEADER: Final = "file"
LINE_HEADER: Final = "line"

_BATCH: Final = 1_000
"""Records sent at once: some 400 KB, so that the broker's round trip does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What stands in the inbox of one file.

    Attributes:
        topic: the inbox, without prefix.
        digest: of the file.
        sent: records handed in by this run.
        found: records that an earlier run had handed in.
        origins: offsets of all of them, by partition.
    """

    topic: str
    digest: str
    sent: int
    found: int
    origins: dict[int, frozenset[int]]


@dataclass(slots=True, kw_only=True)
class Settled:
    """What became of the records of one file.

    Attributes:
        accepted, duplicate: counts.
        quarantined: counts by reason.
        doubted: records of all these of which something was guessed.
        outstanding: records without an outcome yet.
    """

    accepted: int = 0
    duplicate: int = 0
    quarantined: Counter[Quarantine] = field(default_factory=Counter)
    doubted: int = 0
    outstanding: int = 0


@dataclass(slots=True)
class _Inbox:
    """Lines of one file that stand in an inbox."""

    newest: dict[int, int] = field(default_factory=dict)
    offsets: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, record: Received, digest: str) -> None:
        headers = dict(record.headers)
        if headers.get(FILE_HEADER) == digest.encode():
            line = int(headers[LINE_HEADER])
            newest = self.newest.get(record.partition, 0)
            self.newest[record.partition] = max(newest, line)
            self.offsets[record.partition].add(record.offset)

    def __len__(self) -> int:
        return sum(map(len, self.offsets.values()))


async def import_file(
    settings: Settings, file: Path, hotline: HotlineId, outbox: Outbox, progress: Progress
) -> Imported:
    """Hand in what of a file is not in the hotline's inbox yet.

    Args:
        settings: with `kafka.bootstrap` set; its partitions are those of the inbox.
        file: of a format of `streams.intake.formats`, plain or gzip.
        hotline: whose inbox.
        outbox: writes the records.
        progress: is told the line reached and the number of lines.

    Raises:
        UserError: the file cannot be read or is of no known kind; nothing was handed in.
        SendFailed, KafkaError, TimeoutError: the broker failed; run again to go on.
    """
    source = await asyncio.to_thread(SourceFile.read, file)
    topic = HOTLINE.named(hotline)
    before = await _scan(settings, topic, source.digest)
    sent, batch = 0, list[Send]()
    for record in source.records():
        partition = partition_of(record.key, settings.kafka.partitions)
        if record.number <= before.newest.get(partition, 0):
            continue
        batch.append(_send(topic, source.digest, record))
        if len(batch) == _BATCH:
            await outbox.send(batch)
            sent, batch = sent + len(batch), []
            progress(record.number, source.lines)
    if batch:
        await outbox.send(batch)
        sent += len(batch)
    progress(source.lines, source.lines)
    after = await _scan(settings, topic, source.digest) if sent else before
    return Imported(
        topic=topic,
        digest=source.digest,
        sent=sent,
        found=len(before),
        origins={partition: frozenset(found) for partition, found in after.offsets.items()},
    )


async def await_outcomes(
    settings: Settings, imported: Imported, idle_s: float, progress: Progress
) -> Settled:
    """Count what became of a file's records, as long as outcomes keep coming.

    Args:
        settings: with `kafka.bootstrap` set.
        imported: what stands in the inbox.
        idle_s: wall seconds without a record after which no worker seems to run.
        progress: is told how many of the records have an outcome.

    Raises:
        KafkaError, TimeoutError: the broker failed.
    """
    waiting = {partition: set(offsets) for partition, offsets in imported.origins.items()}
    total = left = sum(map(len, waiting.values()))
    settled = Settled()
    follower = Follower(settings, OUTCOMES.name, range(settings.kafka.partitions))
    try:
        await follower.start()
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while left and loop.time() - heard_at < idle_s:
            for record in await follower.poll():
                heard_at = loop.time()
                left -= _settle(record, imported.topic, waiting, settled)
            progress(total - left, total)
    finally:
        await follower.stop()
    settled.outstanding = left
    return settled


def _settle(record: Received, topic: str, waiting: dict[int, set[int]], settled: Settled) -> int:
    """Count an outcome for the records that are waited for; return how many these are."""
    outcome = OUTCOME.decode(record.value)
    origin = outcome.origin
    there = waiting.get(origin.partition, set()) if origin.topic == topic else set()
    found = there & set(range(origin.offset, origin.last + 1))
    there -= found
    settled.doubted += len(found) if outcome.doubt is not UNSET else 0
    if outcome.result is Result.ACCEPTED:
        settled.accepted += len(found)
    elif outcome.result is Result.DUPLICATE:
        settled.duplicate += len(found)
    elif outcome.reason is not None:
        settled.quarantined[outcome.reason] += len(found)
    return len(found)


async def _scan(settings: Settings, topic: str, digest: str) -> _Inbox:
    inbox = _Inbox()
    async for records in read_partitions(settings, topic, range(settings.kafka.partitions)):
        for record in records:
            inbox.add(record, digest)
    return inbox


def _send(topic: str, digest: str, record: FileRecord) -> Send:
    headers: tuple[tuple[str, bytes], ...] = (
        (FILE_HEADER, digest.encode()),
        (LINE_HEADER, str(record.number).encode()),
    )
    if record.doubt is not None:
        headers = (*headers, (DOUBT_HEADER, record.doubt.value.encode()))
    return Send(topic=topic, key=record.key, value=record.value, headers=headers)
