"""The job as a bare aiokafka loop: what the engine's stage runner costs is the distance to this.

One list of a partition is under way while the next is fetched and folded; lists of one partition
follow each other. Plain: outputs and changelog are acknowledged, then the offset is committed.
Transactional: a producer per partition, its offsets in the transaction.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from contest import Spec
from harness import Meter, spec_of, tell
from job import ENCODER, EVENT, STATE, State, fold

LIST_RECORDS_MAX = 4_000
BATCH_BYTES_MAX = 900_000


class Loop(ConsumerRebalanceListener):
    """The loop and the state of the partitions it was given."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.states: dict[int, dict[bytes, State]] = {}
        self.under_way: dict[int, asyncio.Task[None]] = {}
        self.producers: list[AIOKafkaProducer] = []
        self.done = 0
        self.loaded = asyncio.Event()
        self.consumer = AIOKafkaConsumer(
            bootstrap_servers=spec.bootstrap,
            group_id=spec.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            session_timeout_ms=int(spec.session_s * 1_000),
            heartbeat_interval_ms=1_000,
        )

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget what is not ours any more."""
        self.loaded.clear()
        for part in revoked:
            self.states.pop(part.partition, None)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Load the changelog of the partitions."""
        parts = [TopicPartition(self.spec.changelog, part.partition) for part in assigned]
        self.states = {part.partition: {} for part in parts}
        reader = AIOKafkaConsumer(
            bootstrap_servers=self.spec.bootstrap, isolation_level="read_committed"
        )
        await reader.start()
        try:
            reader.assign(parts)
            await reader.seek_to_beginning(*parts)
            ends = await reader.end_offsets(parts)
            while [p for p in parts if await reader.position(p) < ends[p]]:
                for part, records in (await reader.getmany(timeout_ms=200)).items():
                    held = self.states[part.partition]
                    held.update((r.key, STATE.decode(r.value)) for r in records)
        finally:
            await reader.stop()
        self.loaded.set()

    async def run(self) -> None:
        """Do the job until the number of events is reached."""
        for number in range(self.spec.partitions if self.spec.transactional else 1):
            id = f"{self.spec.group}-{number}" if self.spec.transactional else None
            producer = AIOKafkaProducer(
                bootstrap_servers=self.spec.bootstrap,
                acks="all",
                enable_idempotence=True,
                transactional_id=id,
                max_batch_size=BATCH_BYTES_MAX,
            )
            await producer.start()
            self.producers.append(producer)
        self.consumer.subscribe([self.spec.source], listener=self)
        meter = Meter()
        await self.consumer.start()
        while not self.spec.events or self.done < self.spec.events:
            found = await self.consumer.getmany(timeout_ms=200, max_records=LIST_RECORDS_MAX)
            await self.loaded.wait()  # records come before the listener above is done
            for part, records in found.items():
                meter.begin()
                before = self.under_way.get(part.partition)
                if before is not None:
                    await before
                self.under_way[part.partition] = await self.hand_on(part, records)
                self.done += len(records)
        await asyncio.gather(*self.under_way.values())
        tell(meter.measured(self.done))
        await self.consumer.stop()
        await asyncio.gather(*(producer.stop() for producer in self.producers))

    async def hand_on(self, part: TopicPartition, records: Sequence[Any]) -> "asyncio.Task[None]":
        """Fold a list, hand what follows to the producer and return the wait for it."""
        held = self.states[part.partition]
        changed: dict[bytes, State] = {}
        outputs = []
        for record in records:
            event = EVENT.decode(record.value)
            state = held.get(record.key)
            if state is None:
                held[record.key] = state = State()
            outputs.append((record.key, ENCODER.encode(fold(state, event))))
            changed[record.key] = state
        states = [(key, ENCODER.encode(state)) for key, state in changed.items()]
        transactional = self.spec.transactional
        producer = self.producers[part.partition if transactional else 0]
        if transactional:
            await producer.begin_transaction()
        sent = await self.send(producer, self.spec.changelog, part.partition, states)
        sent += await self.send(producer, self.spec.output, part.partition, outputs)
        return asyncio.create_task(self.settle(producer, part, records[-1].offset + 1, sent))

    async def send(
        self,
        producer: AIOKafkaProducer,
        topic: str,
        partition: int,
        pairs: Iterable[tuple[bytes, bytes]],
    ) -> list[Awaitable[object]]:
        """Hand pairs of key and value to the producer in as few batches as they fit in."""
        sent = []
        batch = producer.create_batch()
        for key, value in pairs:
            if batch.append(key=key, value=value, timestamp=None) is None:
                sent.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)
        sent.append(await producer.send_batch(batch, topic, partition=partition))
        return sent

    async def settle(
        self,
        producer: AIOKafkaProducer,
        part: TopicPartition,
        offset: int,
        sent: Sequence[Awaitable[object]],
    ) -> None:
        """Wait for the acknowledgements, then commit."""
        await asyncio.gather(*sent)
        if self.spec.transactional:
            await producer.send_offsets_to_transaction({part: offset}, self.spec.group)
            await producer.commit_transaction()
        else:
            await self.consumer.commit({part: offset})


async def main(spec: Spec) -> None:
    """Run the loop."""
    await Loop(spec).run()


if __name__ == "__main__":
    asyncio.run(main(spec_of(Spec)))
