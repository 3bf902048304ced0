"""Writes records with aiokafka's batch builder and waits until the broker has them all.

Record by record costs more than half the throughput of a batch, and a future nobody looks at is
a lost record; so each call builds its batches, sends them and awaits every acknowledgement.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from schemas.ids import partition_of

ACK_DEADLINE_S = 60.0
"""A broker that does not acknowledge for a minute is down; the work is replayed after it."""

REQUEST_BYTES_MAX = 1_000_000
"""Below the broker's message.max.bytes of 1,048,588."""


class KafkaOutbox:
    """The outbox on a real broker: acks=all, idempotent, in order within a partition.

    Args:
        settings: the broker and the run's topic prefix.
        client_id: shown in the broker's logs and quotas.
    """

    def __init__(self, settings: Settings, client_id: str = "hostwatch") -> None:
        self._prefix = settings.kafka.topic_prefix
        self._pending: list[tuple[Sequence[Send], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka.bootstrap,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=REQUEST_BYTES_MAX // 4,
            max_request_size=REQUEST_BYTES_MAX,
            request_timeout_ms=int(ACK_DEADLINE_S * 500),
        )

    async def start(self) -> None:
        """Connect.

        Raises:
            SendFailed: no broker answered.
        """
        try:
            await asyncio.wait_for(self._producer.start(), ACK_DEADLINE_S)
        except (KafkaError, TimeoutError) as error:
            await self._producer.stop()
            raise SendFailed(type(error).__name__) from None

    async def stop(self) -> None:
        """Disconnect; what a caller gave up while it was written is finished first."""
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=ACK_DEADLINE_S)
        await asyncio.wait_for(self._producer.stop(), ACK_DEADLINE_S)

    async def send(self, records: Sequence[Send]) -> None:
        """Write the records and return when the broker has acknowledged all of them.

        What several callers hand in while a write is under way goes out together with the next:
        the broker takes one batch of a partition at a time, so a batch a caller would queue.
        """
        if not records:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((records, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        try:
            while self._pending:
                taken, self._pending = self._pending, []
                failure = await self._failure([one for records, _ in taken for one in records])
                for _, done in taken:
                    if done.cancelled():
                        continue
                    if failure is None:
                        done.set_result(None)
                    else:
                        done.set_exception(failure)
        finally:
            self._writer = None

    async def _failure(self, records: Sequence[Send]) -> Exception | None:
        """Write records and return what failed, None once the broker has them all."""
        try:
            async with asyncio.timeout(ACK_DEADLINE_S):
                await asyncio.gather(*await self._dispatch(records))
        except (KafkaError, TimeoutError) as error:
            return SendFailed(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, its callers must not wait on
            return error
        return None

    async def _dispatch(self, records: Sequence[Send]) -> list[asyncio.Future[object]]:
        lanes: dict[tuple[str, int], list[Send]] = defaultdict(list)
        counts: dict[str, int] = {}
        for record in records:
            topic = self._prefix + record.topic
            if topic not in counts:
                counts[topic] = len(await self._producer.partitions_for(topic))
            lanes[topic, partition_of(record.key, counts[topic])].append(record)
        futures = []
        for (topic, partition), lane in lanes.items():
            futures += await self._send_lane(topic, partition, lane)
        return futures

    async def _send_lane(
        self, topic: str, partition: int, lane: list[Send]
    ) -> list[asyncio.Future[object]]:
        futures = []
        batch = self._producer.create_batch()
        for record in lane:
            fields = {"key": record.key, "value": record.value, "timestamp": None}
            # append() answers None when the batch is full; unchecked, the record would vanish
            if batch.append(**fields, headers=list(record.headers)) is None:
                batch.close()
                futures.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                if batch.append(**fields, headers=list(record.headers)) is None:
                    raise SendFailed("RecordTooLarge")
        batch.close()
        futures.append(await self._producer.send_batch(batch, topic, partition=partition))
        return futures
