"""The feedback stage: tells each hotline what became of its own records, and when that changes.

It reads the accepted records (`reports.v1`) and the states that lifecycle makes of them
(`cases.v1`). One transaction writes what hotlines are told, what was told (`feedback.v1`) and the
offsets, so each change is told once. What time alone changes (a case that becomes dark) is told
when a position of lifecycle says that the instant has come: the broker's time decides.
What intake did not accept never comes here; intake tells it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone, NotSealed
from agents.engine.consume.poison_records import Guard
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.ownership import OWNERSHIP
from agents.engine.produce.transactions import Transactions
from agents.engine.read.recovery import opened, recover
from agents.engine.slices import Slices
from agents.engine.stage import OnLost, OnReady, Received, Send, Writer, next_offsets
from agents.engine.state.store import MemoryStores, Stores
from agents.engine.state.stores import stores_for
from agents.stages.feedback.repair import Repair
from agents.stages.feedback.table import FeedbackTable, TableDamaged
from schemas import topics
from schemas.closed_lists import Result
from schemas.codec import FEEDBACK_TABLE, HOTLINE_OUT, POSITION, REPORTS_ENTRY, STATE
from schemas.moments import Instant, moment
from schemas.records.case import POSITION_KEY
from schemas.records.feedback import Feedback, FollowedUrl
from schemas.records.hotline import RecordId
from schemas.records.reports import ReportsEntry
from schemas.seal_context import hotline_ids
from streams.feedback.followed_cases import followed_cases
from streams.feedback.followed_url import RECORDS_MAX, FeedbackChange, told, with_entries
from streams.feedback.record_ids import repeatable

ROLE: Final = "feedback"


class ChangeResult(StrEnum):
    """What became of a change that a hotline is to be told."""

    WRITTEN = "written"
    UNOPENED = "unopened"  # the month's key was destroyed, and the hotline's id with it
    WITHHELD = "withheld"  # the id looks like an address, which no topic repeats


class _Ids(msgspec.Struct):
    id: str


_IDS: Final = msgspec.json.Decoder(_Ids)


class FeedbackStage:
    """The stage.

    Attributes:
        results: changes that were told since the start, by what became of them.

    Args:
        settings: broker and partitions.
        keyring: opens the hotlines' ids.
        writer: where all goes, with the offsets it holds for.
        stores: where the tables are kept; whoever hands them in closes them. None = in memory.
        guard: names records that stop the stage, and knows what is set aside; None = nothing is.
    """

    role = ROLE
    topics: Sequence[str] = (topics.REPORTS.name, topics.CASES.name)
    pooled = False
    concurrency = 1

    def __init__(
        self,
        settings: Settings,
        keyring: Keyring,
        writer: Writer,
        *,
        stores: Stores | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.results: Counter[ChangeResult] = Counter()
        self._settings = settings
        self._keyring = keyring
        self._writer = writer
        self._stores: Stores = stores or MemoryStores()
        self._tables: dict[int, FeedbackTable] = {}
        self._repair = Repair(settings, guard)

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Own partitions and load their tables."""
        await self.recover(partitions, lambda *_: None, lambda _: None)

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Fence the partitions' earlier owners and load the tables.

        Raises:
            RecordStops: a record of a table cannot be read, and is not set aside.
        """
        del lost  # nothing is written but in `handle`
        await self._writer.open(partitions)
        ends = await self._repair.case_ends(partitions)
        stores = await opened(self._stores, partitions)
        tables = {p: FeedbackTable(store, cases_end=ends[p]) for p, store in stores.items()}
        damaged: list[int] = []

        def begin(partition: int) -> None:
            if self._repair.may_hold(partition):
                damaged.append(partition)
                return
            try:
                tables[partition].resume(partition)
            except TableDamaged:
                damaged.append(partition)
                return
            self._tables[partition] = tables.pop(partition)
            ready(partition, self._tables[partition].offsets)

        try:
            left = partial(OWNERSHIP.loading, self.role)
            await recover(self._settings, topics.FEEDBACK_TABLE.name, stores, begin, left)
            for partition in damaged:
                await self._repaired(partition, tables)
                ready(partition, self._tables[partition].offsets)
        finally:
            for table in tables.values():  # of partitions that went before they were ready
                table.close()

    async def _repaired(self, partition: int, tables: dict[int, FeedbackTable]) -> None:
        """Take up a table without what is set aside of it, and fold that anew."""
        keys = await self._repair.resume(partition, tables[partition])
        table = self._tables[partition] = tables.pop(partition)
        if keys:
            records = await self._repair.records(partition, keys, table.offsets)
            await self._tell(partition, records, {})

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop the partitions whole."""
        for partition in partitions:
            if (table := self._tables.pop(partition, None)) is not None:
                table.close()
        await self._writer.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Tell what is new in a list of records; all of it is committed before it returns."""
        await self._tell(records[0].partition, records, next_offsets(records))

    async def _tell(
        self, partition: int, records: Sequence[Received], offsets: Mapping[str, int]
    ) -> None:
        """Tell what is new in records, and commit up to where they were read."""
        self._writer.begin(partition, (topics.FEEDBACK_TABLE.name,))
        work = _Work(self._tables[partition])
        slices = Slices()
        for record in records:
            work.take(record)
            await slices.pause()
        pairs: dict[bytes, bytes | None] = {}
        sends: list[Send] = []
        results: Counter[ChangeResult] = Counter()
        try:
            for key, url, as_of in work.urls():
                after = url
                for entries in work.entries(key):
                    after, changes = told(with_entries(after, entries), as_of)
                    for one in changes:
                        result, send = await self._send(url, one, as_of)
                        results[result] += 1
                        sends += send
                    await slices.pause()
                pairs[key] = FEEDBACK_TABLE.encode(after) if after.records or after.cases else None
        except TableDamaged as damaged:
            raise await self._repair.stops(partition, damaged.key) from None
        fault_point(FaultPoint.FOLDED)
        await self._write(partition, pairs, sends, offsets, work.as_of)
        self.results.update(results)

    async def set_aside(self, records: Sequence[Received]) -> None:
        """Pass over records: the position moves over them."""
        partition = records[0].partition
        as_of = self._tables[partition].as_of
        await self._write(partition, {}, [], next_offsets(records), as_of)

    async def _send(
        self, url: FollowedUrl, change: FeedbackChange, as_of: Instant
    ) -> tuple[ChangeResult, Sequence[Send]]:
        id = await self._id(url, change)
        if isinstance(id, ChangeResult):
            return id, ()
        said = Feedback(id=id, result=Result.ACCEPTED, cases=change.cases, as_of=moment(as_of))
        topic = topics.HOTLINE_OUT.named(change.hotline)
        return ChangeResult.WRITTEN, (Send(topic, id.encode(), HOTLINE_OUT.encode(said)),)

    async def _id(self, url: FollowedUrl, change: FeedbackChange) -> RecordId | ChangeResult:
        """Return the hotline's own id of a record, or why it cannot be told it."""
        try:
            text = await self._keyring.unsealed(change.record.sealed_ids, hotline_ids(url.url_key))
            id = repeatable(_IDS.decode(text.reveal()).id)
        except (KeyGone, NotSealed, msgspec.DecodeError):
            return ChangeResult.UNOPENED
        return ChangeResult.WITHHELD if id is None else id

    async def _write(
        self,
        partition: int,
        pairs: Mapping[bytes, bytes | None],
        sends: Sequence[Send],
        offsets: Mapping[str, int],
        as_of: Instant,
    ) -> None:
        table = self._tables[partition]
        after = {**table.offsets, **offsets}
        own = topics.FEEDBACK_TABLE.name
        held = [*pairs.items(), table.position_pair(partition, after, as_of)]
        states = [Send(own, key, value, partition=partition) for key, value in held]
        written = await self._writer.write(partition, [*states, *sends])
        table.hold(held, written.get(own))
        table.offsets, table.as_of = after, as_of


def made(
    settings: Settings, keyring: Keyring, stack: AsyncExitStack, guard: Guard
) -> tuple[FeedbackStage, Counter[ChangeResult]]:
    """Return the stage as a worker runs it, and what it counts.

    Args:
        settings: broker and partitions, and where tables are kept.
        keyring: opens the hotlines' ids.
        stack: closes the tables.
        guard: of the role.
    """
    stores = stores_for(settings, topics.FEEDBACK_TABLE.name)
    stack.callback(stores.close)
    stage = FeedbackStage(
        settings, keyring, Transactions(settings, ROLE), stores=stores, guard=guard
    )
    return stage, stage.results


class _Work:
    """What a list of records changes.

    Attributes:
        as_of: the newest instant that a position names.
    """

    def __init__(self, table: FeedbackTable) -> None:
        self.as_of = table.as_of
        self._table = table
        self._entries: dict[bytes, list[ReportsEntry]] = {}
        self._states: dict[bytes, bytes] = {}
        self._seen_at: dict[bytes, Instant] = {}

    def take(self, record: Received) -> None:
        """Take up what a record says.

        Raises:
            Rejected: it is none of its topic.
        """
        if not record.value:
            return  # no state is held of the URL any more: what was told of it stands
        if record.key.startswith(POSITION_KEY):
            self.as_of = max(self.as_of, POSITION.decode(record.value).as_of)
            return
        if record.topic == topics.REPORTS.name:
            entry = REPORTS_ENTRY.decode(record.value)
            self._entries.setdefault(record.key, []).append(entry)
        else:
            self._states[record.key] = record.value
        self._seen_at[record.key] = max(record.appended_at, self._seen_at.get(record.key, 0))

    def entries(self, key: bytes) -> Iterator[Sequence[ReportsEntry]]:
        """Give the accepted records of a URL, some at a time; nothing once where there are none."""
        found = self._entries.get(key, [])
        for first in range(0, max(len(found), 1), RECORDS_MAX):
            yield found[first : first + RECORDS_MAX]

    def urls(self) -> Iterator[tuple[bytes, FollowedUrl, Instant]]:
        """Give the URLs that are touched or due, and the instant each is told of.

        Raises:
            Rejected: a state of it is none.
        """
        due = self._table.due(self.as_of)
        for key in dict.fromkeys((*self._entries, *self._states, *due)):
            url = self._table.url(key)
            if key in self._states:
                url = replace(url, cases=followed_cases(STATE.decode(self._states[key])))
            yield key, url, max(self.as_of, self._seen_at.get(key, 0))
