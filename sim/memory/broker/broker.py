"""A Kafka broker in memory: logs with partitions, transactions that fence, offsets of groups.

It keeps what Kafka keeps, as `tests/sim/memory/broker/test_client.py` asks of both: the order
within a partition; offsets for ever, with gaps where a transaction's marker stands or what was
taken back; append times that never go back; a transaction as a whole or not at all, and nobody
reads beyond one that is open; of two owners of a transactional id only the newer; of a compacted
log the newest record of each key. Of orders it keeps what is not settled; Kafka keeps
them for a week.
"""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Final, TypeAlias

from agents.engine.stage import Received, Send
from schemas.identity.ids import partition_of
from schemas.moments import Instant
from schemas.topics import is_compacted

PARTITIONS: Final = 4
"""Of every topic: so few that each is busy, and enough for three owners to share unevenly."""

COMPACT_AT: Final = 2_048
"""Records that a log grows by before what is old goes, at the least."""

LogPartition: TypeAlias = tuple[str, int]
"""A topic and a partition."""

_offset = attrgetter("offset")


class Fenced(Exception):
    """A newer owner has begun; what the older one writes is refused."""


@lru_cache(maxsize=65_536)
def partition_of_key(key: bytes) -> int:
    """Return the partition of a key."""
    return partition_of(key, PARTITIONS)


@dataclass(slots=True)
class Log:
    """One partition of a topic.

    Attributes:
        end: the offset of what comes next.
        begin: the offset below which everything went.
    """

    end: int = 0
    begin: int = 0
    _records: list[Received] = field(default_factory=list)
    _open: dict[str, list[int]] = field(default_factory=dict)
    _kept: int = 0

    @property
    def stable(self) -> int:
        """Return the offset up to which it may be read: nothing there is in an open transaction."""
        if not self._open:
            return self.end
        return min(offsets[0] for offsets in self._open.values())

    @property
    def records(self) -> Sequence[Received]:
        """Return what may be read, by offset."""
        return self.since(0)

    def since(self, offset: int) -> Sequence[Received]:
        """Return what may be read at an offset and behind it."""
        records, until = self._records, self.stable
        first = bisect_left(records, offset, key=_offset)
        if until == self.end:
            return records[first:] if first else records[:]
        return records[first : bisect_left(records, until, key=_offset)]

    def append(self, record: Received, owner: str | None = None) -> None:
        """Take a record in, of a transaction where there is an owner."""
        self._records.append(record)
        self.end += 1
        if owner is not None:
            self._open.setdefault(owner, []).append(record.offset)

    def close(self, owner: str, *, kept: bool) -> None:
        """End an owner's transaction with its marker, and take back what is not to be kept."""
        offsets = self._open.pop(owner, ())
        if not offsets:
            return
        self.end += 1
        if not kept:
            gone = set(offsets)
            self._records = [one for one in self._records if one.offset not in gone]

    def compact(self) -> None:
        """Keep the newest record of each key, once it has doubled."""
        if self._open or len(self._records) - self._kept < max(COMPACT_AT, self._kept):
            return
        newest = {record.key: record for record in self._records}
        self._records = sorted(newest.values(), key=_offset)
        self._kept = len(self._records)

    def forget(self, below: int) -> None:
        """Let go of what stands below an offset, once in a while."""
        if self._records and below - self._records[0].offset >= COMPACT_AT:
            del self._records[: bisect_left(self._records, below, key=_offset)]
            self.begin = max(self.begin, below)


@dataclass(slots=True)
class Broker:
    """All logs.

    Attributes:
        clock: returns the present instant, which stamps records.
        passing: topics of which nobody reads again what was committed, so it goes.
        closed: topics to which nothing is written any more.
        fenced: writes and offsets of owners that are no more, refused.
    """

    clock: Callable[[], Instant]
    passing: AbstractSet[str] = frozenset()
    closed: AbstractSet[str] = frozenset()
    fenced: int = 0
    _newest_at: Instant = 0
    _logs: defaultdict[LogPartition, Log] = field(default_factory=lambda: defaultdict(Log))
    _readers: defaultdict[str, list[Callable[[int], None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _waiting: defaultdict[str, list[asyncio.Future[None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _epochs: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _open: defaultdict[str, dict[LogPartition, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _offsets: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def log(self, topic: str, partition: int) -> Log:
        """Return a partition of a topic."""
        return self._logs[topic, partition]

    def read(self, topic: str) -> list[Received]:
        """Return all that may be read of a topic, partition by partition."""
        return [record for p in range(PARTITIONS) for record in self.log(topic, p).records]

    def follow(self, topic: str, on_readable: Callable[[int], None]) -> None:
        """Call `on_readable` with the partition of whatever can be read anew of a topic."""
        self._readers[topic].append(on_readable)

    def write(self, send: Send) -> None:
        """Append a record."""
        self._tell([self._append(send)])

    def begin(self, owner: str) -> int:
        """Take a transactional id and end what is open under it; return its epoch."""
        self._epochs[owner] += 1
        self._close(owner, kept=False)
        return self._epochs[owner]

    def put(self, owner: str, epoch: int, sends: Iterable[Send]) -> dict[str, int]:
        """Write in a transaction; nobody sees it yet.

        Returns:
            The offset of the first record, by topic.

        Raises:
            Fenced: somebody else has taken the id.
        """
        self.check(owner, epoch)
        firsts: dict[str, int] = {}
        for send in sends:
            place = self._append(send, owner)
            self._open[owner][place] = None
            firsts.setdefault(send.topic, self._logs[place].end - 1)
        return firsts

    def end(self, owner: str, epoch: int) -> None:
        """Commit a transaction.

        Raises:
            Fenced: somebody else has taken the id.
        """
        self.check(owner, epoch)
        self._close(owner, kept=True)

    def abort(self, owner: str) -> None:
        """Take back what is open under a transactional id."""
        self._close(owner, kept=False)

    def check(self, owner: str, epoch: int) -> None:
        """Refuse an owner whose transactional id somebody else has taken.

        Raises:
            Fenced: so it is.
        """
        if self._epochs[owner] != epoch:
            self.fenced += 1
            raise Fenced

    def offsets(self, group: str, topics: Sequence[str], partition: int) -> dict[str, int]:
        """Return what a group has committed of a partition, by topic."""
        return {topic: self._offsets.get((group, topic, partition), 0) for topic in topics}

    def commit(self, group: str, partition: int, offsets: dict[str, int]) -> None:
        """Note how far a group has come; its `ConsumerGroup` refuses that of who left."""
        for topic, offset in offsets.items():
            self._offsets[group, topic, partition] = offset
            if topic in self.passing:
                self.log(topic, partition).forget(offset)

    async def news(self, topic: str, timeout_s: float) -> None:
        """Wait until something can be read anew of a topic, at most so long."""
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        self._waiting[topic].append(waiting)
        timer = loop.call_later(timeout_s, _wake, waiting)
        await waiting
        timer.cancel()

    def _append(self, send: Send, owner: str | None = None) -> LogPartition:
        partition = partition_of_key(send.key) if send.partition is None else send.partition
        place = send.topic, partition
        if send.topic in self.closed:
            return place
        log = self._logs[place]
        self._newest_at = max(self._newest_at, self.clock())
        record = Received(
            send.topic, partition, log.end, self._newest_at, send.key, send.value, send.headers
        )
        log.append(record, owner)
        return place

    def _close(self, owner: str, *, kept: bool) -> None:
        places = self._open.pop(owner, {})
        for topic, partition in places:
            log = self._logs[topic, partition]
            log.close(owner, kept=kept)
            if is_compacted(topic):
                log.compact()
        self._tell(places)

    def _tell(self, places: Collection[LogPartition]) -> None:
        if not places:
            return
        for topic, partition in places:
            for on_readable in self._readers[topic]:
                on_readable(partition)
            if topic in self._waiting:
                for future in self._waiting.pop(topic):
                    _wake(future)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
