"""Writes a partition's state, its offsets and what follows from them in one transaction.

Every partition has a transactional id, so a process that takes a partition over fences its earlier
owner at the broker: that one's open transaction is aborted and nothing it sends later is taken,
however long it was paused. The library aiokafka knows no generations in a transaction (no
KIP-447), so one transactional id a process would not do.

Offsets stand in a record of the state itself. Kafka Streams puts them into the group. There they
would cost each transaction two more requests and as many log entries again. A lost table would not
be made anew either, because the group would go on behind the records that made it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import IllegalOperation, KafkaError, ProducerFenced
from aiokafka.producer.transaction_manager import TransactionState

from agents.config import Settings
from agents.engine import library
from agents.engine.deadlines import report_progress
from agents.engine.failures import Fenced, SendFailed
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.produce.batches import BATCH_BYTES_MAX, dispatch
from agents.engine.stage import Send
from agents.engine.supervision import LIBRARY_TASKS
from agents.process import broker_access

WRITE_DEADLINE_S = 60.0
"""A broker that does not end a transaction for a minute is down; the work is replayed after it."""

TRANSACTION_TIMEOUT_MS = 70_000
"""When the broker gives up a transaction on its own: after its writer has."""

library.begin_transactions_every(0.002)
"""A transaction can begin when the last one's markers are written, some milliseconds after its
end; aiokafka asks again after 20 ms, which is the latency of every transaction but the first."""


@dataclass(slots=True)
class _Writer:
    producer: AIOKafkaProducer
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Transactions:
    """The writer of the partitions that a stage owns.

    Args:
        settings: the broker and the run's topic prefix.
        role: of the stage; part of the transactional ids.
    """

    def __init__(self, settings: Settings, role: str) -> None:
        self._settings = settings
        self._prefix = settings.kafka.topic_prefix
        self._role = role
        self._writers: dict[int, _Writer] = {}

    async def open(self, partitions: frozenset[int]) -> None:
        """Become the one writer of partitions: earlier owners are fenced when this returns.

        Raises:
            SendFailed: the broker did not give the transactional ids.
        """
        report_progress("transactional ids")
        made = {partition: _Writer(self._producer(partition)) for partition in partitions}
        try:
            async with asyncio.timeout(WRITE_DEADLINE_S), asyncio.TaskGroup() as group:
                for writer in made.values():
                    group.create_task(writer.producer.start())
        except BaseException as error:  # a cancel, too: what was begun is stopped before it goes on
            await _stop([*made.values()])
            if isinstance(error, ExceptionGroup | TimeoutError):
                raise SendFailed(_name(error)) from None
            raise
        self._writers |= made
        for writer in made.values():
            LIBRARY_TASKS.keep(writer.producer, self._role, raises_itself=True)

    def _producer(self, partition: int) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **broker_access.arguments(self._settings.kafka),
            client_id=f"hostwatch-{self._role}-{partition}",
            transactional_id=f"{self._prefix}{self._role}-{partition}",
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            acks="all",
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=BATCH_BYTES_MAX,
            request_timeout_ms=int(WRITE_DEADLINE_S * 500),
        )

    def begin(self, partition: int, topics: Sequence[str]) -> None:
        """Begin the next transaction of a partition while its records are still worked out.

        The broker lets it begin once the last one's markers are written, and answers; both go by
        meanwhile. Does nothing while another is under way: `write` begins its own then.

        Args:
            partition: whose state is written next.
            topics: without prefix, in which records of the same partition will be written.
        """
        writer = self._writers[partition]
        manager = library.transactions_of(writer.producer)
        if writer.lock.locked() or manager.state is not TransactionState.READY:
            return
        manager.begin_transaction()
        fault_point(FaultPoint.BEGUN)
        for topic in topics:
            manager.maybe_add_partition_to_txn(TopicPartition(self._prefix + topic, partition))

    async def write(self, partition: int, records: Sequence[Send]) -> dict[str, int]:
        """Write records as one; returns when the broker has committed them.

        Args:
            partition: whose state they are, its offsets among them.
            records: to write, in order within a key.

        Returns:
            By topic an offset that follows all that was written before this; what was written
            now stands there and behind it.

        Raises:
            SendFailed: refused, or not answered in time; what stands is not known, so the
                caller must not go on.
            Fenced: another process has become the writer of the partition.
        """
        writer = self._writers[partition]
        try:
            async with writer.lock, asyncio.timeout(WRITE_DEADLINE_S):
                return await self._write(writer.producer, records)
        except (KafkaError, TimeoutError) as error:
            if isinstance(error, ProducerFenced):
                raise Fenced(_name(error)) from None
            raise SendFailed(_name(error)) from None

    async def _write(self, producer: AIOKafkaProducer, records: Sequence[Send]) -> dict[str, int]:
        manager = library.transactions_of(producer)
        if manager.state is TransactionState.READY:
            await producer.begin_transaction()
            fault_point(FaultPoint.BEGUN)
        try:
            futures = await dispatch(producer, self._prefix, records)
        except IllegalOperation:  # what was begun ahead was refused meanwhile
            await manager.wait_for_transaction_end()  # raises why
            raise
        fault_point(FaultPoint.SENT)
        batches: list[Any] = await asyncio.gather(*futures)
        fault_point(FaultPoint.WRITTEN)
        await producer.commit_transaction()
        fault_point(FaultPoint.COMMITTED)
        # each batch is answered with the offset it begins at
        return {batch.topic[len(self._prefix) :]: batch.offset for batch in reversed(batches)}

    async def close(self, partitions: frozenset[int]) -> None:
        """Stop being the writer of partitions; a transaction under way is ended first."""
        writers = [w for p in partitions if (w := self._writers.get(p)) is not None]
        for writer in writers:
            async with writer.lock:
                pass
        for partition in partitions:
            self._writers.pop(partition, None)
        await _stop(writers)


def _name(error: BaseException) -> str:
    """Return the type of an error, of a group's first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


async def _stop(writers: Sequence[_Writer]) -> None:
    for writer in writers:
        LIBRARY_TASKS.let_go(writer.producer)
    async with asyncio.timeout(WRITE_DEADLINE_S):
        await asyncio.gather(*(w.producer.stop() for w in writers), return_exceptions=True)
    for writer in writers:
        library.take_note_of_refusals(writer.producer)
