"""Which orders of a vantage are settled: those of this process, and what others wrote before it.

After a rebalance the next owner of a partition gets orders again that the one before had settled
and not committed. Their facts stand in facts.v1, so they are read back when partitions come.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.failures import UnreadableBatch
from agents.engine.read.brokers import LogSpan, Reader, reader_of
from agents.process.log import log
from schemas.moments import MINUTE_MS
from schemas.records.reports import VantageId
from schemas.topics import FACTS
from streams.schedule.steps import WINDOW_MAX_MS

SETTLED_MAX: Final = 262_144
"""Settled orders remembered, 100 bytes each: those of an hour at 70 probes a second."""

READ_BACK_MAX: Final = 262_144
"""Newest facts read back at a time, some 2 s of CPU; an order comes again within minutes."""

READ_BACK_DEADLINE_S: Final = 30.0
"""Then it goes on with what was read: an order that is carried out twice is one probe too many."""

_SLACK_MS: Final = 5 * MINUTE_MS
"""A machine's clock is hardly further from the broker's, or it would not have started."""


class _Head(msgspec.Struct):
    vantage: str = ""
    order_id: str = ""


_HEAD: Final = msgspec.json.Decoder(_Head)


class SettledOrders:
    """Remembers the orders of one vantage that have a fact.

    Args:
        vantage: whose.
        settings: the broker and the world's clock; None = nothing is read back.
        wall_ms: what the broker's clock shows.
        bound: how many are remembered, and facts read back.
    """

    def __init__(
        self,
        vantage: VantageId,
        settings: Settings | None = None,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        bound: int = SETTLED_MAX,
    ) -> None:
        """Know of none."""
        self._vantage = vantage
        self._settings = settings
        self._wall_ms = wall_ms
        self._bound = bound
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._read_to: dict[int, int] = {}

    def __contains__(self, order_id: str) -> bool:
        """Return whether an order has its fact."""
        return order_id in self._ids

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._ids)

    def add(self, order_id: str) -> None:
        """Remember an order; the one learned first is forgotten where there are too many."""
        self._ids[order_id] = None
        if len(self._ids) > self._bound:
            self._ids.popitem(last=False)

    async def read_back(self) -> None:
        """Learn what was settled by whoever owned the partitions before.

        No window is open longer than WINDOW_MAX_MS, so older facts are of no interest.
        """
        if self._settings is None:
            return
        topic = self._settings.kafka.topic_prefix + FACTS.name
        reader = reader_of(self._settings.kafka, topic)
        try:
            async with asyncio.timeout(READ_BACK_DEADLINE_S):
                await self._read(reader, self._settings)
        except TimeoutError:
            log(f"probe-{self._vantage}").warning("settled orders were not all read back")
        finally:
            await reader.stop()

    async def _read(self, reader: Reader, settings: Settings) -> None:
        partitions = await reader.start()
        bounds = await reader.bounds(partitions)
        window_ms = round(settings.clock.clock().wall_seconds(WINDOW_MAX_MS) * 1_000)
        since = await reader.since(partitions, self._wall_ms() - window_ms - _SLACK_MS)
        share = READ_BACK_MAX // len(partitions)
        starts = {
            p: max(since[p], begin, end - share, self._read_to.get(p, 0))
            for p, (begin, end) in bounds.items()
            if p in since
        }
        left = {p for p, start in starts.items() if start < bounds[p][1]}
        reader.follow({p: starts[p] for p in left}, {p: bounds[p][1] for p in left})
        while left:
            for span in await reader.poll():
                report_progress(f"records of {FACTS.name}")
                self._learn(span)
                self._read_to[span.partition] = span.position
                if span.position >= bounds[span.partition][1]:
                    left.discard(span.partition)
                await asyncio.sleep(0)

    def _learn(self, span: LogSpan) -> None:
        try:
            values = [value for _, value in span.pairs() if value]
        except UnreadableBatch:
            return  # lifecycle says so, and stops on it
        for value in values:
            try:
                head = _HEAD.decode(value)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # no fact of ours
            if head.order_id and head.vantage == self._vantage:
                self.add(head.order_id)
