"""The job as a stage of the engine, at the durability of the bare loop."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from contest import Spec
from harness import Meter, spec_of, tell
from job import ENCODER, EVENT, STATE, State, fold

from agents.config import KafkaSettings, Settings
from agents.engine.consume.app import running
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import OnLost, OnReady, Outbox, Received, Send, next_offsets

POSITION = b"position"
"""Key under which the changelog holds a partition's offsets, if the job is transactional."""

OFFSETS = msgspec.json.Decoder(dict[str, int])


class Job:
    """The stage: what follows from a list is acknowledged, then the engine commits.

    Args:
        spec: what to do.
        settings: the broker.
        meter: begins at the first list.
        outbox: what follows goes there.
    """

    pooled = False
    concurrency = 1

    def __init__(self, spec: Spec, settings: Settings, meter: Meter, outbox: Outbox) -> None:
        self.role = spec.group
        self.topics: Sequence[str] = (spec.source,)
        self.done = asyncio.Event()
        self.seen = 0
        self._spec = spec
        self._settings = settings
        self._outbox = outbox
        self._meter = meter
        self._states: dict[int, dict[bytes, State]] = {}
        self._offsets: dict[int, dict[str, int]] = {}

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load the changelog of the partitions."""
        self._states.update((partition, {}) for partition in partitions)
        async for records in read_partitions(self._settings, self._spec.changelog, partitions):
            for record in records:
                if record.key == POSITION:
                    self._offsets[record.partition] = OFFSETS.decode(record.value)
                else:
                    self._states[record.partition][record.key] = STATE.decode(record.value)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget the partitions."""
        for partition in partitions:
            self._states.pop(partition, None)

    async def handle(self, records: Sequence[Received]) -> None:
        """Fold a list and write what follows."""
        self._meter.begin()
        self._begin(records[0].partition)
        await self._write(records, self._folded(records[0].partition, records))
        self.seen += len(records)
        if self._spec.events and self.seen >= self._spec.events:
            self.done.set()

    def _begin(self, partition: int) -> None:
        """Do nothing: no transaction is to begin."""

    async def _write(self, records: Sequence[Received], sends: Sequence[Send]) -> None:
        await self._outbox.send(sends)

    def _folded(self, partition: int, records: Sequence[Received]) -> list[Send]:
        held = self._states[partition]
        changed: dict[bytes, State] = {}
        sends = []
        output, changelog = self._spec.output, self._spec.changelog
        for record in records:
            event = EVENT.decode(record.value)
            state = held.get(record.key)
            if state is None:
                held[record.key] = state = State()
            value = ENCODER.encode(fold(state, event))
            sends.append(Send(output, record.key, value, partition=partition))
            changed[record.key] = state
        sends += [
            Send(changelog, key, ENCODER.encode(state), partition=partition)
            for key, state in changed.items()
        ]
        return sends


class TransactionalJob(Job):
    """The same with what follows and the offsets in one transaction of the partition."""

    def __init__(self, spec: Spec, settings: Settings, meter: Meter, outbox: Outbox) -> None:
        super().__init__(spec, settings, meter, outbox)
        self._writer = Transactions(settings, spec.group)

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Become the one writer of the partitions, then load their changelog."""
        await self._writer.open(partitions)
        await self.assigned(partitions)
        for partition in partitions:
            ready(partition, self._offsets.get(partition, {}))

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget the partitions and stop being their writer."""
        await super().revoked(partitions)
        await self._writer.close(partitions)

    def _begin(self, partition: int) -> None:
        self._writer.begin(partition, (self._spec.output, self._spec.changelog))

    async def _write(self, records: Sequence[Received], sends: Sequence[Send]) -> None:
        partition, offsets = records[0].partition, ENCODER.encode(next_offsets(records))
        said = Send(self._spec.changelog, POSITION, offsets, partition=partition)
        await self._writer.write(partition, [*sends, said])


async def main(spec: Spec) -> None:
    """Run the stage until the number of events is reached."""
    kafka = KafkaSettings(
        bootstrap=spec.bootstrap, partitions=spec.partitions, session_timeout_s=spec.session_s
    )
    settings = Settings(kafka=kafka, state_dir=Path(spec.folder))
    outbox, meter = KafkaOutbox(settings, spec.group), Meter()
    await outbox.start()
    stage = (TransactionalJob if spec.transactional else Job)(spec, settings, meter, outbox)
    async with running(stage, settings):
        await stage.done.wait()
        tell(meter.measured(stage.seen))
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(spec_of(Spec)))
