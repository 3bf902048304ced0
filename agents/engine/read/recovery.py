"""Brings stores up to what their topic holds, in bulk.

The end is judged by position, not by the last record: what stands last before the end may be a
transaction marker, an aborted record or something compaction took away. A reader that waits for a
record there waits for ever.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Final

from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.failures import LoadStalled
from agents.engine.read.brokers import LogSpan, Reader, reader_of
from agents.engine.state.store import Store, Stores, say

PROGRESS_DEADLINE_S: Final = 30.0
"""Wall time without a partition moving on; a stage that cannot load must not seem to be loading."""

AT_ONCE: Final = 4
"""Partitions read side by side: enough to fill an answer, few enough that the first are ready
long before the last."""


async def opened(stores: Stores, partitions: Collection[int]) -> dict[int, Store]:
    """Open the stores of partitions beside the loop: those on disk are read through for damage.

    Cancelled, it closes what it has opened.
    """
    opening = asyncio.ensure_future(asyncio.to_thread(_opened, stores, partitions))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        for store in (await opening).values():
            store.close()
        raise


def _opened(stores: Stores, partitions: Collection[int]) -> dict[int, Store]:
    found = {}
    for partition in partitions:
        report_progress(f"the store of partition {partition}")
        found[partition] = stores.open(partition)
    return found


async def recover(
    settings: Settings,
    topic: str,
    stores: Mapping[int, Store],
    on_ready: Callable[[int], None],
    on_left: Callable[[int], None] | None = None,
) -> None:
    """Read on from where each store stands to the end noted now, and say when each is there.

    The end is the last stable offset: nothing of a transaction that is still open. So whoever
    writes a partition in transactions takes its transactional id before this is called; that ends
    the transactions of the owner before, and what it committed stands below the end.

    Args:
        settings: broker and prefix.
        topic: name without prefix.
        stores: by partition. One that cannot be a part of this log is dropped and read anew.
        on_ready: told a partition once its store holds all up to the end.
        on_left: told before each fetch how many offsets are left to read.

    Raises:
        LoadStalled: nothing moved on for `PROGRESS_DEADLINE_S`.
        LogShrunk: a partition became shorter while it was read.
    """
    if not stores:
        return
    reader = reader_of(settings.kafka, settings.kafka.topic_prefix + topic)
    report_progress(f"the ends of {topic}")
    try:
        async with _moving(topic):
            await reader.start()
            log = await reader.identity()
            bounds = await reader.bounds(sorted(stores))
        for partition, store in stores.items():
            _fit(store, f"{log}/{partition}", bounds[partition], f"{topic}/{partition}")
        recovery = _Recovery(reader, topic, stores, bounds, on_ready)
        async for _ in recovery.run():
            if on_left is not None:
                on_left(_left(stores, bounds))
    finally:
        await reader.stop()


@asynccontextmanager
async def _moving(topic: str) -> AsyncIterator[None]:
    """Bound the wait for the next step of a load.

    Raises:
        LoadStalled: it did not come.
    """
    try:
        async with asyncio.timeout(PROGRESS_DEADLINE_S):
            yield
    except TimeoutError:
        raise LoadStalled(topic, PROGRESS_DEADLINE_S) from None


def _fit(store: Store, log: str, bounds: tuple[int, int], name: str) -> None:
    """Drop what is of another log, or of this one when it was another: cut in front or shorter."""
    begin, end = bounds
    own = store.claim(log)
    if own and store.position and not begin <= store.position <= end:
        own = False
        store.drop()
        store.claim(log)
    if not own:
        say(f"what was held of {name} is not of this log; it is read anew")


def _left(stores: Mapping[int, Store], bounds: Mapping[int, tuple[int, int]]) -> int:
    """Return how many offsets are between where the stores stand and the ends."""
    return sum(
        max(0, end - max(begin, stores[partition].position))
        for partition, (begin, end) in bounds.items()
    )


class _Recovery:
    def __init__(
        self,
        reader: Reader,
        topic: str,
        stores: Mapping[int, Store],
        bounds: Mapping[int, tuple[int, int]],
        on_ready: Callable[[int], None],
    ) -> None:
        self._reader = reader
        self._topic = topic
        self._stores = stores
        self._bounds = bounds
        self._on_ready = on_ready
        self._waiting = deque(sorted(stores))
        self._open: set[int] = set()

    async def run(self) -> AsyncIterator[None]:
        """Load all; yield before each fetch."""
        self._begin()
        while self._open:
            yield
            async with _moving(self._topic):
                while not (spans := await self._reader.poll()):
                    pass
            report_progress(f"records of {self._topic}")
            for span in spans:
                self._take(span)
                await asyncio.sleep(0)  # others get the loop between two spans of some 10 ms
            self._begin()

    def _begin(self) -> None:
        while self._waiting and len(self._open) < AT_ONCE:
            partition = self._waiting.popleft()
            begin, end = self._bounds[partition]
            start = max(self._stores[partition].position, begin)
            if start >= end:
                self._on_ready(partition)
            else:
                self._open.add(partition)
                self._reader.follow({partition: start}, {partition: end})

    def _take(self, span: LogSpan) -> None:
        partition = span.partition
        self._stores[partition].write(span.pairs(), span.position)
        if span.position >= self._bounds[partition][1]:
            self._open.discard(partition)
            self._on_ready(partition)
