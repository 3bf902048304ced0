"""Proves that records stood in the ledger: by their leaves, their hours and the newest root."""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias

from agents.config import Settings
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.roots.hours import PartitionSlice, Stretch, hash_of, leaves_of_hour
from schemas.chain.hour_log import leaves_of
from schemas.chain.merkle import Tree
from schemas.dossier.dossier import QuotedHour, QuotedRecord
from schemas.moments import Instant, rfc3339
from schemas.records.custody import Extent, LedgerRoot

Spans: TypeAlias = Mapping[PartitionSlice, Sequence[tuple[Extent, Instant]]]
"""What the roots cover of each partition, in order, each stretch with its hour."""


@dataclass(slots=True)
class _Stretch(Stretch):
    """The records of one extent, with their offsets."""

    offsets: "array[int]" = field(default_factory=lambda: array("q"))


def spans_of(roots: Iterable[LedgerRoot]) -> Spans:
    """Return what roots cover, by partition."""
    found: dict[PartitionSlice, list[tuple[Extent, Instant]]] = defaultdict(list)
    for root in roots:
        for extent in root.extents:
            found[extent.topic, extent.partition].append((extent, root.hour_at))
    return found


def hour_of(spans: Spans, record: Received) -> Instant:
    """Return the hour whose root covers a record."""
    mine = spans[record.topic, record.partition]
    at = bisect_right(mine, record.offset, key=lambda one: one[0].begin) - 1
    return mine[at][1]


async def proved(
    settings: Settings, roots: Sequence[LedgerRoot], records: Collection[Received]
) -> tuple[tuple[QuotedRecord, ...], tuple[QuotedHour, ...]]:
    """Return records with the proofs that their hours have them, and those hours.

    Args:
        settings: name the broker.
        roots: all of the ledger, in order.
        records: covered by them.

    Raises:
        UserError: the ledger is not what a root says of it.
        KafkaError, TimeoutError: the broker does not answer.
    """
    spans = spans_of(roots)
    by_hour: dict[Instant, list[Received]] = defaultdict(list)
    for record in records:
        by_hour[hour_of(spans, record)].append(record)
    stretches = await _stretches(settings, spans, by_hour.keys())
    found: list[QuotedRecord] = []
    for root in roots:
        if root.hour_at in by_hour:
            found += _of_hour(root, stretches, by_hour[root.hour_at])
    found.sort(key=lambda one: (one.topic, one.partition, one.offset))
    return tuple(found), _hours(roots, by_hour.keys())


async def _stretches(
    settings: Settings, spans: Spans, hours: Collection[Instant]
) -> dict[tuple[PartitionSlice, int], _Stretch]:
    """Read all that was taken in during some hours, by partition and beginning."""
    found: dict[tuple[PartitionSlice, int], _Stretch] = {}
    for (topic, partition), all_of_it in spans.items():
        mine = [extent for extent, hour_at in all_of_it if hour_at in hours]
        if not mine:
            continue
        for one in mine:
            found[(topic, partition), one.begin] = _Stretch(one.begin, one.end)
        begins, end = [one.begin for one in mine], mine[-1].end
        since = {partition: mine[0].begin}
        async with aclosing(read_partitions(settings, topic, (partition,), since=since)) as lists:
            async for read in lists:
                for record in read:
                    at = bisect_right(begins, record.offset) - 1
                    if at >= 0 and record.offset < mine[at].end:
                        stretch = found[(topic, partition), begins[at]]
                        stretch.offsets.append(record.offset)
                        stretch.hashes += hash_of(record)
                if read and read[-1].offset >= end:
                    break
    return found


def _of_hour(
    root: LedgerRoot,
    stretches: Mapping[tuple[PartitionSlice, int], _Stretch],
    records: Sequence[Received],
) -> Iterable[QuotedRecord]:
    mine = {
        (one.topic, one.partition): stretches[(one.topic, one.partition), one.begin]
        for one in root.extents
    }
    begins, leaves = dict[PartitionSlice, int](), 0
    for part in sorted(mine):
        begins[part] = leaves
        leaves += len(mine[part].offsets)
    tree = Tree(leaves_of_hour(mine))
    if leaves != root.size or tree.root.hex() != root.root:
        raise UserError(
            f"the ledger is not what its root of {rfc3339(root.hour_at)} says: a record of that"
            " hour was changed, or is gone. Keep everything as it is, and compare with a backup"
        )
    for record in records:
        part = record.topic, record.partition
        index = begins[part] + bisect_left(mine[part].offsets, record.offset)
        yield QuotedRecord(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            at=record.appended_at,
            key=record.key.decode(),
            value=(record.value or b"").decode(),
            hour_at=root.hour_at,
            index=index,
            path=tuple(one.hex() for one in tree.inclusion_path(index)),
        )


def _hours(roots: Sequence[LedgerRoot], hours: Collection[Instant]) -> tuple[QuotedHour, ...]:
    """Return the roots of some hours, each with the proof that the newest log has it."""
    log = Tree(leaves_of(roots))
    return tuple(
        QuotedHour(
            root=root,
            path=tuple(one.hex() for one in log.inclusion_path(number)),
            consistency=tuple(one.hex() for one in log.consistency_path(root.log_size)),
        )
        for number, root in enumerate(roots)
        if root.hour_at in hours
    )
