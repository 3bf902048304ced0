"""Reads what becomes of the records of a run, and how long each took to the ledger."""

import asyncio
from collections.abc import Iterable
from typing import Final

from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.engine.read.log_reader import LogReader
from schemas.codec import OUTCOME
from schemas.topics import HOTLINE, OUTCOMES
from sim.load.accounts import LoadAccounts, PartitionOfInbox
from sim.load.wait_histogram import Spread

DEADLINE_S: Final = 15.0
SLICE: Final = 1_000
"""Outcomes read before others get the loop: some 5 ms."""


class LedgerUnreadable(Exception):
    """The ledger cannot be read: the broker does not allow it, or does not answer."""


async def ends(settings: Settings, hotlines: Iterable[str]) -> dict[PartitionOfInbox, int]:
    """Return where the inboxes end.

    Raises:
        KafkaError, TimeoutError: the broker does not answer or refuses.
    """
    found: dict[PartitionOfInbox, int] = {}
    for hotline in hotlines:
        topic = HOTLINE.named(hotline)
        reader = LogReader(settings.kafka, settings.kafka.topic_prefix + topic)
        async with asyncio.timeout(DEADLINE_S):
            try:
                bounds = await reader.bounds(await reader.start())
            finally:
                await reader.stop()
        found |= {(topic, partition): end for partition, (_, end) in bounds.items()}
    return found


class Outcomes:
    """Follows `outcomes.v1` from where it ends now.

    Args:
        settings: the broker.
        accounts: are told every outcome.

    Attributes:
        delays: from the append of a record to the inbox to that of its outcome to the ledger, both
            by the broker's clock; an accepted record's entry is written with its outcome.
    """

    def __init__(self, settings: Settings, accounts: LoadAccounts) -> None:
        """Connect to nothing yet."""
        self._reader = LogReader(settings.kafka, settings.kafka.topic_prefix + OUTCOMES.name)
        self._speed = settings.clock.speed
        self._accounts = accounts
        self._clock = settings.clock.clock()
        self._task: asyncio.Task[None] | None = None
        self.delays = Spread()

    async def start(self) -> None:
        """Find the ends and begin.

        Raises:
            LedgerUnreadable: it cannot be read.
        """
        try:
            async with asyncio.timeout(DEADLINE_S):
                bounds = await self._reader.bounds(await self._reader.start())
        except (KafkaError, TimeoutError) as error:
            raise LedgerUnreadable(type(error).__name__) from None
        self._reader.follow({partition: end for partition, (_, end) in bounds.items()})
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        async with asyncio.timeout(DEADLINE_S):
            await self._reader.stop()

    @property
    def broken(self) -> bool:
        """Whether reading has ended, which it does not by itself."""
        return self._task is not None and self._task.done()

    async def _follow(self) -> None:
        read = 0
        while True:
            for chunk in await self._reader.poll():
                for records in chunk.records():
                    for record in records:
                        self._take(record.value, record.timestamp)
                        read += 1
                        if not read % SLICE:
                            await asyncio.sleep(0)

    def _take(self, value: bytes, timestamp: int) -> None:
        outcome = OUTCOME.decode(value)
        if self._accounts.settle(outcome):
            appended_at = self._clock.world(timestamp)
            self.delays.add((appended_at - outcome.origin.appended_at) / self._speed)
