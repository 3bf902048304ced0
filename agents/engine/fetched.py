"""Takes what a consumer has fetched, whole pieces of partitions at a time.

aiokafka's own way (`Fetcher.fetched_records`) hands over record by record. What it heeds besides
is heeded here: pieces of partitions that went, are paused or stand elsewhere now are dropped, a
position moves with what is taken, and the next fetch begins when there is room for it. aiokafka
has no public way to pieces, so its own parts are used, and its version is pinned.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka.consumer.fetcher import FetchResult
from faust.types import TP

from agents.clock import Clock
from agents.engine.chunk import chunk_of
from agents.engine.inbox import BATCH_RECORDS_MAX
from agents.engine.stage import Received

Lists = dict[TP, list[Received]]


class Fetched:
    """What a consumer of aiokafka has fetched.

    Args:
        fetcher: the consumer's.
        prefix: of the run's topics.
        clock: turns append times into world time.
    """

    def __init__(self, fetcher: Any, prefix: str, clock: Clock) -> None:
        self._fetcher = fetcher
        self._prefix = prefix
        self._clock = clock

    async def take(self, wanted: Collection[TP], timeout_s: float) -> Lists:
        """Return what is there of some partitions, waiting for it if nothing is.

        Args:
            wanted: the partitions; what is there of others stays.
            timeout_s: how long to wait.

        Returns:
            By partition, none empty; some `BATCH_RECORDS_MAX` in all, at least one whole piece.

        Raises:
            aiokafka.errors.KafkaError: the broker refused a fetch.
            aiokafka.errors.CorruptRecordException: a checksum is wrong; its piece is not taken.
        """
        fetcher, clock = self._fetcher, asyncio.get_running_loop().time
        until_s = clock() + timeout_s
        with fetcher._subscriptions.fetch_context():
            while True:
                if fetcher._subscriptions.reassignment_in_progress:
                    await fetcher._subscriptions.wait_for_assignment()
                found = self._there(wanted)
                left_s = until_s - clock()
                if found or left_s <= 0:
                    return found
                waiter = fetcher._create_fetch_waiter()
                done, _ = await asyncio.wait([waiter], timeout=left_s)
                if not done or fetcher._closed:
                    waiter.cancel()
                    return {}
                waiter.result()

    def _there(self, wanted: Collection[TP]) -> Lists:
        fetcher, found, count = self._fetcher, Lists(), 0
        pieces = fetcher._records
        for tp in list(pieces):
            if tp not in wanted:
                if not fetcher._subscriptions.is_assigned(tp):
                    del pieces[tp]
                continue
            piece = pieces[tp]
            failed = not isinstance(piece, FetchResult)
            if failed and found:
                break  # told in the next call
            records = [] if failed else self._records(tp, piece)
            del pieces[tp]
            fetcher._notify(fetcher._wait_consume_future)
            if failed:
                piece.check_raise()
            if records:
                found[tp] = records
                count += len(records)
            if count >= BATCH_RECORDS_MAX:
                break
        return found

    def _records(self, tp: TP, piece: Any) -> list[Received]:
        """Take a piece's records and move the position behind it, unless it is out of date."""
        if not piece.check_assignment(tp):
            return []
        held = piece._partition_records
        aborted = held._aborted_transactions
        start = held.next_fetch_offset
        chunk = chunk_of(tp.partition, start, held._records, aborted)
        records = chunk.received(tp.topic[len(self._prefix) :], self._clock)
        piece._assignment.state_value(tp).consumed_to(chunk.position)
        return records
