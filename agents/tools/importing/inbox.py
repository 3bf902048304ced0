"""What stands in a hotline's inbox of files that were handed in, as its records' headers say it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.config import Settings
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from schemas.codec import HOTLINE as RECORD
from schemas.codec import Rejected
from schemas.records.hotline import Notice
from schemas.records.reports import HotlineId
from schemas.topics import HOTLINE

FILE_HEADER: Final = "file"
LINE_HEADER: Final = "line"
PART_HEADER: Final = "part"
"""Which record of its line it is; left out of the first one, 0."""

FORMAT_HEADER: Final = "format"

START: Final = (0, 0)
"""The place before the first record of a file."""


@dataclass(slots=True)
class FileInbox:
    """Records of one file that stand in an inbox.

    Attributes:
        records: how many.
        newest: the last place of each partition.
        offsets: by partition, if they were asked for.
    """

    records: int = 0
    newest: dict[int, tuple[int, int]] = field(default_factory=dict)
    offsets: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class ImportedFiles:
    """What stands in a hotline's inbox of files that were handed in.

    Attributes:
        topic: without prefix.
        formats: names of the formats of these files.
        asked: digests of files whose offsets are kept.
        done: digests of files that stand there whole, as far as this process knows.
        notices: the hotline's notices by message and envelope id, if they were asked for.
    """

    topic: str
    formats: set[str] = field(default_factory=set)
    asked: frozenset[str] = frozenset()
    done: set[str] = field(default_factory=set)
    notices: dict[str, dict[str, Notice]] = field(default_factory=dict, repr=False)
    _files: dict[str, FileInbox] = field(default_factory=lambda: defaultdict(FileInbox))

    def add(self, record: Received) -> None:
        """Take in the place of a record."""
        said = _said(record)
        if said is None:
            return
        name, format, place = said
        self.formats.add(format)
        file = self._files[name]
        file.records += 1
        file.newest[record.partition] = max(file.newest.get(record.partition, START), place)
        if name in self.asked:
            file.offsets[record.partition].add(record.offset)

    def add_notice(self, value: bytes | None) -> None:
        """Take in a record if it is a notice that names the mail it went out by."""
        if value is None or b"notice" not in value:
            return
        try:
            record = RECORD.decode(value)
        except Rejected:
            return
        if isinstance(record, Notice):
            for id in {record.message_id, record.envelope_id}:
                if isinstance(id, str):
                    self.notices.setdefault(id, {})[record.id] = record

    def noticed(self, id: str) -> Sequence[Notice]:
        """Return the notices with a message or envelope id."""
        return tuple(self.notices.get(id, {}).values())

    def of(self, digest: str) -> FileInbox:
        """Return what stands there of a file."""
        return self._files[digest]

    def origins(self) -> dict[int, frozenset[int]]:
        """Return the offsets of the records of all files that were asked for, by partition."""
        found: dict[int, set[int]] = defaultdict(set)
        for digest in self.asked:
            for partition, offsets in self._files[digest].offsets.items():
                found[partition] |= offsets
        return {partition: frozenset(offsets) for partition, offsets in found.items()}


def _said(record: Received) -> tuple[str, str, tuple[int, int]] | None:
    """Return digest, format and place that a record came with; None = no file brought it.

    A hotline writes to its inbox itself, with any headers.
    """
    headers = {name: value or b"" for name, value in record.headers}
    try:
        place = int(headers[LINE_HEADER]), int(headers.get(PART_HEADER, b"0"))
        return headers[FILE_HEADER].decode(), headers.get(FORMAT_HEADER, b"").decode(), place
    except (KeyError, ValueError):
        return None


async def read_inbox(
    settings: Settings, hotline: HotlineId, asked: Iterable[str] = (), *, notices: bool = False
) -> ImportedFiles:
    """Read what stands in a hotline's inbox of files.

    Args:
        settings: with `kafka.bootstrap` set.
        hotline: whose inbox.
        asked: digests of files whose offsets are kept.
        notices: keep the hotline's notices too, to find those that receipts are of.

    Raises:
        KafkaError, TimeoutError: the broker failed.
    """
    inbox = ImportedFiles(HOTLINE.named(hotline), asked=frozenset(asked))
    async for records in read_partitions(settings, inbox.topic, range(settings.kafka.partitions)):
        for record in records:
            inbox.add(record)
            if notices:
                inbox.add_notice(record.value)
    return inbox
