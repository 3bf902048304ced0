"""Consumer groups in memory: who owns which partition, and what becomes of it when one goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from agents.engine.stage import Received
from schemas.moments import SECOND_MS
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.broker.faults import SESSION_MS, Fault, Faults
from sim.memory.broker.owners import Owner, Stage
from sim.memory.broker.virtual_time import Agenda

MEMBERS: Final = 3
TAKEOVER_MS: Final = 5 * SECOND_MS
"""At most so long nobody owns a partition that is handed over."""


@dataclass(slots=True)
class Group:
    """The owners of one role.

    Attributes:
        role: its name.
        topics: what it reads.
        broker, agenda, faults: shared.
        stage: makes what an owner does with a partition.
        lag_ms: what was written waits so long, at the least and at the most.
    """

    role: str
    topics: Sequence[str]
    broker: Broker
    agenda: Agenda
    faults: Faults
    stage: Callable[[Owner], Stage]
    lag_ms: tuple[int, int]
    _owners: dict[int, Owner] = field(default_factory=dict)
    _read: dict[tuple[str, int], int] = field(default_factory=dict)

    def start(self) -> None:
        """Share the partitions out and begin."""
        for topic in self.topics:
            self.broker.follow(topic, self._told)
        for partition in range(PARTITIONS):
            self._owners[partition] = Owner(self, partition, partition % MEMBERS)
            self._owners[partition].begin()
        self._plan_rebalance()

    def owner(self, partition: int) -> Owner:
        """Return who owns a partition."""
        return self._owners[partition]

    def count(self, topic: str, partition: int, records: Sequence[Received]) -> None:
        """Count records that were read before."""
        known = self._read.get((topic, partition), 0)
        self.faults.counts[Fault.AGAIN] += sum(record.offset < known for record in records)
        self._read[topic, partition] = max(known, records[-1].offset + 1)

    def refuse(self) -> None:
        """Refuse an offset of who is not in the group."""
        self.broker.fenced += 1

    def sleep(self, member: int, pause_ms: int) -> None:
        """Let a member stand still; longer than its session, and its partitions go to others."""
        mine = [owner for owner in self._owners.values() if owner.member == member]
        now = self.agenda.now
        for owner in mine:
            owner.asleep = True
            self.agenda.plan(now + pause_ms, owner.wake)
            if pause_ms > SESSION_MS:
                self.agenda.plan(now + SESSION_MS, partial(self._bury, owner))

    def die(self, member: int, alone: Owner | None = None) -> None:
        """Let a member die; its partitions go to others when its session is over.

        Args:
            member: which.
            alone: a zombie, which has no other partition any more.
        """
        if alone is not None and alone.gone:
            alone.end(knows=True)
            return
        for owner in list(self._owners.values()):
            if owner.member == member and not owner.gone:
                owner.end(knows=True)
                self.agenda.plan(self.agenda.now + SESSION_MS, partial(self._replace, owner))

    def _bury(self, owner: Owner) -> None:
        """Take its partition from an owner that is not heard of."""
        if not owner.gone:
            self.faults.counts[Fault.ZOMBIE] += 1
            owner.end(knows=False)
            self._replace(owner)

    def _replace(self, owner: Owner) -> None:
        """Give an owner's partition to another member."""
        if self._owners[owner.partition] is not owner:
            return
        self.faults.counts[Fault.REBALANCE] += 1
        member = (owner.member + self.faults.chance.randint(1, MEMBERS - 1)) % MEMBERS
        following = Owner(self, owner.partition, member)
        self._owners[owner.partition] = following
        delay_ms = self.faults.chance.randint(0, TAKEOVER_MS)
        self.agenda.plan(self.agenda.now + delay_ms, following.begin)

    def _plan_rebalance(self) -> None:
        at = self.faults.next_at(self.agenda.now, self.faults.weather.rebalance_h)
        self.agenda.plan(at, self._rebalance)

    def _rebalance(self) -> None:
        """Hand a partition over in good order: its owner is told, and drops what it has in hand."""
        if self.faults.over:
            return
        owner = self._owners[self.faults.chance.randrange(PARTITIONS)]
        if not owner.gone and not owner.asleep:
            owner.end(knows=True)
            self._replace(owner)
        self._plan_rebalance()

    def _told(self, partition: int) -> None:
        self._owners[partition].told()
