"""A group in memory whose members run a stage that remembers, on virtual time."""

import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from stages import Recording

from agents.engine.deadlines import without_deadlines
from agents.engine.failures import ended_by
from agents.engine.fault_points import listening
from agents.engine.stage import Send
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.broker.clock import clock_from
from sim.memory.broker.faults import FaultRates, Faults
from sim.memory.broker.groups import ConsumerGroup
from sim.memory.broker.loop import PROCESS, virtual_loop
from sim.memory.broker.virtual_time import WorldSchedule
from sim.memory.pipeline import _end, _Listener

TOPIC = "t.v1"


@dataclass(slots=True)
class MemoryGroup:
    """A group and what its members did.

    Attributes:
        group: the group.
        stages: what its members ran, one for each process, in order of their start.
        written: values by partition.
    """

    group: ConsumerGroup
    stages: list[Recording]
    written: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))

    def write(self, partition: int, many: int = 1) -> None:
        """Append records to a partition."""
        for _ in range(many):
            self.group.broker.write(Send(TOPIC, b"k", b"v", partition=partition))
            self.written[partition] += 1

    def run(self, more_ms: int) -> None:
        """Let world time pass."""
        schedule = self.group.schedule
        schedule.run(schedule.now + more_ms)

    def handled(self) -> Counter[tuple[int, int]]:
        """Return how often each record was done, by partition and offset."""
        return Counter(done for stage in self.stages for done in stage.finished)

    def owners(self) -> dict[int, int]:
        """Return the number of the member that owns each partition."""
        members = self.group._members.values()
        return {
            partition: member.number
            for partition in range(PARTITIONS)
            for member in members
            if self.group.owns(member, partition)
        }

    def committed(self) -> dict[int, int]:
        """Return how far the group has come in each partition."""
        broker, role = self.group.broker, self.group.role
        return {p: broker.offsets(role, [TOPIC], p)[TOPIC] for p in range(PARTITIONS)}


@contextmanager
def memory_group(rates: FaultRates | None = None, topics=(TOPIC,), *, misses: bool = False):
    """Yield a group that has begun, and end it."""
    loop = virtual_loop()
    schedule = WorldSchedule(loop, clock_from(0))
    stages: list[Recording] = []

    def stage() -> Recording:
        stages.append(Recording(topics=topics))
        return stages[-1]

    group = ConsumerGroup(
        role="recording",
        topics=topics,
        broker=Broker(lambda: schedule.now),
        schedule=schedule,
        faults=Faults(rates or FaultRates(), random.Random(1), Counter()),
        stage=stage,
        lag_ms=(0, 2_000),
        misses=misses,
    )
    try:
        with listening(_Listener()), ended_by(_end), without_deadlines():
            assert PROCESS.get() is None
            group.start()
            yield MemoryGroup(group, stages)
            group.end()
    finally:
        loop.close()
