"""Hands records in at a rate that does not fall when the other side is slow.

A record is due by the clock alone. What the broker has not taken yet waits in its partition's
queue. Its wait counts from when it was due. So a broker that stands still shows in the figures,
and the rate does not adapt to it. Memory is bounded: beyond so many waiting records nothing
more is made, and how far the run is behind its clock is said.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.engine.produce.batches import BATCH_BYTES_MAX
from agents.process import broker_access
from schemas.identity.ids import partition_of
from schemas.topics import HOTLINE
from sim.load.accounts import LoadAccounts, PartitionOfInbox, code_of
from sim.load.wait_histogram import Spread
from sim.world.hotlines import HotlineEvent

WAITING_MAX: Final = 200_000
"""Records made and not acknowledged: some 150 MB."""

TICK_S: Final = 0.01
SLICE: Final = 200
"""Records made before others get the loop: some 10 ms."""

ACK_DEADLINE_S: Final = 60.0
"""A broker that does not acknowledge for a minute is down, as for every other writer."""


@dataclass(slots=True)
class SendProgress:
    """How far a run is.

    Attributes:
        due: records that the clock asked for.
        sent: records made and put into their queues.
        acknowledged: by the broker.
        failed: given up, the broker did not take them.
        behind_max: the most records that the run was behind its clock.
        waits: from when a record was due to its acknowledgement.
        first_s, last_s: monotonic time of the first record and of the last acknowledgement.
    """

    due: int = 0
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    behind_max: int = 0
    waits: Spread = field(default_factory=Spread)
    first_s: float = 0.0
    last_s: float = 0.0

    @property
    def waiting(self) -> int:
        """Records made that the broker has not acknowledged."""
        return self.sent - self.acknowledged - self.failed

    @property
    def behind(self) -> int:
        """Records that should be at the broker and are not made yet."""
        return self.due - self.sent


class Sender:
    """Writes to the inboxes.

    Args:
        settings: the broker, prefix and partitions.
        accounts: is told where records stand.
    """

    def __init__(self, settings: Settings, accounts: LoadAccounts) -> None:
        """Connect to nothing yet."""
        self._settings = settings
        self._accounts = accounts
        self._queues: dict[PartitionOfInbox, deque[tuple[float, HotlineEvent]]] = defaultdict(deque)
        self._writing: dict[PartitionOfInbox, asyncio.Task[None]] = {}
        self._producer = AIOKafkaProducer(
            **broker_access.arguments(settings.kafka),
            client_id="hostwatch-load",
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=BATCH_BYTES_MAX,
            request_timeout_ms=int(ACK_DEADLINE_S * 500),
        )
        self.sent = SendProgress()

    async def start(self) -> None:
        """Connect; raises KafkaError or TimeoutError where no broker answers."""
        async with asyncio.timeout(ACK_DEADLINE_S):
            await self._producer.start()

    async def stop(self) -> None:
        """Disconnect; what still waits is given up."""
        for task in self._writing.values():
            task.cancel()
        await asyncio.gather(*self._writing.values(), return_exceptions=True)
        async with asyncio.timeout(ACK_DEADLINE_S):
            await self._producer.stop()

    async def run(
        self,
        make: Callable[[float], HotlineEvent],
        per_s: float,
        seconds: float,
        stop: asyncio.Event,
    ) -> None:
        """Hand records in for so long, or until told to stop.

        Args:
            make: returns the record that is due so many seconds after the start.
            per_s: records a second.
            seconds: how long.
            stop: ends it early.
        """
        begun_s = self.sent.first_s = time.monotonic()
        total = round(per_s * seconds)
        while self.sent.sent < total and not stop.is_set():
            passed_s = time.monotonic() - begun_s
            self.sent.due = min(total, int(passed_s * per_s) + 1)
            self.sent.behind_max = max(self.sent.behind_max, self.sent.behind)
            room = WAITING_MAX - self.sent.waiting
            for _ in range(min(self.sent.behind, room, SLICE)):
                at_s = self.sent.sent / per_s
                self._put(make(at_s), begun_s + at_s)
            ahead = self.sent.behind == 0 or room <= 0
            await asyncio.sleep(TICK_S if ahead else 0)
        if stop.is_set():
            self.sent.due = self.sent.sent

    async def drain(self) -> None:
        """Wait until the broker has taken or refused everything."""
        while self._writing:
            await asyncio.wait(list(self._writing.values()))

    def _put(self, event: HotlineEvent, due_s: float) -> None:
        partition = partition_of(event.key, self._settings.kafka.partitions)
        where = HOTLINE.named(event.hotline), partition
        self._queues[where].append((due_s, event))
        self.sent.sent += 1
        if where not in self._writing:
            self._writing[where] = asyncio.create_task(self._write(where))

    async def _write(self, where: PartitionOfInbox) -> None:
        """Write what waits in a queue, one batch at a time: the broker takes no more."""
        waiting = self._queues[where]
        try:
            while waiting:
                await self._batch(where, waiting)
        finally:
            del self._writing[where]

    async def _batch(
        self, where: PartitionOfInbox, waiting: "deque[tuple[float, HotlineEvent]]"
    ) -> None:
        topic, partition = where
        batch: Any = self._producer.create_batch()
        due_s, codes = [], bytearray()
        while waiting:
            at_s, event = waiting[0]
            if batch.append(timestamp=None, key=event.key, value=event.value) is None:
                break
            waiting.popleft()
            due_s.append(at_s)
            codes.append(code_of(event))
        batch.close()
        name = self._settings.kafka.topic_prefix + topic
        try:
            async with asyncio.timeout(ACK_DEADLINE_S):
                done = await (await self._producer.send_batch(batch, name, partition=partition))
        except (KafkaError, TimeoutError):
            self.sent.failed += len(codes)
            return
        now_s = self.sent.last_s = time.monotonic()
        self._accounts.handed_in(where, done.offset, bytes(codes))
        self.sent.acknowledged += len(codes)
        for at_s in due_s:
            self.sent.waits.add((now_s - at_s) * 1_000)
