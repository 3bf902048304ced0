"""What it means that a broker answers a fetch with nothing short of the partition's end.

A damaged length of a batch that leads behind the end of its file has the broker find nothing there,
nor up to the next entry of its index: it answers with what the next file holds, or with nothing,
like at the end. On a compacted topic an empty answer may be true: all up to where a transaction is
open was compacted away. So the broker is asked for later positions before it is believed.
"""

import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from aiokafka import errors as kafka
from aiokafka.protocol.fetch import FetchRequest

from agents.engine.damage import TIMES

_UNCOMMITTED: Final = 0  # isolation level read_uncommitted
_PROBE_BYTES_MAX: Final = 1
"""The broker sends one batch at least, whatever the limit."""

_BASE: Final = struct.Struct(">q")

Ask = Callable[[FetchRequest], Awaitable[Any]]


class EmptyAnswers:
    """Counts how often a position was answered with nothing."""

    def __init__(self) -> None:
        """Know of none."""
        self._met: dict[int, tuple[int, int]] = {}

    def is_believed(self, partition: int, position: int) -> bool:
        """Count one more, and say whether the broker has said so often enough."""
        before, times = self._met.get(partition, (position, 0))
        times = times + 1 if before == position else 1
        self._met[partition] = position, times
        return times >= TIMES


class Probe:
    """Asks for single positions of a partition.

    Args:
        ask: sends a fetch to its leader.
        topic: its full name.
        partition: which.
    """

    def __init__(self, ask: Ask, topic: str, partition: int) -> None:
        """Ask nothing yet."""
        self._ask = ask
        self._topic = topic
        self._partition = partition

    async def hides(self, start: int, stop: int) -> bool:
        """Say whether the broker finds a batch between two positions that it did not give.

        Args:
            start: it gave none from here on,
            stop: up to here.

        Raises:
            aiokafka.errors.KafkaError: the broker cannot be reached.
        """
        for position in _between(start, stop):
            base = await self._base(position)
            if base is not None and base < stop:
                return True
        return False

    async def is_gone(self, start: int, stable: int) -> bool:
        """Say whether a compacted partition holds nothing from a position up to its stable end.

        The file that is written is never compacted. So something stands behind the stable end,
        that of an open transaction, or the last record itself cannot be read.

        Raises:
            aiokafka.errors.KafkaError: the broker cannot be reached.
        """
        base = await self._base(start)
        if base is None or base < stable:
            return False
        return not await self.hides(start, stable)

    async def _base(self, position: int) -> int | None:
        """Return where the first batch begins that is found for a position; None = none is."""
        asked = [(self._partition, position, _PROBE_BYTES_MAX)]
        request = FetchRequest(0, 0, _PROBE_BYTES_MAX, _UNCOMMITTED, [(self._topic, asked)], "")
        answer = await self._ask(request)
        parts = [part for _, parts in answer.topics for part in parts]
        code, records = (parts[0][1], parts[0][-1]) if parts else (None, b"")
        if code == kafka.CorruptRecordException.errno:
            return position  # something stands there
        if code not in {0, kafka.OffsetOutOfRangeError.errno}:
            raise kafka.RequestTimedOutError  # no answer to this question: it is asked again
        return base_of(records) if records else None


def base_of(records: bytes) -> int:
    """Return the offset at which the first batch of an answer says that it begins."""
    return int(_BASE.unpack_from(records)[0]) if len(records) >= _BASE.size else 0


def _between(start: int, stop: int) -> Iterator[int]:
    """Give positions behind a start, close to it and close to the stop, and few in the middle."""
    step = 1
    while step < stop - start:
        yield start + step
        yield stop - step
        step *= 2
