"""An owner's time with a partition in memory: it fetches, hands over, and commits.

It hands a list to its stage and commits when the stage is done, as `agents/engine` does. A stage's
work is a generator that stops at each point between fetch and commit at which a process can be
ended. An owner that dies there leaves what it has written and nothing else; one that stands still
there for longer than its session is a zombie: its partition goes to another, and when it wakes it
goes on where it stood.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVarTuple

from agents.engine.stage import Received, next_offsets
from schemas.moments import SECOND_MS, Instant
from sim.memory.broker.broker import Fenced
from sim.memory.broker.faults import Fault
from sim.memory.broker.virtual_time import Act

if TYPE_CHECKING:
    from sim.memory.broker.groups import Group

Ts = TypeVarTuple("Ts")

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
        if harm is None:
            self._resume(steps, offsets)
            return
        step = 0
        while step < harm.step:
            if not self._goes_on(steps):
                break
            step += 1
            if self.gone and self.stage is None:
                return  # it died in this step
        if harm.pause_ms:
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
        """Take all steps that are left; unless it dies in one, what they came from is settled."""
        try:
            for _ in steps:
                if self.gone and self.stage is None:
                    return
        except (Fenced, Died):
            self.group.die(self.member, self)
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

    def later(self, at: Instant, act: Callable[[*Ts], None], *of: *Ts) -> None:
        """Do something at an instant, if it still lives; if it stands still, when it wakes.

        Args:
            at: when.
            act: what.
            of: what it is done with.
        """
        self.group.agenda.plan(at, partial(self._do, act, *of))

    def _do(self, act: Callable[[*Ts], None], *of: *Ts) -> None:
        if self.asleep:
            self._waiting.append(partial(self._do, act, *of))
        elif self.stage is not None:
            act(*of)

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
