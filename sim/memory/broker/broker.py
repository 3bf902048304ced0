"""A Kafka broker in memory: logs with partitions, transactions that fence, offsets of groups.

It keeps what Kafka keeps and no more: the order within a partition, a log's offsets for ever,
of a compacted log the newest record of each key, a transaction as a whole or not at all, of two
owners of a transactional id only the newer, of a group's offsets those of its present generation.
Of orders it keeps what is not settled; to Kafka they are a week's.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Final, TypeAlias

from agents.engine.stage import Received, Send
from schemas.identity.ids import partition_of
from schemas.topics import CASES
from sim.memory.broker.virtual_time import Agenda

PARTITIONS: Final = 4
"""Of every topic: so few that each is busy, and enough for three owners to share unevenly."""

COMPACT_AT: Final = 2_048
"""Records that a log grows by before what is old goes, at the least."""

Place: TypeAlias = tuple[str, int]
"""A topic and a partition."""

_offset = attrgetter("offset")


class Fenced(Exception):
    """A newer owner has begun; what the older one writes is refused."""


@lru_cache(maxsize=65_536)
def place_of(key: bytes) -> int:
    """Return the partition of a key."""
    return partition_of(key, PARTITIONS)


@dataclass(slots=True)
class Log:
    """One partition of a topic.

    Attributes:
        records: what stands in it, by offset.
        end: the offset of what comes next.
    """

    records: list[Received] = field(default_factory=list)
    end: int = 0
    _kept: int = 0

    def since(self, offset: int) -> list[Received]:
        """Return what stands at an offset and behind it."""
        if len(self.records) == self.end:
            return self.records[offset:]
        return self.records[bisect_left(self.records, offset, key=_offset) :]

    def compact(self) -> None:
        """Keep the newest record of each key, once it has doubled."""
        if len(self.records) - self._kept < max(COMPACT_AT, self._kept):
            return
        newest = {record.key: record for record in self.records}
        self.records = sorted(newest.values(), key=_offset)
        self._kept = len(self.records)

    def forget(self, below: int) -> None:
        """Let go of what stands below an offset, once in a while."""
        if self.records and below - self.records[0].offset >= COMPACT_AT:
            del self.records[: bisect_left(self.records, below, key=_offset)]


@dataclass(slots=True)
class Broker:
    """All logs.

    Attributes:
        agenda: virtual time, which stamps records.
        passing: topics of which nobody reads again what was committed, so it goes.
        fenced: writes and offsets of owners that are no more, refused.
    """

    agenda: Agenda
    passing: AbstractSet[str] = frozenset()
    fenced: int = 0
    _logs: defaultdict[Place, Log] = field(default_factory=lambda: defaultdict(Log))
    _readers: defaultdict[str, list[Callable[[int], None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _epochs: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _open: dict[str, list[Send]] = field(default_factory=dict)
    _offsets: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def log(self, topic: str, partition: int) -> Log:
        """Return a partition of a topic."""
        return self._logs[topic, partition]

    def read(self, topic: str) -> list[Received]:
        """Return all that stands in a topic, partition by partition."""
        return [record for p in range(PARTITIONS) for record in self.log(topic, p).records]

    def follow(self, topic: str, told: Callable[[int], None]) -> None:
        """Tell a reader the partition of whatever is written to a topic."""
        self._readers[topic].append(told)

    def write(self, send: Send) -> None:
        """Append a record."""
        partition = place_of(send.key) if send.partition is None else send.partition
        log = self._logs[send.topic, partition]
        record = Received(
            send.topic, partition, log.end, self.agenda.now, send.key, send.value or b""
        )
        log.records.append(record)
        log.end += 1
        if send.topic == CASES.name:
            log.compact()
        for told in self._readers[send.topic]:
            told(partition)

    def begin(self, owner: str) -> int:
        """Take a transactional id and end what is open under it; return its epoch."""
        self._open.pop(owner, None)
        self._epochs[owner] += 1
        return self._epochs[owner]

    def put(self, owner: str, epoch: int, sends: Iterable[Send]) -> None:
        """Write in a transaction; nobody sees it yet.

        Raises:
            Fenced: somebody else has taken the id.
        """
        self._check(owner, epoch)
        self._open.setdefault(owner, []).extend(sends)

    def end(self, owner: str, epoch: int) -> None:
        """Commit a transaction.

        Raises:
            Fenced: somebody else has taken the id.
        """
        self._check(owner, epoch)
        for send in self._open.pop(owner, ()):
            self.write(send)

    def abort(self, owner: str) -> None:
        """Drop what is open under a transactional id."""
        self._open.pop(owner, None)

    def _check(self, owner: str, epoch: int) -> None:
        if self._epochs[owner] != epoch:
            self.fenced += 1
            raise Fenced

    def offsets(self, group: str, topics: Sequence[str], partition: int) -> dict[str, int]:
        """Return what a group has committed of a partition, by topic."""
        return {topic: self._offsets.get((group, topic, partition), 0) for topic in topics}

    def commit(self, group: str, partition: int, offsets: dict[str, int]) -> None:
        """Note how far a group has come; `sim.memory.broker.groups` refuses it of who left the
        group.
        """
        for topic, offset in offsets.items():
            self._offsets[group, topic, partition] = offset
            if topic in self.passing:
                self.log(topic, partition).forget(offset)
