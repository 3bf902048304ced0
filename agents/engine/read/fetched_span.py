"""A span of a partition as it was fetched: which batches are to be seen, and their records."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

from agents.clock import Clock
from agents.engine.failures import UnreadableBatch
from agents.engine.read.batch_records import CheckedBatch, FaultyBatch, records_of
from agents.engine.read.record_batches import RecordBatches
from agents.engine.stage import Received, UnreadableInboxBatch
from agents.engine.state.store import Pair
from schemas.moments import Instant
from schemas.topics import HOTLINE, is_inbox

HEADERS_MAX: Final = 16
"""Of a record; one with more comes without any. A file that is handed in writes two."""

KEPT_MS: Final = HOTLINE.retention_ms
"""No record of an inbox is older; a damaged head may say anything."""

_LOG_APPEND_TIME: Final = 1  # timestamp type of a batch: the broker's, one for all its records


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSpan:
    """A span of a partition as it was fetched: whole batches, not yet taken apart.

    Attributes:
        topic: its full name.
        partition: of which partition.
        start: the position it was fetched at.
        position: the position behind it.
        batches: markers and aborted ones left out.
    """

    topic: str
    partition: int
    start: int
    position: int
    batches: Sequence[CheckedBatch | FaultyBatch]

    def records(self) -> Iterator[list[Any]]:
        """Give the records of each batch as aiokafka has them.

        Raises:
            UnreadableBatch: one cannot be read.
        """
        for batch in self.batches:
            found = batch if isinstance(batch, FaultyBatch) else records_of(batch)
            if isinstance(found, FaultyBatch):
                raise UnreadableBatch(self.topic, self.partition, found.first)
            yield found

    def received(self, topic: str, clock: Clock) -> list[Received]:
        """Return the records as stages get them.

        Args:
            topic: theirs, without the run's prefix.
            clock: turns append times into world time.

        Raises:
            UnreadableBatch: a batch of a topic that is no inbox cannot be read.
        """
        found: list[Received] = []
        for batch in self.batches:
            found += received(batch, topic, self.partition, clock)
        return found

    def readable(self, topic: str, clock: Clock) -> tuple[list[Received], list[int]]:
        """Return the records of the batches that can be read, and the first offsets of the others.

        Args:
            topic: theirs, without the run's prefix.
            clock: turns append times into world time.
        """
        found: list[Received] = []
        passed: list[int] = []
        for batch in self.batches:
            try:
                found += received(batch, topic, self.partition, clock)
            except UnreadableBatch as unreadable:
                passed.append(unreadable.offset)
        return found, passed

    def pairs(self) -> list[Pair]:
        """Return the keys and values of all records.

        Raises:
            UnreadableBatch: a batch cannot be read.
        """
        return [(r.key or b"", r.value) for records in self.records() for r in records]


def received(
    batch: CheckedBatch | FaultyBatch, topic: str, partition: int, clock: Clock
) -> list[Received]:
    """Return the records of a batch as stages get them; of an unreadable one of an inbox one.

    aiokafka's consumer makes two objects of each, the greater one of twelve fields, in three calls
    of Python; it took twice as long.

    Args:
        batch: what was fetched.
        topic: its topic, without the run's prefix.
        partition: its partition.
        clock: turns append times into world time.

    Raises:
        UnreadableBatch: it cannot be read, and its topic is no inbox: what we wrote was damaged.
    """
    found = batch if isinstance(batch, FaultyBatch) else records_of(batch)
    if isinstance(found, FaultyBatch):
        if not is_inbox(topic):
            raise UnreadableBatch(topic, partition, found.first)
        return [
            UnreadableInboxBatch(
                topic=topic,
                partition=partition,
                offset=found.first,
                appended_at=_believed(found.time_ms, clock),
                key=b"",
                value=b"",
                last_offset=found.last,
                fault=found.fault,
                digest=found.digest,
            )
        ]
    return [
        Received(
            topic,
            partition,
            record.offset,
            at,
            record.key or b"",
            record.value,
            tuple(headers) if (headers := record.headers) and len(headers) <= HEADERS_MAX else (),
        )
        for record, at in zip(found, _times(batch, found, clock), strict=False)
    ]


def _believed(time_ms: int | None, clock: Clock) -> Instant:
    """Return the append time of an unreadable batch: what its head says, if that can be."""
    now = clock.now()
    said = now if time_ms is None else clock.world(time_ms)
    return said if now - KEPT_MS <= said <= now else now


def _times(whole: Any, records: Sequence[Any], clock: Clock) -> Iterable[Instant]:
    """Return when each record of a batch was appended, in world time; may go on for ever."""
    if whole.batch.timestamp_type == _LOG_APPEND_TIME:
        return repeat(clock.world(whole.batch.max_timestamp))
    return [clock.world(record.timestamp) for record in records]


def skipped(topic: str, partition: int, start: int, position: int) -> FetchedSpan:
    """Return a span without a record: the log holds none between the two positions."""
    return FetchedSpan(topic=topic, partition=partition, start=start, position=position, batches=())


def span_of(
    place: tuple[str, int],
    offsets: tuple[int, int],
    raw: bytes,
    aborted: Sequence[Any],
    *,
    gaps: bool = False,
) -> FetchedSpan:
    """Read the heads of the batches: where they end, and which are not to be seen.

    Args:
        place: full name of the topic, and partition.
        offsets: the position it was fetched at, and the partition's end.
        raw: what the broker sent.
        aborted: aborted transactions, as pairs of producer and first offset.
        gaps: offsets may be missing: the topic is compacted.
    """
    (topic, partition), (start, end) = place, offsets
    position, batches = start, []
    for behind, batch in RecordBatches(raw).visible(start, end, aborted, gaps=gaps):
        position = behind
        if batch is not None:
            batches.append(batch)
    return FetchedSpan(
        topic=topic, partition=partition, start=start, position=position, batches=batches
    )
