"""Copies a ledger to another topic prefix in the newest version of its records, and proves it.

Nothing of the old ledger is touched before the copy was held against it
(`agents.tools.migration.check`). A run that was stopped goes on where it was. Inboxes are not
copied: the new ones begin at the offset where the old ones end, so an outcome's origin stays the
name of one record for ever.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.kafka import topic_admin
from agents.edges.kafka.topic_copy import Copied, Copier, PartitionOfTopic
from agents.errors import UserError
from agents.tools.migration.check import MigrationCheck, MigrationListener
from schemas.codec import Rejected
from schemas.moments import Instant
from schemas.topics import (
    CASES,
    CLOCK,
    FEEDBACK_TABLE,
    HOTLINE,
    HOTLINE_OUT,
    KEYS,
    LEDGER,
    OUTCOMES,
    PROBES,
    QUARANTINE,
    REGISTRY,
    TOPICS,
)
from streams.record_upgrade import Upgrade

_NEEDED: Final = (OUTCOMES.name, REGISTRY.name, QUARANTINE.name, *(spec.name for spec in LEDGER))
_LEFT: Final = frozenset(
    spec.name for spec in (CASES, CLOCK, HOTLINE_OUT, FEEDBACK_TABLE, HOTLINE, KEYS, PROBES)
)
"""Not copied: made anew from the ledger, or of the old processes alone. Inboxes are only begun."""

COPIED: Final = tuple(spec.name for spec in TOPICS if spec.name not in _LEFT)
_TIMES: Final = "message.timestamp.type"
_GIVEN: Final = "CreateTime"
_GROUPS: Final = ("intake", "attribution", "lifecycle", "feedback")


class Migrated(NamedTuple):
    """What a run has done.

    Attributes:
        records: that both ledgers hold, by topic.
        unreadable: of them, those that are no records and stand in the copy as they were.
        urls, cases: on which a second reading of both ledgers agrees.
        removed: the old topics that are gone, by their names without a prefix.
    """

    records: Counter[str]
    unreadable: int
    urls: int
    cases: int
    removed: list[str]


@dataclass(slots=True)
class Migration:
    """One run.

    Attributes:
        settings: of the new ledger: its prefix is where the copy goes.
        copy: connected.
        ready: has the keys hold the months between two instants.
        upgrade: writes records in the newest version.
        check: holds the copy against the old ledger.
        say: is told the progress.
    """

    settings: Settings
    copy: Copier
    ready: Callable[[Instant, Instant], Awaitable[None]]
    upgrade: Upgrade
    check: MigrationCheck
    say: MigrationListener
    _topics: dict[str, int] = field(default_factory=dict)
    _there: dict[str, int] = field(default_factory=dict)
    _hotlines: list[str] = field(default_factory=list)
    _unfinished: bool = False

    async def prepare(self) -> None:
        """Make what is missing of the new topics; `examine` comes first.

        Raises:
            UserError: the old ledger is at work or not whole, or another stands where it goes.
        """
        self._unfinished = await self._begun()
        if self._unfinished:
            await self._idle()

    async def run(self, *, keep: bool) -> Migrated:
        """Copy, verify, and remove the old ledger; `prepare` comes first.

        Args:
            keep: leave the old ledger where it is.

        Raises:
            UserError: the copy is not true to the old ledger.
        """
        if self._unfinished:
            for name, partitions in self._there.items():
                await self._copied(name, partitions)
        handled = await self.copy.committed("attribution")
        self.check.marks = handled
        await self.check.records(self._there)
        if set(_NEEDED) <= self._there.keys():
            await self.check.figures(self.settings.kafka.partitions)
        if self._unfinished:
            await self._hand_over(handled)
            await topic_admin.apply(self.settings, self._wanted())
        removed = [] if keep else await self._removed()
        check = self.check
        return Migrated(check.counts, check.unreadable, check.urls, check.cases, removed)

    async def examine(self) -> None:
        """See what stands at the old prefix.

        Raises:
            UserError: no ledger does, or one with another number of partitions.
        """
        self._topics = await self.copy.topics(self.copy.source)
        self._there = {name: self._topics[name] for name in COPIED if name in self._topics}
        if not self._there:
            raise UserError(f"no ledger stands at {_named(self.copy.source)}: check --from-prefix")
        begin, end = HOTLINE.name.split("{id}")
        inner = (name.removeprefix(begin).removesuffix(end) for name in self._topics)
        self._hotlines = sorted(id for id in inner if HOTLINE.named(id) in self._topics)
        counts = {self._there[spec.name] for spec in LEDGER if spec.name in self._there}
        if counts - {self.settings.kafka.partitions}:
            raise UserError(f"set kafka.partitions to {max(counts)}, as the old ledger has it")

    async def _begun(self) -> bool:
        """Make what is missing of the new topics; tell whether the copy is not finished yet."""
        changes = await topic_admin.plan(self.settings, self._wanted())
        if not changes:
            return False
        missing = [name for name in _NEEDED if name not in self._there]
        if missing:
            raise UserError(
                f"{self.copy.source}{missing[0]} is not on the broker: check --from-prefix"
            )
        held = await self.copy.topics(self.copy.target)
        given = {c.topic for c in changes if c.what == _TIMES and c.present == _GIVEN}
        if not given and held.keys() & self._there.keys():
            raise UserError(
                f"a ledger stands at {_named(self.copy.target)} already: choose another --to-prefix"
            )
        await topic_admin.apply(self.settings, tuple(map(self._given_times, self._wanted())))
        return True

    def _wanted(self) -> tuple[topic_admin.WantedTopic, ...]:
        return topic_admin.wanted(self.settings, self._hotlines)

    def _given_times(self, topic: topic_admin.WantedTopic) -> topic_admin.WantedTopic:
        if topic.name not in self._there:
            return topic
        return topic_admin.WantedTopic(
            name=topic.name,
            partitions=topic.partitions,
            replication=topic.replication,
            config=tuple(sorted({**dict(topic.config), _TIMES: _GIVEN}.items())),
        )

    async def _idle(self) -> None:
        """Refuse an old ledger that is at work or has not taken in what its inboxes hold."""
        probes = [f"probe-{vantage.id}" for vantage in self.settings.vantages]
        working = await self.copy.members([*_GROUPS, *probes])
        if working:
            raise UserError(f"members of the group {working[0]} are at work: stop all workers")
        settled = await self.copy.committed("intake")
        for place, (begin, end) in (await self._inboxes()).items():
            if max(begin, settled.get(place, 0)) < end:
                raise UserError(
                    f"{self.copy.source}{place.topic} holds records without an outcome: stop its"
                    " hotline, let a worker of the old release take them in, and stop that"
                )

    async def _inboxes(self) -> dict[PartitionOfTopic, tuple[int, int]]:
        count = self.settings.kafka.partitions
        places = [
            PartitionOfTopic(HOTLINE.named(id), p) for id in self._hotlines for p in range(count)
        ]
        return await self.copy.spans(self.copy.source, places) if places else {}

    async def _copied(self, name: str, partitions: int) -> None:
        """Copy what the copy lacks of a topic."""
        places = [PartitionOfTopic(name, partition) for partition in range(partitions)]
        held = await self.copy.spans(self.copy.target, places)
        ends = await self.copy.spans(self.copy.source, places)
        size, done = sum(end - begin for begin, end in ends.values()), 0
        for place in places:
            have, seen = held[place][1], 0
            async for records in self.copy.read(self.copy.source, place):
                fresh = records[max(0, have - seen) :]
                seen += len(records)
                if fresh:
                    times = [one.at for one in fresh]
                    await self.ready(min(times), max(times))
                    await self.copy.write(place, [self._written(name, one) for one in fresh])
                self.say(f"copying {name}", done + seen, size)
            done += seen

    def _written(self, topic: str, record: Copied) -> Copied:
        try:
            key, value = self.upgrade.record(topic, record.key, record.value, record.at)
        except Rejected:
            return record
        return record._replace(key=key, value=value)

    async def _hand_over(self, handled: dict[PartitionOfTopic, int]) -> None:
        """Begin the new inboxes where the old ones end, and groups where the old ones were."""
        inboxes = {place: end for place, (_, end) in (await self._inboxes()).items()}
        for done, (place, end) in enumerate(inboxes.items(), 1):
            self.say("beginning inboxes", done, len(inboxes))
            await self.copy.begin_at(place, end)
        if inboxes:
            await self.copy.commit("intake", inboxes)
        counts = {place: self.check.below[place] for place in handled if place.topic in COPIED}
        if counts:
            await self.copy.commit("attribution", counts)

    async def _removed(self) -> list[str]:
        """Delete the old topics; the ledger itself last."""
        ids = [spec.name.split("{id}") for spec in TOPICS if "{id}" in spec.name]
        names = {spec.name for spec in TOPICS}
        ours = [
            name
            for name in sorted(self._topics)
            if name in names or any(name.startswith(a) and name.endswith(b) for a, b in ids)
        ]
        for group in ([n for n in ours if n not in self._there], list(self._there)):
            if group:
                await self.copy.remove(group)
        return ours


def _named(prefix: str) -> str:
    return f"the prefix {prefix}" if prefix else "no prefix"
