"""The floor: consume and do nothing with it.

Time begins with the assignment: both libraries read ahead, so at the first record in hand much of
a short payload would be here already.
"""

import asyncio
from typing import Any

from contest import Spec
from harness import Measured, Meter, spec_of, tell


async def with_aiokafka(spec: Spec) -> Measured:
    """Read with aiokafka, lists of records."""
    from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener

    meter, seen = Meter(), 0

    class Begin(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked: Any) -> None:
            pass

        def on_partitions_assigned(self, assigned: Any) -> None:
            meter.begin()

    consumer = AIOKafkaConsumer(
        bootstrap_servers=spec.bootstrap,
        group_id=spec.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    consumer.subscribe([spec.source], listener=Begin())
    await consumer.start()
    try:
        while seen < spec.events:
            found = await consumer.getmany(timeout_ms=200)
            seen += sum(map(len, found.values()))
        await consumer.commit()
        return meter.measured(seen)
    finally:
        await consumer.stop()


def with_confluent(spec: Spec) -> Measured:
    """Read with librdkafka's binding, lists of records."""
    from confluent_kafka import Consumer

    consumer = Consumer(
        {
            "bootstrap.servers": spec.bootstrap,
            "group.id": spec.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    meter, seen = Meter(), 0
    consumer.subscribe([spec.source], on_assign=lambda *_: meter.begin())
    try:
        while seen < spec.events:
            found = consumer.consume(4_000, 0.2)
            seen += len(found)
        consumer.commit(asynchronous=False)
        return meter.measured(seen)
    finally:
        consumer.close()


if __name__ == "__main__":
    spec = spec_of(Spec)
    if spec.folder == "confluent":
        tell(with_confluent(spec))
    else:
        tell(asyncio.run(with_aiokafka(spec)))
