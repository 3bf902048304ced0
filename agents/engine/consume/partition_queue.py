"""What waits of one partition, bounded, and how far its topics have come."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.engine.stage import Received

LIST_RECORDS_MAX = 4_000
"""Above this a list gains no speed and only delays the first commit; a fetch is no longer."""

QUEUE_RECORDS_MAX = 2 * LIST_RECORDS_MAX
"""One list is worked off while the next comes in."""

QUEUE_BYTES_MAX = 16 * 1024 * 1024
"""Keys and values waiting in a partition; large records must not multiply by thousands."""


@dataclass(slots=True)
class Progress:
    """What is under way in one topic of a partition.

    Attributes:
        taken: behind the newest record that was let in.
        done: behind the newest record of the newest list done; not used by a pooled stage.
        under_way: offsets of a pooled stage that are not done, waiting ones too.
    """

    taken: int
    done: int
    under_way: set[int] = field(default_factory=set)


@dataclass(slots=True)
class PartitionQueue:
    """What waits and what is under way of one partition that is owned and loaded.

    Attributes:
        lists: lists of records that wait, oldest first.
        waiting: how many records these are.
        bytes: of their keys and values.
        filled: set while something waits or the end has come.
        progress: by topic.
        begin_at: offsets by topic that the consumer is to seek to first; None = it stands right.
        leaving: takes up nothing more.
        task: works it off.
    """

    lists: deque[tuple[Sequence[Received], int]] = field(default_factory=deque)
    waiting: int = 0
    bytes: int = 0
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    progress: dict[str, Progress] = field(default_factory=dict)
    begin_at: Mapping[str, int] | None = None
    leaving: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Say whether nothing more should be fetched for now."""
        return self.waiting >= QUEUE_RECORDS_MAX or self.bytes >= QUEUE_BYTES_MAX

    def put(self, records: Sequence[Received]) -> Sequence[Received]:
        """Let records of one topic wait; return them but for those that were let in before."""
        first = records[0]
        progress = self.progress.setdefault(first.topic, Progress(first.offset, first.offset))
        if first.offset < progress.taken:
            records = [record for record in records if record.offset >= progress.taken]
            if not records:
                return ()
        progress.taken = records[-1].next_offset
        size = sum(len(record.key) + len(record.value or b"") for record in records)
        self.lists.append((records, size))
        self.waiting += len(records)
        self.bytes += size
        self.filled.set()
        return records

    def take(self) -> tuple[Sequence[Received], dict[str, int]]:
        """Return the records to work off next, and the offset behind them by topic."""
        taken, size = self.lists.popleft()
        behind = {taken[-1].topic: taken[-1].next_offset}
        self.bytes -= size
        if self.lists and len(taken) + len(self.lists[0][0]) <= LIST_RECORDS_MAX:
            taken = list(taken)
            while self.lists and len(taken) + len(self.lists[0][0]) <= LIST_RECORDS_MAX:
                more, size = self.lists.popleft()
                self.bytes -= size
                behind[more[-1].topic] = more[-1].next_offset
                taken += more
        self.waiting -= len(taken)
        if not self.lists:
            self.filled.clear()
        return taken, behind

    def end(self) -> None:
        """Take up nothing more."""
        self.leaving = True
        self.filled.set()
