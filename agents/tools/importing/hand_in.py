"""Hands the records of a file to a hotline's inbox, each once.

Every record carries the file's digest and its place in the file as headers. Within a partition
records stand in the order of the file. So the last place of each partition says where an importer
that was killed left off, and the same file handed in twice is handed in once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from agents.config import Settings
from agents.edges.files.source_file import FileRecord, SourceFile
from agents.engine.stage import Outbox, Send
from agents.tools.importing.inbox import (
    FILE_HEADER,
    FORMAT_HEADER,
    LINE_HEADER,
    PART_HEADER,
    START,
    ImportedFiles,
    read_inbox,
)
from schemas.codec import HOTLINE as RECORD
from schemas.codec import Rejected
from schemas.identity.ids import partition_of
from schemas.records.hotline import Report
from schemas.records.reports import HotlineId
from schemas.topics import GUESS_HEADER
from streams.intake.formats.base import FileRefusal

ProgressListener: TypeAlias = Callable[[int, int], None]
"""Is told how much of how much is done."""

_BATCH: Final = 1_000
"""Records sent at once: some 400 KB, so that the broker's round trip does not count."""


@dataclass(slots=True, kw_only=True)
class HandedIn:
    """What became of the records of a file at the door.

    Attributes:
        sent: records handed in by this run.
        found: records that an earlier run had handed in.
        refused: records of which nothing was handed in, by reason.
        refused_first: for each reason the first line with it.
    """

    sent: int = 0
    found: int = 0
    refused: Counter[FileRefusal] = field(default_factory=Counter)
    refused_first: dict[FileRefusal, int] = field(default_factory=dict)

    def add(self, other: "HandedIn") -> None:
        """Take in what became of another file; whose first lines are no longer told."""
        self.sent += other.sent
        self.found += other.found
        self.refused += other.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What stands in the inbox of one file, or of several.

    Attributes:
        topic: the inbox, without prefix.
        sent: records handed in by this run.
        found: records that an earlier run had handed in.
        origins: offsets of all of them, by partition.
    """

    topic: str
    sent: int
    found: int
    origins: dict[int, frozenset[int]]


async def import_file(
    settings: Settings, file: Path, hotline: HotlineId, outbox: Outbox, progress: ProgressListener
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
    inbox = await read_inbox(settings, hotline, [source.digest])
    handed_in = await hand_in(settings, source, inbox, outbox, progress)
    after = await read_inbox(settings, hotline, [source.digest]) if handed_in.sent else inbox
    return Imported(
        topic=inbox.topic,
        sent=handed_in.sent,
        found=handed_in.found,
        origins=after.origins(),
    )


async def hand_in(
    settings: Settings,
    source: SourceFile,
    inbox: ImportedFiles,
    outbox: Outbox,
    progress: ProgressListener,
    *,
    probing: bool = True,
) -> HandedIn:
    """Hand in what of a file is not in the inbox yet.

    Args:
        settings: with `kafka.bootstrap` set; its partitions are those of the inbox.
        source: the file.
        inbox: as it was read after every earlier run had ended.
        outbox: writes the records.
        progress: is told the line reached and the number of lines.
        probing: the URLs of its reports may be resolved and probed.

    Raises:
        UserError: the file cannot be read any more.
        SendFailed, KafkaError, TimeoutError: the broker failed; run again to go on.
    """
    before = inbox.of(source.digest)
    said, batch = HandedIn(found=before.records), list[Send]()
    if source.digest in inbox.done:
        return said
    for record in source.records(probing=probing):
        if record.refused is not None:
            said.refused[record.refused] += 1
            said.refused_first.setdefault(record.refused, record.number)
            continue
        partition = partition_of(record.key, settings.kafka.partitions)
        if (record.number, record.part) <= before.newest.get(partition, START):
            continue
        batch.append(_send(inbox.topic, source, record))
        if len(batch) == _BATCH:
            await outbox.send(batch)
            said.sent, batch = said.sent + len(batch), []
            progress(record.number, source.lines)
    if batch:
        await outbox.send(batch)
        said.sent += len(batch)
    progress(source.lines, source.lines)
    inbox.done.add(source.digest)
    inbox.formats.add(source.format)
    return said


def reported_urls(source: SourceFile) -> set[int]:
    """Return a number for each URL that a file has a report of, the same in each file.

    Raises:
        UserError: the file cannot be read any more.
    """
    urls: set[int] = set()
    for one in source.records():
        if one.refused is not None:
            continue
        try:
            record = RECORD.decode(one.value)
        except Rejected:
            continue
        if isinstance(record, Report) and record.probing is not False:
            urls.add(hash(record.url))
    return urls


def _send(topic: str, source: SourceFile, record: FileRecord) -> Send:
    headers: list[tuple[str, bytes]] = [
        (FILE_HEADER, source.digest.encode()),
        (LINE_HEADER, str(record.number).encode()),
        (FORMAT_HEADER, source.format.encode()),
    ]
    if record.part:
        headers.append((PART_HEADER, str(record.part).encode()))
    if record.guess is not None:
        headers.append((GUESS_HEADER, record.guess.value.encode()))
    return Send(topic=topic, key=record.key, value=record.value, headers=tuple(headers))
