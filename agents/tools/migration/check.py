"""Holds the copy of a ledger against the ledger: each record, and each case as both have it.

Records are compared with their sealed texts opened, so that the copy is shown to hold what can be
opened as well. Cases are those of the second reading (`verify`), because that shares nothing
with what wrote the copy.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from msgspec import DecodeError

from agents.edges.kafka.topic_copy import Copied, Copier, PartitionOfTopic
from agents.errors import UserError
from schemas.codec import Rejected
from schemas.moments import Instant
from schemas.topics import LEDGER
from streams.record_upgrade import Change, Upgrade, revealed
from verify.ledger.records import LedgerRecord, url_records
from verify.method_10.cases import cases

MigrationListener = Callable[[str, int, int], None]
"""Is told the step, how many of its records are done, and how many there are."""


@dataclass(slots=True)
class MigrationCheck:
    """What was compared so far.

    Attributes:
        copy: connected.
        upgrade: writes records in the newest version.
        show: returns what a sealed text says, or itself where its month was destroyed.
        say: is told the progress.
        counts: records that both hold, by topic.
        unreadable: of them, those that are no records.
        urls, cases: on which both agree.
        newest_at: when the newest record of the old ledger was appended.
        marks: offsets of the old ledger, such as those that a group has committed.
        below: how many records stand before each mark, which is the copy's offset.
    """

    copy: Copier
    upgrade: Upgrade
    show: Change
    say: MigrationListener
    counts: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    urls: int = 0
    cases: int = 0
    newest_at: Instant = 0
    marks: Mapping[PartitionOfTopic, int] = field(default_factory=dict)
    below: Counter[PartitionOfTopic] = field(default_factory=Counter)
    _held: Counter[PartitionOfTopic] = field(default_factory=Counter)

    async def records(self, topics: Mapping[str, int]) -> None:
        """Compare all records of topics.

        Args:
            topics: their numbers of partitions.

        Raises:
            UserError: a record is missing or says something else.
        """
        places = [PartitionOfTopic(name, p) for name, count in topics.items() for p in range(count)]
        ends = await self.copy.spans(self.copy.source, places)
        size, done = sum(end - begin for begin, end in ends.values()), 0
        for place in places:
            async with aclosing(_one_by_one(self.copy.read(self.copy.target, place))) as copies:
                async for records in self.copy.read(self.copy.source, place):
                    for record in records:
                        self._same(place, record, await anext(copies, None))
                    done += len(records)
                    self.say("comparing records", done, size)
            self.counts[place.topic] += self._held[place]

    def _same(self, place: PartitionOfTopic, record: Copied, copied: Copied | None) -> None:
        key, value, readable = record.key, record.value, True
        try:
            key, value = self.upgrade.record(place.topic, key, value, record.at)
            value = revealed(place.topic, value, self.show)
        except Rejected:
            readable = False
        if copied is not None:
            said = revealed(place.topic, copied.value, self.show) if readable else copied.value
            if (copied.at, copied.key, said) == (record.at, key, value):
                self._took(place, record, readable=readable)
                return
        raise UserError(
            f"the copy of {place.topic}, partition {place.partition}, offset {record.offset} is"
            f" {'missing' if copied is None else 'another'}: delete the topics of --to-prefix and"
            " run it again; the old ledger is as it was"
        )

    def _took(self, place: PartitionOfTopic, record: Copied, *, readable: bool) -> None:
        self._held[place] += 1
        self.below[place] += record.offset < self.marks.get(place, 0)
        self.unreadable += not readable
        self.newest_at = max(self.newest_at, record.at)

    async def figures(self, partitions: int) -> None:
        """Compare the cases of all URLs, as of the newest record.

        Args:
            partitions: of the ledger.

        Raises:
            UserError: a URL's cases differ.
        """
        for partition in range(partitions):
            old = await self._written(self.copy.source, partition)
            new = await self._written(self.copy.target, partition)
            for url_key, written in old.items():
                held = [
                    one
                    for one in new.get(url_key, ())
                    if one.offset < self._held[PartitionOfTopic(one.topic, partition)]
                ]
                self._agree(url_key, written, held)
            self.say("comparing cases", partition + 1, partitions)

    async def _written(self, prefix: str, partition: int) -> dict[str, list[LedgerRecord]]:
        """Return the records of a partition of all ledger topics, by URL."""
        found: dict[str, list[LedgerRecord]] = defaultdict(list)
        for spec in LEDGER:
            async for records in self.copy.read(prefix, PartitionOfTopic(spec.name, partition)):
                for record in records:
                    written = LedgerRecord(spec.name, record.offset, record.at, record.value)
                    found[record.key.decode("ascii", "replace")].append(written)
        return found

    def _agree(self, url_key: str, old: list[LedgerRecord], new: list[LedgerRecord]) -> None:
        try:
            ours, theirs = url_records(url_key, old), url_records(url_key, new)
        except (Rejected, DecodeError):
            return  # a record that is none stops no copy; it is counted
        found = list(cases(ours, self.newest_at))
        if (len(ours.reports), found) != (len(theirs.reports), list(cases(theirs, self.newest_at))):
            raise UserError(
                f"the cases of the URL {url_key} differ between the two ledgers: keep the old one,"
                " and report this"
            )
        self.urls += 1
        self.cases += len(found)


async def _one_by_one(lists: AsyncIterator[list[Copied]]) -> AsyncGenerator[Copied, None]:
    async for records in lists:
        for record in records:
            yield record
