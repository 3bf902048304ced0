"""What becomes of a record of `feedback.v1` that cannot be read: it is named, and made anew.

The table is what the stage wrote itself, so a damaged record comes of a disk or of a stranger.
Once two persons set it aside, its URL is folded anew from the accepted records and the states, up
to where the stage has read. What was told of that URL is not known then: the present is told once
more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agents.config import Settings
from agents.edges.kafka.record_lookup import NoSuchRecord, record_at
from agents.engine.consume.poison_records import Guard, RecordStops
from agents.engine.read.brokers import ends_of
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.engine.state.store import Store
from agents.stages.feedback.table import FeedbackTable, TableDamaged
from schemas.topics import CASES, FEEDBACK_TABLE

_NAME: Final = FEEDBACK_TABLE.name


@dataclass(frozen=True, slots=True)
class Repair:
    """Leaves what is set aside out of the table of feedback, and names records that cannot be read.

    Attributes:
        settings: broker and prefix.
        guard: of the role; None = nothing is set aside.
    """

    settings: Settings
    guard: Guard | None = None

    async def case_ends(self, partitions: Collection[int]) -> dict[int, int]:
        """Return where partitions of `cases.v1` end.

        Raises:
            KafkaError, TimeoutError: the broker did not say.
        """
        async with ends_of(self.settings, (CASES.name,)) as ends:
            found = await ends.of(partitions)
        return {partition: found[partition][CASES.name] for partition in partitions}

    def may_hold(self, partition: int) -> bool:
        """Say whether anything of a partition is set aside."""
        return self.guard is not None and bool(self.guard.aside.of(_NAME, partition))

    async def resume(self, partition: int, table: FeedbackTable) -> frozenset[bytes]:
        """Take up a table without what is set aside of it, and return the keys of that.

        Raises:
            RecordStops: a value cannot be read, and is not set aside.
        """
        keys = await self._keys(partition, table.store)
        try:
            table.resume(partition, keys)
        except TableDamaged as damaged:
            error = await self.stops(partition, damaged.key)
            if self.guard is not None:
                await self.guard.met_at((error.topic, error.partition, error.offset), error)
            raise error from None
        return keys

    async def _keys(self, partition: int, store: Store) -> frozenset[bytes]:
        """Return the keys whose value in a store is set aside; a newer value is not."""
        if self.guard is None:
            return frozenset()
        found = set()
        for offset in self.guard.aside.of(_NAME, partition):
            try:
                record = await record_at(self.settings, _NAME, partition, offset)
            except NoSuchRecord:  # compacted away, so that nobody holds it
                continue
            held = store.get(record.key)
            if held is not None and held == record.value and self.guard.aside.holds(record):
                found.add(record.key)
        return frozenset(found)

    async def records(
        self,
        partition: int,
        keys: Collection[bytes],
        offsets: Mapping[str, int],
    ) -> Sequence[Received]:
        """Return what a partition of the stage's topics holds of some URLs.

        Args:
            partition: which.
            keys: of the URLs.
            offsets: up to where each topic was read.
        """
        found: list[Received] = []
        for topic, end in offsets.items():
            async for records in read_partitions(self.settings, topic, (partition,)):
                found += [
                    record
                    for record in records
                    if record.key in keys and record.offset < end and not self._is_aside(record)
                ]
        return found

    def _is_aside(self, record: Received) -> bool:
        return self.guard is not None and self.guard.aside.holds(record)

    async def stops(self, partition: int, key: bytes) -> RecordStops:
        """Find the record that holds a damaged value, and return what to raise."""
        offset = -1
        async for records in read_partitions(self.settings, _NAME, (partition,)):
            offset = max([offset, *(one.offset for one in records if one.key == key)])
        return RecordStops(_NAME, partition, offset)
