"""Which records stopped a stage before: a small file that outlives the process.

A failure is noted, flushed to the disk, before the process ends. At its next start the stage is
given what it failed on record by record, so the one record that stops it is found by itself, and
counted. The file holds places and numbers only.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from agents.engine.stage import Received
from agents.process.atomic_file import write_whole

SUSPECTS_MAX: Final = 64
"""Places kept of one role; beyond that the oldest is forgotten and met as if for the first time."""

FILE_BYTES_MAX: Final = 65_536
"""64 places take 10 KB; what is larger is no such file."""


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a partition in which a record stopped the stage.

    Attributes:
        first, last: offsets; equal once the record is found.
        attempts: how often it stopped the stage.
    """

    topic: str
    partition: int
    first: int
    last: int
    attempts: int

    def covers(self, topic: str, partition: int, first: int, last: int) -> bool:
        """Return whether it overlaps a stretch."""
        same = self.topic == topic and self.partition == partition
        return same and self.first <= last and first <= self.last


class Attempts:
    """The suspects of one role.

    Args:
        folder: of the process's state.
        role: whose; it names the file.

    Attributes:
        suspects: oldest first.
        lasting: what is noted outlives the process; False where the disk refuses it.
    """

    def __init__(self, folder: Path, role: str) -> None:
        """Read what earlier processes noted; a damaged file is none."""
        self._file = folder / "attempts" / f"{role}.json"
        self.suspects: tuple[Suspect, ...] = ()
        self.lasting = True
        try:
            with self._file.open("rb") as opened:
                raw = opened.read(FILE_BYTES_MAX)
            self.suspects = msgspec.json.decode(raw, type=tuple[Suspect, ...])[-SUSPECTS_MAX:]
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            pass

    def note(self, topic: str, partition: int, first: int, last: int) -> int:
        """Note that a stretch stopped the stage; return how often it did by now."""
        met = [one for one in self.suspects if one.covers(topic, partition, first, last)]
        attempts = max((one.attempts for one in met), default=0) + 1
        fresh = Suspect(topic=topic, partition=partition, first=first, last=last, attempts=attempts)
        self._keep([*(one for one in self.suspects if one not in met), fresh])
        return attempts

    def passed(self, records: Iterable[Received]) -> None:
        """Forget a stretch whose last record was handled or set aside."""
        done = {(record.topic, record.partition, record.offset) for record in records}
        left = [one for one in self.suspects if (one.topic, one.partition, one.last) not in done]
        if len(left) < len(self.suspects):
            self._keep(left)

    def is_suspect(self, record: Received) -> bool:
        """Say whether a record lies in a stretch that stopped the stage."""
        place = record.topic, record.partition, record.offset, record.offset
        return any(one.covers(*place) for one in self.suspects)

    def _keep(self, suspects: list[Suspect]) -> None:
        self.suspects = tuple(suspects[-SUSPECTS_MAX:])
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, msgspec.json.encode(self.suspects))
            self.lasting = True
        except OSError:
            self.lasting = False
