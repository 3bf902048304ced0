"""Reads in bulk what is compared: the table, the ledger, outcomes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from agents.config import Settings
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from agents.tools.verification.broker import opened
from agents.tools.verification.signed import Signed, read_signed
from schemas.codec import POSITION, STATE, Rejected
from schemas.records.case import POSITION_KEY, Position, UrlState
from schemas.topics import CASES, LEDGER, REPORTS
from verify.compared.compare import key_of
from verify.ledger.records import LedgerRecord

UNREADABLE: Final = "a state in cases.v1 cannot be read; `hostwatch verify` names it"


class LedgerTables(NamedTuple):
    """The partitions of the ledger and its table, and what two persons signed of it."""

    partitions: range
    signed: Signed


async def tables(settings: Settings) -> LedgerTables:
    """Return where the tables of cases are.

    Args:
        settings: with `kafka.bootstrap` set.

    Raises:
        UserError: the broker has none.
        KafkaError, TimeoutError: the broker failed.
    """
    async with opened(settings) as broker:
        topics = await broker.topics()
    if not {CASES.name, REPORTS.name} <= topics.keys():
        raise UserError("the broker has no cases: check kafka.bootstrap and kafka.topic_prefix")
    return LedgerTables(range(topics[CASES.name]), await read_signed(settings, topics))


def state_of(value: bytes) -> UrlState:
    """Return a state of the table.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return STATE.decode(value)
    except Rejected:
        raise UserError(UNREADABLE) from None


@dataclass(slots=True)
class PartitionTable:
    """The newest state of every URL of a partition, and the ledger position they stand at.

    Attributes:
        states: by URL.
        offsets: where each of them stands.
        position: up to where they hold the ledger.
    """

    states: dict[str, bytes] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    position: Position | None = None


async def table(settings: Settings, partition: int, signed: Signed) -> PartitionTable:
    """Return a partition of `cases.v1` as it stands there.

    States and the position they hold the ledger to are written in one transaction, so what is
    read up to any committed end is whole.
    """
    found = PartitionTable()
    async for records in read_partitions(settings, CASES.name, (partition,)):
        for record in filter(signed.passes, records):
            if record.key.startswith(POSITION_KEY):
                found.position = POSITION.decode(record.value) if record.value else None
            elif record.value:
                found.states[key_of(record.key)] = record.value
                found.offsets[key_of(record.key)] = record.offset
            else:
                found.states.pop(key_of(record.key), None)
    return found


@dataclass(slots=True)
class PartitionRecords:
    """A partition of all ledger topics.

    Attributes:
        by_url: what counts, by URL.
        aside: values of what is set aside of `reports.v1`; intake may have written it all the same.
    """

    by_url: dict[str, list[LedgerRecord]] = field(default_factory=lambda: defaultdict(list))
    aside: list[bytes] = field(default_factory=list)


async def ledger(settings: Settings, partition: int, signed: Signed) -> PartitionRecords:
    """Return the records of a partition of all ledger topics."""
    found = PartitionRecords()
    await asyncio.gather(
        *(_collect(settings, (spec.name, partition), found, signed) for spec in LEDGER)
    )
    return found


async def _collect(
    settings: Settings, place: tuple[str, int], found: PartitionRecords, signed: Signed
) -> None:
    topic, partition = place
    async for records in read_partitions(settings, topic, (partition,)):
        for record in records:
            key, value = key_of(record.key), record.value or b""
            if signed.passes(record):
                written = LedgerRecord(topic, record.offset, record.appended_at, value)
                found.by_url[key].append(written)
            elif topic == REPORTS.name:
                found.aside.append(value)


async def values(
    settings: Settings, topic: str, partitions: Collection[int], signed: Signed
) -> AsyncIterator[list[bytes]]:
    """Yield the values of a topic's records, a list at a time."""
    async for records in read_partitions(settings, topic, partitions):
        yield [record.value or b"" for record in filter(signed.passes, records)]
