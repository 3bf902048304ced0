"""Reads what the ledger took in since the last root, and sorts it into hours."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias

from agents.config import Settings
from agents.engine.read.bulk import read_decoded, read_partitions
from agents.engine.read.end_offsets import Ends
from agents.engine.stage import Received
from schemas.chain.hour_log import CoveredEnds
from schemas.chain.leaf import COVERED, TopicPosition, record_leaf
from schemas.chain.merkle import HASH_BYTES, leaf_hash
from schemas.codec import ROOT
from schemas.moments import HOUR_MS, Instant
from schemas.records.custody import LedgerRoot
from schemas.topics import ROOTS, TopicSpec

PartitionSlice: TypeAlias = tuple[str, int]
"""A partition of a topic."""


@dataclass(slots=True)
class Stretch:
    """The records of one partition in one hour.

    Attributes:
        begin, end: from which offset, and up to before which.
        hashes: of its leaves, one behind the other.
    """

    begin: int
    end: int
    hashes: bytearray = field(default_factory=bytearray)

    @property
    def leaves(self) -> list[bytes]:
        """Return the hashes of its leaves, in order."""
        whole = bytes(self.hashes)
        return [whole[n : n + HASH_BYTES] for n in range(0, len(whole), HASH_BYTES)]


StretchesByHour: TypeAlias = dict[Instant, dict[PartitionSlice, Stretch]]
"""By the beginning of the hour, and by partition; an hour without a record is missing."""


def hash_of(record: Received) -> bytes:
    """Return the hash of a record's leaf."""
    place = TopicPosition(record.topic, record.partition, record.offset)
    return leaf_hash(record_leaf(place, record.appended_at, record.key, record.value))


def partitions_of(settings: Settings, spec: TopicSpec) -> range:
    """Return the partitions of a topic."""
    return range(1 if spec.single else settings.kafka.partitions)


async def read_roots(settings: Settings) -> list[LedgerRoot]:
    """Return the signed roots, in the order in which they were written.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    return [root async for root, _ in read_decoded(settings, ROOTS.name, (0,), ROOT)]


async def read_hours(
    settings: Settings, covered: CoveredEnds, since: Instant, to: Instant
) -> StretchesByHour:
    """Return what the ledger took in behind what is covered, up to before an instant.

    A record belongs to the hour in which the broker took it. Transactions show some only later, and
    a broker's clock may go back: such a record belongs to the hour of those before it, and none to
    an hour before `since`. A topic is read no further than to where all its partitions are past
    `to`.

    Args:
        settings: name the broker.
        covered: where the roots that are there end.
        since: the beginning of the first hour without a root.
        to: the end of the last hour that is wanted, which is over.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
        UnreadableBatch, LogShrunk: a topic is damaged.
    """
    found: StretchesByHour = defaultdict(dict)
    for spec in COVERED:
        parts = await _grown(settings, spec, covered)
        latest: dict[int, Instant] = dict.fromkeys(parts, since)
        begin = dict(parts)
        async with aclosing(read_partitions(settings, spec.name, list(parts), since=begin)) as read:
            async for records in read:
                for record in records:
                    at = latest[record.partition] = max(
                        latest[record.partition], record.appended_at
                    )
                    if at < to:
                        _take(found[at // HOUR_MS * HOUR_MS], record, parts)
                if min(latest.values()) >= to:
                    break
    return found


async def first_hour(settings: Settings) -> Instant | None:
    """Return the beginning of the hour in which the ledger took its first record; None = never.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
        UnreadableBatch, LogShrunk: a topic is damaged.
    """
    found: list[Instant] = []
    for spec in COVERED:
        parts = await _grown(settings, spec, {})
        first: dict[int, Instant] = {}
        async with aclosing(read_partitions(settings, spec.name, list(parts))) as read:
            async for records in read:
                for record in records:
                    first.setdefault(record.partition, record.appended_at)
                if first.keys() == parts.keys():
                    break
        found += first.values()
    return min(found) // HOUR_MS * HOUR_MS if found else None


async def _grown(settings: Settings, spec: TopicSpec, covered: CoveredEnds) -> dict[int, int]:
    """Return where to read on, of the partitions that have more than what is covered."""
    parts = partitions_of(settings, spec)
    async with Ends(settings, [spec.name]) as ends:
        now = await ends.of(parts)
    begin = {part: covered.get((spec.name, part), 0) for part in parts}
    return {part: at for part, at in begin.items() if now[part][spec.name] > at}


def _take(hour: dict[PartitionSlice, Stretch], record: Received, parts: dict[int, int]) -> None:
    """Add a record to its hour; it begins where the partition's hour before ended."""
    part = (record.topic, record.partition)
    stretch = hour.get(part)
    if stretch is None:
        stretch = hour[part] = Stretch(parts[record.partition], record.next_offset)
    stretch.end = parts[record.partition] = record.next_offset
    stretch.hashes += hash_of(record)


def leaves_of_hour(stretches: Mapping[PartitionSlice, Stretch]) -> list[bytes]:
    """Return the hashes of an hour's leaves: by topic, partition and offset."""
    return [leaf for part in sorted(stretches) for leaf in stretches[part].leaves]
