"""What intake remembers of its partitions: the newest ids in memory, all of 400 days on disk.

On disk they stand with the offset of `outcomes.v1` up to which they are held, so that whoever gets
a partition reads on from there. One flush behind, to be exact: what was quarantined in the lists
that are in hand stands in no file and is learned from the outcomes again.
"""

import asyncio
import fcntl
import os
import weakref
from collections.abc import Collection
from pathlib import Path
from typing import Final

from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.read.brokers import ends_of, reader_of
from agents.engine.read.log_reader import ANSWER_DEADLINE_S
from agents.engine.state.id_store import IdStore
from agents.process.log import log
from schemas.topics import OUTCOMES
from streams.intake.accepted_ids import AcceptedIdIndex

FLUSH_IDS: Final = 25_000
"""New ids of a partition after which they are written to disk, and so read again at most after a
start: 4 MB in memory, 0.1 s to write."""

IN_MEMORY: Final = 100_000
"""Ids of a partition in memory where all are on disk too: 16 MB. A look-up on disk costs 4 us."""


class AcceptedIdFiles:
    """The accepted ids of the partitions that this process owns, in files.

    A process that finds the folder taken by another keeps its ids in memory only, as many as fit,
    and reads all outcomes when it gets a partition.

    Args:
        settings: broker, prefix and folder.
        flush_ids, in_memory: see FLUSH_IDS and IN_MEMORY.
    """

    def __init__(
        self, settings: Settings, flush_ids: int = FLUSH_IDS, in_memory: int = IN_MEMORY
    ) -> None:
        self._settings = settings
        self._flush_ids = flush_ids
        self._in_memory = in_memory
        topic = settings.kafka.topic_prefix + OUTCOMES.name
        self._folder = settings.state_dir / "ids" / topic
        self._is_ours: bool | None = None
        self._stores: dict[int, IdStore] = {}
        self._passed: dict[int, int] = {}
        self._days: dict[int, int] = {}

    async def open(
        self, partitions: Collection[int]
    ) -> tuple[dict[int, AcceptedIdIndex], dict[int, int]]:
        """Return the accepted ids of partitions, and the offset of `outcomes.v1` to read each from.

        Raises:
            StoreFailed: the folder cannot be written.
            TimeoutError: the broker does not answer.
        """
        if self._is_ours is None:
            self._is_ours = self._take_folder()
            if not self._is_ours:
                log("intake").warning("another process has the ids in state_dir; all are read")
        if not self._is_ours or not partitions:
            return {partition: AcceptedIdIndex() for partition in partitions}, {}
        report_progress("the ids in state_dir")
        stores = await asyncio.to_thread(self._opened, tuple(partitions))
        report_progress(f"the ends of {OUTCOMES.name}")
        await self._claim(stores)
        self._stores |= stores
        accepted = {}
        for partition, store in stores.items():
            accepted[partition] = AcceptedIdIndex(self._in_memory, store.get)
            accepted[partition].recount(store.counts())
            self._passed[partition] = store.position
        return accepted, dict(self._passed)

    def _opened(self, partitions: Collection[int]) -> dict[int, IdStore]:
        return {p: IdStore(self._folder / f"{p}.sqlite") for p in partitions}

    async def _claim(self, stores: dict[int, IdStore]) -> None:
        reader = reader_of(self._settings.kafka, self._settings.kafka.topic_prefix + OUTCOMES.name)
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await reader.start()
                name = await reader.identity()
                bounds = await reader.bounds(sorted(stores))
        finally:
            await reader.stop()
        for partition, store in stores.items():
            store.claim(f"{name}/{partition}", *bounds[partition])

    async def keep(
        self, partition: int, accepted: AcceptedIdIndex, position: int | None = None
    ) -> None:
        """Write what is new of a partition to disk, once that is enough.

        Args:
            partition: whose.
            accepted: its ids; everything in it stands in `outcomes.v1`.
            position: offset of the topic before which all was learned; None = its end by now.
        """
        store = self._stores.get(partition)
        if store is None or accepted.new < self._flush_ids:
            return
        if position is None:
            async with ends_of(self._settings, (OUTCOMES.name,)) as ends:
                position = (await ends.of((partition,)))[partition][OUTCOMES.name]
        ids, counts = accepted.taken()
        passed, self._passed[partition] = self._passed[partition], position
        await asyncio.to_thread(store.write, ids, counts, passed)
        today = max(day for _, _, day in ids)
        if today > self._days.get(partition, 0):
            self._days[partition] = today
            await asyncio.to_thread(store.forget, today)

    def close(self, partitions: Collection[int]) -> None:
        """Let go of partitions; what was not written yet is read again by whoever gets them."""
        for partition in partitions:
            self._passed.pop(partition, None)
            store = self._stores.pop(partition, None)
            if store is not None:
                store.close()

    def _take_folder(self) -> bool:
        """Take the folder for this process; the kernel lets go of it when the process ends."""
        handle = _locked(self._folder)
        if handle is not None:
            weakref.finalize(self, os.close, handle)
        return handle is not None


def _locked(folder: Path) -> int | None:
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
