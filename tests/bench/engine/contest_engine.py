"""The job as a stage of the engine, at the durability of the bare loop."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from contest import Meter, Spec, spec_of_arguments, tell
from job import ENCODER, EVENT, STATE, State, fold

from agents.config import KafkaSettings, Settings
from agents.engine.app import running
from agents.engine.bulk import read_partitions
from agents.engine.outbox import KafkaOutbox
from agents.engine.stage import Outbox, Received, Send
from agents.engine.transactions import Transactions


class Job:
    """The stage.

    Args:
        spec: what to do.
        settings: the broker.
        meter: begins at the first list.
        outbox: what follows goes there; None = into transactions with the offsets.
    """

    pooled = False
    concurrency = 1

    def __init__(self, spec: Spec, settings: Settings, meter: Meter, outbox: Outbox | None) -> None:
        self.role = spec.group
        self.topics: Sequence[str] = (spec.source,)
        self.transactional = outbox is None
        self.done = asyncio.Event()
        self.seen = 0
        self._spec = spec
        self._settings = settings
        self._outbox = outbox
        self._transactions = Transactions(settings, spec.group)
        self._meter = meter
        self._states: dict[int, dict[bytes, State]] = {}

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Become the writer of the partitions and load their changelog."""
        if self.transactional:
            await self._transactions.open(partitions)
        self._states.update((partition, {}) for partition in partitions)
        async for records in read_partitions(self._settings, self._spec.changelog, partitions):
            for record in records:
                self._states[record.partition][record.key] = STATE.decode(record.value)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget the partitions."""
        for partition in partitions:
            self._states.pop(partition, None)
        if self.transactional:
            await self._transactions.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Fold a list and write what follows."""
        self._meter.begin()
        partition = records[0].partition
        sends = self._folded(partition, records)
        if self._outbox is None:
            offsets = {records[0].topic: records[-1].offset + 1}
            await self._transactions.write(partition, sends, offsets)
        else:
            await self._outbox.send(sends)
        self.seen += len(records)
        if self._spec.events and self.seen >= self._spec.events:
            self.done.set()

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


async def main(spec: Spec) -> None:
    """Run the stage until the number of events is reached."""
    kafka = KafkaSettings(
        bootstrap=spec.bootstrap, partitions=spec.partitions, session_timeout_s=spec.session_s
    )
    settings = Settings(kafka=kafka, state_dir=Path(spec.folder))
    outbox, meter = KafkaOutbox(settings, spec.group), Meter()
    await outbox.start()
    stage = Job(spec, settings, meter, None if spec.transactional else outbox)
    async with running(stage, settings):
        await stage.done.wait()
        tell(meter.measured(stage.seen))
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(spec_of_arguments()))
