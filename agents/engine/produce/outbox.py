"""Writes records in batches and waits until the broker has them all.

A future nobody checks is a lost record; so each call awaits every acknowledgement.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from agents.config import Settings
from agents.engine.failures import SendFailed
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.produce.batches import BATCH_BYTES_MAX, dispatch
from agents.engine.produce.broker_time import BrokerTime
from agents.engine.stage import Send
from agents.engine.supervision import LIBRARY_TASKS
from agents.process import broker_access

ACK_DEADLINE_S = 60.0
"""A broker that does not acknowledge for a minute is down; the work is replayed after it."""


class KafkaOutbox:
    """The outbox on a real broker: acks=all, idempotent, in order within a partition.

    Args:
        settings: the broker and the run's topic prefix.
        client_id: shown in the broker's logs and quotas.

    Attributes:
        time: what the broker's clock shows, as far as acknowledgements tell.
    """

    def __init__(self, settings: Settings, client_id: str = "hostwatch") -> None:
        self.time = BrokerTime()
        self._prefix = settings.kafka.topic_prefix
        self._pending: list[tuple[Sequence[Send], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._producer = AIOKafkaProducer(
            **broker_access.arguments(settings.kafka),
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=BATCH_BYTES_MAX,
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
            await asyncio.wait_for(self._producer.stop(), ACK_DEADLINE_S)
            raise SendFailed(type(error).__name__) from None
        LIBRARY_TASKS.keep(self._producer, "outbox")

    async def stop(self) -> None:
        """Disconnect; what a caller gave up while it was written is finished first."""
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=ACK_DEADLINE_S)
        LIBRARY_TASKS.let_go(self._producer)
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
        taken: list[tuple[Sequence[Send], asyncio.Future[None]]] = []
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
        except BaseException as error:  # ended from outside: nobody may wait for it on and on
            for _, done in (*taken, *self._pending):
                if not done.done():
                    done.set_exception(SendFailed(type(error).__name__))
            self._pending = []
            raise
        finally:
            self._writer = None

    async def _failure(self, records: Sequence[Send]) -> Exception | None:
        """Write records and return what failed, None once the broker has them all."""
        try:
            async with asyncio.timeout(ACK_DEADLINE_S):
                handed_in = self.time.handed_in()
                futures = await dispatch(self._producer, self._prefix, records)
                fault_point(FaultPoint.SENT)
                written = await asyncio.gather(*futures)
                fault_point(FaultPoint.WRITTEN)
                self.time.acknowledged(
                    handed_in, [one.timestamp for one in written if isinstance(one, RecordMetadata)]
                )
        except (KafkaError, TimeoutError) as error:
            return SendFailed(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, its callers must not wait on
            return error
        return None


async def send_once(settings: Settings, records: Sequence[Send]) -> None:
    """Connect, write records, and disconnect when the broker has acknowledged all of them.

    Args:
        settings: name the broker.
        records: what is written.

    Raises:
        SendFailed, KafkaError, TimeoutError: the broker did not take them.
    """
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send(records)
    finally:
        await outbox.stop()
