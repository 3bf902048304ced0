"""Consumer groups in memory: who owns which partition, and what becomes of it when one goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from agents.engine.stage import Received, Stage
from schemas.moments import SECOND_MS
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.broker.faults import SESSION_MS, Fault, Faults
from sim.memory.broker.members import Member
from sim.memory.broker.virtual_time import WorldSchedule

MEMBERS: Final = 3
TAKEOVER_MS: Final = 5 * SECOND_MS
"""At most so long nobody owns a partition that is handed over."""

RESTART_MS: Final = 10 * SECOND_MS
"""A process that died is started again after so long."""


@dataclass(slots=True)
class ConsumerGroup:
    """The members of one role.

    Attributes:
        role: its name.
        topics: what it reads.
        broker, schedule, faults: shared.
        stage: makes what a member does; called in its process.
        lag_ms: what was written waits so long, at the least and at the most.
        misses: records may be left out, as orders that nobody carries out.
    """

    role: str
    topics: Sequence[str]
    broker: Broker
    schedule: WorldSchedule
    faults: Faults
    stage: Callable[[], Stage]
    lag_ms: tuple[int, int]
    misses: bool = False
    is_over: bool = False
    _members: dict[int, Member] = field(default_factory=dict)
    _owners: dict[int, Member] = field(default_factory=dict)
    _read: dict[tuple[str, int], int] = field(default_factory=dict)

    def start(self) -> None:
        """Share the partitions out and begin."""
        for topic in self.topics:
            self.broker.follow(topic, self._on_readable)
        for number in range(MEMBERS):
            self._restart(number)
        for partition in range(PARTITIONS):
            self._hand(partition, self._members[partition % MEMBERS])
        self._plan_rebalance()

    def end(self) -> None:
        """End all processes at once, as if the machines went."""
        self.is_over = True
        for member in self._members.values():
            member.process.dead = True

    def owns(self, member: Member, partition: int) -> bool:
        """Return whether the group gives a partition to a member."""
        return self._owners.get(partition) is member

    def count(self, topic: str, partition: int, records: Sequence[Received]) -> None:
        """Count records that were read before."""
        known = self._read.get((topic, partition), 0)
        self.faults.counts[Fault.AGAIN] += sum(record.offset < known for record in records)
        self._read[topic, partition] = max(known, records[-1].next_offset)

    def commit(self, member: Member, offsets: dict[tuple[str, int], int]) -> bool:
        """Note how far a member has come; of who is not in the group any more it is refused."""
        if not all(self.owns(member, partition) for _, partition in offsets):
            self.broker.fenced += 1
            return False
        for (topic, partition), offset in offsets.items():
            self.broker.commit(self.role, partition, {topic: offset})
        return True

    def sleep(self, member: Member, pause_ms: int) -> None:
        """Let a member stand still; longer than its session, and its partitions go to others."""
        member.process.asleep = True
        now = self.schedule.now
        self.schedule.plan(now + pause_ms, partial(member.process.wake, self.schedule.loop))
        if pause_ms > SESSION_MS:
            self.schedule.plan(now + SESSION_MS, partial(self._bury, member))

    def died(self, member: Member) -> None:
        """Start a member that died again; its partitions go to others when its session is over."""
        now = self.schedule.now
        self.schedule.plan(now + SESSION_MS, partial(self._expire, member))
        restart_ms = self.faults.rng.randint(1, RESTART_MS)
        self.schedule.plan(now + restart_ms, partial(self._restart, member.number))

    def released(self, member: Member) -> None:
        """Hand on what a member gave up in good order."""
        for partition, owner in list(self._owners.items()):
            if owner is member and partition not in member.wanted:
                self._replace(partition)

    def _restart(self, number: int) -> None:
        if not self.is_over:
            self._members[number] = Member(self, number)
            self._members[number].start()

    def _bury(self, member: Member) -> None:
        """Take its partitions from a member that is not heard of."""
        if not member.process.dead and any(one is member for one in self._owners.values()):
            self.faults.counts[Fault.ZOMBIE] += 1
            self._expire(member)

    def _expire(self, member: Member) -> None:
        member.want(frozenset())
        for partition, owner in list(self._owners.items()):
            if owner is member:
                self._replace(partition)

    def _replace(self, partition: int) -> None:
        """Give a partition to another member."""
        self.faults.counts[Fault.REBALANCE] += 1
        before = self._owners.pop(partition)
        delay_ms = self.faults.rng.randint(0, TAKEOVER_MS)
        self.schedule.plan(
            self.schedule.now + delay_ms, partial(self._give, partition, before.number)
        )

    def _give(self, partition: int, before: int) -> None:
        """Give a partition to a member that works, another one than before if there is one."""
        first = before + self.faults.rng.randint(1, MEMBERS - 1)
        for turn in range(MEMBERS):
            member = self._members[(first + turn) % MEMBERS]
            if not member.process.dead and not member.process.asleep:
                self._hand(partition, member)
                return
        again = partial(self._give, partition, before)
        self.schedule.plan(self.schedule.now + TAKEOVER_MS, again)

    def _hand(self, partition: int, member: Member) -> None:
        self._owners[partition] = member
        member.want(member.wanted | {partition})

    def _plan_rebalance(self) -> None:
        at = self.faults.next_at(self.schedule.now, self.faults.fault_rates.rebalance_h)
        if at < _FAR:
            self.schedule.plan(at, self._rebalance)

    def _rebalance(self) -> None:
        """Hand a partition over in good order: its owner ends what it has in hand first."""
        if self.faults.over:
            return
        partition = self.faults.rng.randrange(PARTITIONS)
        member = self._owners.get(partition)
        if member is not None and not member.process.dead and not member.process.asleep:
            member.want(member.wanted - {partition})
        self._plan_rebalance()

    def _on_readable(self, partition: int) -> None:
        member = self._owners.get(partition)
        if member is not None:
            member.on_readable(partition)


_FAR: Final = 1 << 59
"""Later than any run ends."""
