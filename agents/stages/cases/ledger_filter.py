"""What lifecycle applies besides the ledger: who signed a decision, and what is set aside.

A record that is set aside before it is folded is passed over. Of one that was folded before it was
set aside, and of a damaged record of `cases.v1` itself, the URL is folded anew; see
`agents.stages.lifecycle.renewal`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from agents.config import Settings
from agents.edges.kafka.record_lookup import NoSuchRecord, record_at
from agents.engine.consume.poison_records import Aside, Guard, RecordStops
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, next_offsets
from agents.stages.cases.case_store import CaseStore, is_url_key
from schemas import topics
from schemas.moments import Instant
from schemas.records.case import position_key
from schemas.records.facts import Decision
from schemas.records.skips import Skip
from schemas.topics import OF_A_URL
from streams.lifecycle.events.event_union import Happened

Admits: TypeAlias = Callable[[Decision, Instant], bool]
"""Says whether a decision that was appended then takes effect."""

Write: TypeAlias = Callable[[Mapping[bytes, bytes | None]], Awaitable[None]]
"""Writes values of keys to `cases.v1`, with the position."""


class Misfiled(Exception):
    """A record of the ledger stands under another key than its URL's."""


class Skips(Aside, Protocol):
    """What is set aside, in the order in which it was."""

    read_to: int

    def since(self, number: int) -> Sequence[Skip]:
        """Return the skips that stand in `skips.v1` from an offset on."""
        ...

    def number(self, skip: Skip) -> int:
        """Return the offset at which a skip stands in `skips.v1`."""
        ...


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What lifecycle applies besides the ledger: skips, and who may sign.

    Without arguments it applies no skip and admits every decision.

    Attributes:
        guard: names records that stop the stage.
        aside: what is set aside.
        admits: which decisions take effect.
    """

    guard: Guard | None = None
    aside: Skips | None = None
    admits: Admits = lambda _, __: True

    def events(self, key: str, records: Sequence[Received]) -> list[Happened]:
        """Return a URL's records decoded, but for decisions that take no effect.

        Raises:
            Rejected: one is no such record.
            Misfiled: one is about another URL.
        """
        found: list[Happened] = []
        for record in records:
            event = OF_A_URL[record.topic].decode(record.value)
            if event.url_key != key:
                raise Misfiled
            if isinstance(event, Decision) and not self.admits(event, record.appended_at):
                continue
            found.append((event, record.appended_at))
        return found

    def is_aside(self, record: Received) -> bool:
        """Return whether a record is set aside."""
        return self.aside is not None and self.aside.holds(record)

    def skips_applied_to(self, table: CaseStore) -> int:
        """Return up to where in `skips.v1` a table heeds all that was folded with it in mind."""
        return table.skips if self.aside is None else self.aside.read_to

    def late_skips(self, table: CaseStore, partition: int) -> list[Skip]:
        """Return the skips of records that the table may hold: they came after those."""
        return [
            skip
            for skip in (self.aside.since(table.skips) if self.aside else ())
            if skip.partition == partition
            and (
                skip.topic == topics.CASES.name
                or (skip.topic in OF_A_URL and skip.offset < table.offsets.get(skip.topic, 0))
            )
        ]

    def skips_after(self, table: CaseStore, partition: int, passed: Sequence[Received] = ()) -> int:
        """Return up to where in `skips.v1` skips are applied, after records were passed over."""
        if self.aside is None:
            return table.skips
        offsets = {**table.offsets, **next_offsets(passed)}
        places = {(record.topic, record.offset) for record in passed}
        for skip in self.aside.since(table.skips):
            if skip.partition != partition or skip.topic not in (*OF_A_URL, topics.CASES.name):
                continue
            ahead = skip.topic in OF_A_URL and skip.offset >= offsets.get(skip.topic, 0)
            if not ahead and (skip.topic, skip.offset) not in places:
                return self.aside.number(skip)
        return self.aside.read_to

    async def late_keys(
        self, settings: Settings, table: CaseStore, partition: int
    ) -> frozenset[bytes]:
        """Return the keys of the URLs of which a table may hold a record that is set aside.

        Args:
            settings: names the broker.
            table: of the partition.
            partition: whose it is.
        """
        found: set[bytes] = set()
        for skip in self.late_skips(table, partition):
            try:
                record = await record_at(settings, skip.topic, skip.partition, skip.offset)
            except NoSuchRecord:
                continue
            if self.is_aside(record) and is_url_key(record.key):
                found.add(record.key)
        return frozenset(found)

    async def stops(self, settings: Settings, partition: int, key: bytes) -> RecordStops:
        """Name the record of `cases.v1` that holds a damaged state, and return what to raise."""
        offset = -1
        async for records in read_partitions(settings, topics.CASES.name, (partition,)):
            offset = max([offset, *(one.offset for one in records if one.key == key)])
        return RecordStops(topics.CASES.name, partition, offset)

    async def position_damaged(self, settings: Settings, partition: int) -> None:
        """Return if a partition's damaged position is set aside.

        Args:
            settings: names the broker.
            partition: whose position it is.

        Raises:
            RecordStops: it is not.
        """
        error = await self.stops(settings, partition, position_key(partition))
        if self.aside is None or error.offset not in self.aside.of(error.topic, partition):
            await self._met(error)
            raise error

    async def damaged(
        self, settings: Settings, where: tuple[CaseStore, str], tables: Mapping[int, CaseStore]
    ) -> None:
        """Name the record that holds a damaged state, unless its partition went meanwhile.

        Args:
            settings: names the broker.
            where: a table, and the key of a state in it.
            tables: by partition.

        Raises:
            RecordStops: it is held.
        """
        table, key = where
        for partition, held in tuple(tables.items()):
            if held is table:
                error = await self.stops(settings, partition, key.encode())
                await self._met(error)
                raise error

    async def _met(self, error: RecordStops) -> None:
        """Say that a record of `cases.v1` stops the stage, met elsewhere than in a list."""
        if self.guard is not None:
            await self.guard.met_at((error.topic, error.partition, error.offset), error)
