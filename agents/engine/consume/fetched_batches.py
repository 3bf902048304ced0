"""Takes what a consumer has fetched, whole pieces of partitions at a time.

aiokafka's own way (`Fetcher.fetched_records`) hands over record by record. What it does besides is
done here. Pieces of partitions that were revoked, are paused or were sought elsewhere are dropped.
A position moves with what is taken, and the next fetch begins when there is room for it. aiokafka
has no public way to pieces; its own parts are used by way of `agents.engine.library`.
"""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka.consumer.fetcher import FetchResult
from faust.types import TP

from agents.clock import Clock
from agents.engine import library
from agents.engine.consume.partition_queue import LIST_RECORDS_MAX
from agents.engine.read.batch_records import CheckedBatch, FaultyBatch
from agents.engine.read.fetched_span import received
from agents.engine.read.record_batches import RecordBatches
from agents.engine.stage import Received, UnreadableInboxBatch
from schemas.topics import is_compacted

TAKE_BYTES_MAX = 8 * 1024 * 1024
"""Of records opened in one go, and then to the end of a batch: some 20 ms of work. A piece of 1 MiB
may hold a hundred batches that open to so much each; other partitions have their turn between."""

Lists = dict[TP, list[Received]]

library.read_batches_with(RecordBatches)


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
            By partition, none empty; some `LIST_RECORDS_MAX` or `TAKE_BYTES_MAX` in all, and to
            the end of a batch. What is left of a piece is there in the next call.

        Raises:
            aiokafka.errors.KafkaError: the broker refused a fetch.
            UnreadableBatch: a batch of a topic that is no inbox cannot be read.
        """
        fetcher, clock = self._fetcher, asyncio.get_running_loop().time
        subscriptions = library.subscriptions_of(fetcher)
        until_s = clock() + timeout_s
        with subscriptions.fetch_context():
            while True:
                if subscriptions.reassignment_in_progress:
                    await subscriptions.wait_for_assignment()
                found = self._there(wanted)
                left_s = until_s - clock()
                if found or left_s <= 0:
                    return found
                waiter = library.arrival(fetcher)
                done, _ = await asyncio.wait([waiter], timeout=left_s)
                if not done or library.is_closed(fetcher):
                    waiter.cancel()
                    return {}
                waiter.result()

    def _there(self, wanted: Collection[TP]) -> Lists:
        fetcher, found, count, left = self._fetcher, Lists(), 0, TAKE_BYTES_MAX
        pieces, subscriptions = library.pieces_of(fetcher), library.subscriptions_of(fetcher)
        for tp in list(pieces):
            if tp not in wanted:
                if not subscriptions.is_assigned(tp):
                    del pieces[tp]
                continue
            piece = pieces[tp]
            failed = not isinstance(piece, FetchResult)
            if failed and found:
                break  # told in the next call
            records, cost = ([], 0) if failed else self._records(tp, piece, left)
            if not failed and _has_more(piece):
                pieces.move_to_end(tp)  # behind the others
            else:
                del pieces[tp]
                library.make_room(fetcher)
            if failed:
                piece.check_raise()
            if records:
                found[tp] = records
            count, left = count + len(records), left - cost
            if count >= LIST_RECORDS_MAX or left <= 0:
                break
        return found

    def _records(self, tp: TP, piece: Any, most: int) -> tuple[list[Received], int]:
        """Take a piece's records and move the position behind them, unless it is out of date.

        Args:
            tp: its partition.
            piece: what was fetched of it.
            most: bytes to take, and to the end of a batch.

        Returns:
            The records, and how many bytes they cost.

        Raises:
            UnreadableBatch: a batch of a topic that is no inbox cannot be read.
        """
        found: list[Received] = []
        cost = 0
        if not piece.check_assignment(tp):
            return found, cost
        held, topic = library.held_by(piece), tp.topic[len(self._prefix) :]
        batches, aborted = library.batches_of(held)
        state, start = library.state_of(piece, tp), held.next_fetch_offset
        visible = batches.visible(start, state.highwater, aborted, gaps=is_compacted(topic))
        for position, batch in visible:
            if batch is not None:
                records = received(batch, topic, tp.partition, self._clock)
                cost += _cost(batch, records)
                found += records
            held.next_fetch_offset = position
            state.consumed_to(position)
            if cost >= most:
                break
        return found, cost


def _has_more(piece: Any) -> bool:
    held = library.held_by(piece)
    return held is not None and library.batches_of(held)[0].has_next()


def _cost(batch: CheckedBatch | FaultyBatch, records: list[Received]) -> int:
    """Return the bytes that a batch took to be read, and that its records may hold."""
    if isinstance(batch, FaultyBatch) or isinstance(
        records[0] if records else None, UnreadableInboxBatch
    ):
        return TAKE_BYTES_MAX  # it may have cost a whole one to find out
    if not batch.batch.compression_type:
        return len(batch.raw)
    return sum(len(record.key) + len(record.value or b"") for record in records)
