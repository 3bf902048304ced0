"""Consumer groups in memory: who owns which partition, and what an owner does with a list.

An owner fetches, hands the list to its stage, and commits when the stage is done, as
`agents/engine` does. A stage's work is a generator that stops at each point between fetch and
commit at which a process can be ended. An owner that dies there leaves what it has written and
nothing else; one that stands still there for longer than its session is a zombie: its partition
goes to another, and when it wakes it goes on where it stood.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from agents.engine.stage import Received, next_offsets
from schemas.moments import SECOND_MS, Instant
from sim.memory.agenda import Act, Agenda
from sim.memory.broker import PARTITIONS, Broker, Fenced
from sim.memory.faults import SESSION_MS, Fault, Faults

MEMBERS: Final = 3
TAKEOVER_MS: Final = 5 * SECOND_MS
"""At most so long nobody owns a partition that is handed over."""

AGAIN_MS: Final = 30 * SECOND_MS
"""What was left out of a list is in another one so much later."""


class Died(Exception):
    """What is unexpected ends the process, before the commit."""


class Stage(Protocol):
    """What a group's owners do with one partition.

    Attributes:
        pooled: it settles records itself, one by one.
    """

    pooled: bool

    def recover(self) -> Mapping[str, int] | None:
        """Load what is needed; return where to begin, None = where the group has come to."""
        ...

    def begin(self) -> None:
        """Own the partition from now on."""
        ...

    def handle(self, records: Sequence[Received]) -> Iterator[None]:
        """Work off a list, stopping at every point at which a process may end."""
        ...


@dataclass(slots=True, eq=False)
class Owner:
    """One owner's time with one partition.

    Attributes:
        group: whose member it is.
        partition, member: of what, and which.
        stage: what it does; set when it has begun.
        gone: the partition belongs to somebody else.
        asleep: it stands still.
    """

    group: "Group"
    partition: int
    member: int
    stage: Stage | None = None
    gone: bool = False
    asleep: bool = False
    _positions: dict[str, int] = field(default_factory=dict)
    _waiting: list[Act] = field(default_factory=list)
    _is_due: bool = False
    _newest_at: Instant = 0

    def begin(self) -> None:
        """Recover and read."""
        if self.gone:
            return
        group = self.group
        stage = group.stage(self)
        begins = stage.recover()
        committed = group.broker.offsets(group.role, group.topics, self.partition)
        self._positions = dict(committed if begins is None else begins)
        self.stage = stage
        stage.begin()
        self.told()

    def told(self) -> None:
        """Hear that there may be something to read."""
        if self.stage is None or self._is_due or self.gone:
            return
        self._is_due = True
        group = self.group
        group.agenda.plan(group.agenda.now + group.faults.lag(*group.lag_ms), self.fetch)

    def fetch(self) -> None:
        """Read what came, of all topics, and work it off."""
        if self.asleep:
            self._waiting.append(self.fetch)
            return
        self._is_due = False
        if self.gone or self.stage is None:
            return
        records = self._fetched()
        if records:
            offsets = {} if self.stage.pooled else next_offsets(records)
            self.work(self.stage.handle(records), offsets)

    def _fetched(self) -> list[Received]:
        group = self.group
        found: list[Received] = []
        for topic in group.topics:
            log = group.broker.log(topic, self.partition)
            since = self._positions.get(topic, 0)
            if since == log.end:
                continue
            if len(group.topics) > 1 and group.faults.leaves_out():
                group.agenda.plan(group.agenda.now + AGAIN_MS, self.told)
                continue
            records = log.since(since)
            self._positions[topic] = log.end
            group.count(topic, self.partition, records)
            older = sum(record.appended_at < self._newest_at for record in records)
            group.faults.counts[Fault.REORDERED] += older
            found += records
        if found:
            self._newest_at = max(self._newest_at, *(record.appended_at for record in found))
        return found

    def work(self, steps: Iterator[None], offsets: Mapping[str, int] | None = None) -> None:
        """Do something step by step; then what it came from is settled.

        Args:
            steps: what to do.
            offsets: where to go on when it is done, by topic.
        """
        harm = self.group.faults.harm(self.group.agenda.now)
        step = 0
        while harm is None or step < harm.step:
            if not self._goes_on(steps):
                break
            step += 1
            if self.gone and self.stage is None:
                return  # it died in this step
        if harm is None:
            self._settle(offsets)
        elif harm.pause_ms:
            self.group.sleep(self.member, harm.pause_ms)
            self._waiting.append(partial(self._resume, steps, offsets))
        else:
            self.group.die(self.member)

    def _goes_on(self, steps: Iterator[None]) -> bool:
        """Take a step; False = there was none left."""
        try:
            next(steps)
        except StopIteration:
            return False
        except (Fenced, Died):
            self.group.die(self.member, self)
            return True
        return True

    def _resume(self, steps: Iterator[None], offsets: Mapping[str, int] | None) -> None:
        while self._goes_on(steps):
            if self.gone and self.stage is None:
                return
        self._settle(offsets)

    def _settle(self, offsets: Mapping[str, int] | None) -> None:
        if offsets:
            self.settled(offsets)

    def settled(self, offsets: Mapping[str, int]) -> None:
        """Commit; of who is not in the group any more it is refused."""
        if self.stage is None:
            return
        if self.gone:
            self.group.refuse()
            return
        self.group.broker.commit(self.group.role, self.partition, dict(offsets))

    def later(self, at: Instant, act: Act) -> None:
        """Do something at an instant, if it still lives; if it stands still, when it wakes."""
        self.group.agenda.plan(at, partial(self._do, act))

    def _do(self, act: Act) -> None:
        if self.asleep:
            self._waiting.append(partial(self._do, act))
        elif self.stage is not None:
            act()

    def wake(self) -> None:
        """Go on; what it did not do while it stood still it does now."""
        self.asleep = False
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()
        if self.gone:
            self.stage = None  # it has learned that it is out of the group

    def end(self, *, knows: bool) -> None:
        """Lose the partition.

        Args:
            knows: it does nothing more, being told or dead.
        """
        self.gone = True
        if knows:
            self.stage = None
            self._waiting = []


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
