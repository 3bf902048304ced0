"""Verifies a ledger: what it says, worked out anew, against what is published."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from aiokafka.errors import TopicAuthorizationFailedError

from agents.config import Settings
from agents.errors import UserError
from agents.tools.verification import read
from agents.tools.verification.broker import Offsets, PartitionReader, inboxes, opened
from agents.tools.verification.feedback import ToldHotlines, UrlAtInstant
from agents.tools.verification.published import Published, PublishedIntake
from agents.tools.verification.settle import settle
from agents.tools.verification.sides import UNREADABLE, Sides
from agents.tools.verification.signed import Signed, read_signed
from schemas.moments import Instant
from schemas.topics import CASES, LEDGER, OUTCOMES, QUARANTINE, REPORTS
from verify.compared import accounts
from verify.compared.accounts import Accounts
from verify.compared.compare import Difference
from verify.compared.outcomes import InboxPartition
from verify.compared.record import Sample
from verify.feedback.told import ENTRY

VerifyListener = Callable[[int, int], None]
"""Is told how many steps are done, and how many there are."""

_NEEDED: Final = (CASES.name, OUTCOMES.name, QUARANTINE.name, *(spec.name for spec in LEDGER))


class FeedbackCounts(NamedTuple):
    """Of what hotlines were told; fields as in `ToldHotlines`."""

    compared: int
    untold: int
    retold: int
    behind: int
    closed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of it.

    Attributes:
        settled: everything that stood there at the start had gone through; True where nobody
            asked to wait for it.
        events: ledger records and intake outcomes read.
        cases: cases by the ledger.
        compared: values laid side by side.
        behind: ledger records that the positions did not cover yet.
        rewritten: outcomes and entries that stand there more than once, which is allowed.
        unread: settled offsets without an outcome in inboxes that this user may not read.
        hotlines: received, accepted, duplicate, quarantined records of each.
        told: of what hotlines were told of their records.
        pending: URLs and reports that are not attributed yet.
        samples: hosters whose figures are estimated from a sample.
        differences: the first of them.
        difference_count: how many there are.
        as_of: the instant of all figures.
        seconds: how long it took, wall time.
    """

    settled: bool
    events: int
    cases: int
    compared: int
    behind: int
    rewritten: int
    unread: int
    hotlines: dict[str, dict[str, int]]
    told: FeedbackCounts
    pending: dict[str, int]
    samples: list[Sample]
    differences: list[Difference]
    difference_count: int
    as_of: Instant
    seconds: float

    @property
    def agrees(self) -> bool:
        """The two sides say the same, and everything was there to be compared."""
        return self.settled and not self.difference_count and not self.unread


@dataclass(slots=True)
class _Start:
    """What stood where when the reading began; read before all else.

    Attributes:
        topics: partitions by topic.
        committed: what intake had settled.
        as_of: the newest instant a position names, which is what a rollup takes.
        signed: what two persons signed.
    """

    topics: Mapping[str, int]
    committed: Offsets = field(default_factory=dict)
    as_of: Instant = 0
    signed: Signed = field(default_factory=Signed)


class _Compared(NamedTuple):
    """What takes in what is compared."""

    sides: Sides
    books: Accounts
    told: ToldHotlines


async def verify(settings: Settings, say: VerifyListener, *, settle_s: float = 0.0) -> Verified:
    """Compare a ledger with what is published of it.

    Positions and commits are read first, then the table, then the ledger, then the outcomes, so
    that a system at work can be verified: whatever the table holds, the ledger read after it
    holds as well.

    Args:
        settings: with `kafka.bootstrap` set.
        say: is told the progress.
        settle_s: wall seconds to wait until what stands there now has gone through.

    Raises:
        UserError: there is no such ledger on the broker.
        KafkaError, TimeoutError: the broker failed.
    """
    began_s = time.monotonic()
    async with opened(settings) as broker:
        topics = await broker.topics()
        missing = sorted(set(_NEEDED) - topics.keys())
        if missing:
            raise UserError(
                f"the broker has no topic {missing[0]} of this ledger:"
                " check kafka.bootstrap and kafka.topic_prefix"
            )
        settled = settle_s <= 0 or await settle(broker, topics, settle_s)
        start = await _start(settings, broker, topics)
        sides = Sides(start.as_of, Published(start.as_of))
        books, told = Accounts(aside=start.signed.aside), ToldHotlines()
        await told.read(settings, broker, topics)
        parts = _Compared(sides, books, told)
        steps = topics[CASES.name] + 1
        for partition in range(topics[CASES.name]):
            say(partition, steps)
            await _partition(settings, partition, parts, start.signed)
        sides.finish()
        sides.differences.take(told.finish())
        say(steps - 1, steps)
        outcomes = await _outcomes(settings, start, parts)
        places = await _inboxes(broker, start, books)
        whole = await _quarantine(settings, broker, start, sides, books)
        sides.differences.take(books.differences(places, quarantine_whole=whole))
        say(steps, steps)
    return Verified(
        settled=settled,
        events=sides.events + outcomes,
        cases=sides.cases,
        compared=sides.compared,
        behind=sides.behind,
        rewritten=books.rewritten,
        unread=books.unread(places),
        hotlines=books.per_hotline(),
        told=FeedbackCounts(told.compared, told.untold, told.retold, told.behind, told.closed),
        pending=sides.pending(),
        samples=sides.samples(),
        differences=sides.differences.first,
        difference_count=sides.differences.count,
        as_of=start.as_of,
        seconds=round(time.monotonic() - began_s, 3),
    )


async def _start(settings: Settings, broker: PartitionReader, topics: Mapping[str, int]) -> _Start:
    positions = await broker.positions(topics[CASES.name])
    return _Start(
        topics=topics,
        committed=await broker.committed("intake"),
        as_of=max((p.as_of for p in positions.values()), default=0),
        signed=await read_signed(settings, topics),
    )


async def _partition(settings: Settings, partition: int, parts: _Compared, signed: Signed) -> None:
    """Compare the URLs of one partition: the table is read first."""
    sides, books = parts.sides, parts.books
    table = await read.table(settings, partition, signed)
    ledger = await read.ledger(settings, partition, signed)
    written = ledger.by_url
    for value in ledger.aside:
        books.add_aside(value)
        parts.told.set_aside(value)
    cut = table.position.offsets if table.position else {}
    if table.position is None and (written or table.states):
        missing = Difference(what=f"position of {partition}", ledger="there", published="")
        sides.differences.take([missing])
    for url_key in sorted(table.states.keys() | written.keys()):
        records = written.get(url_key, [])
        entries = [record for record in records if record.topic == REPORTS.name]
        for record in entries:
            books.add_entry(url_key, record.value)
        found = sides.url(url_key, records, cut, table.states.get(url_key))
        if found is None:
            continue
        url = UrlAtInstant(
            partition=partition,
            records=found[0],
            cases=found[1],
            entries=[(record.offset, ENTRY.decode(record.value)) for record in entries],
            state_at=table.offsets.get(url_key, -1),
        )
        sides.differences.take(parts.told.url(url))


async def _outcomes(settings: Settings, start: _Start, parts: _Compared) -> int:
    """Take in all outcomes; return how many records there are."""
    count, intake, sides, books = 0, PublishedIntake(), parts.sides, parts.books
    partitions = range(start.topics[OUTCOMES.name])
    async for values in read.values(settings, OUTCOMES.name, partitions, start.signed):
        for value in values:
            count += 1
            try:
                parts.told.outcome(books.add_outcome(value))
                intake.add(value)
            except UNREADABLE:
                found = Difference(what="outcome", ledger="unreadable", published="")
                sides.differences.take([found])
    sides.compared += len(books.outcomes)
    sides.differences.take(accounts.outcomes_differ(books.outcomes, intake.counts()))
    return count


async def _quarantine(
    settings: Settings, broker: PartitionReader, start: _Start, sides: Sides, books: Accounts
) -> bool:
    """Take in what is kept of quarantined records; return whether nothing was dropped for age."""
    name, topics = QUARANTINE.name, start.topics
    async for values in read.values(settings, name, range(topics[name]), start.signed):
        for value in values:
            try:
                books.add_quarantined(value)
            except UNREADABLE:
                found = Difference(what=name, ledger="unreadable", published="")
                sides.differences.take([found])
    return not any((await broker.begins({name: topics[name]})).values())


async def _inboxes(
    broker: PartitionReader, start: _Start, books: Accounts
) -> dict[tuple[str, int], InboxPartition]:
    """Read of every inbox what the accounts ask for."""
    topics = inboxes(start.topics)
    begins, ends = await broker.begins(topics), await broker.ends(topics)
    found: dict[tuple[str, int], InboxPartition] = {}
    for place, end in ends.items():
        begin = begins[place]
        committed = max(begin, start.committed.get(place, 0))
        records: frozenset[int] = frozenset()
        closed = False
        try:
            if books.lacking(*place, begin, committed):
                stretch = broker.stretch(*place, begin, committed)
                records = frozenset([o async for o, _, _ in stretch])
        except TopicAuthorizationFailedError:  # the desk's: an inbox holds addresses in clear
            closed = True
        found[place] = InboxPartition(begin, committed, end, records, closed)
    return found
