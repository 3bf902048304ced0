"""What it means that a broker answers a fetch with nothing short of the partition's end.

Where a batch's damaged length leads behind the end of its file, the broker finds nothing up to the
next entry of its index. It answers with what the next file holds, or with nothing, like at the end.
On a compacted topic an empty answer may be true: all up to where a transaction is open was
compacted away. So the broker is asked for later positions before it is believed.
"""

import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from aiokafka import errors as kafka
from aiokafka.protocol.fetch import FetchRequest

from agents.engine.read.disk_damage import TIMES

WAIT_MS: Final = 200
"""The broker holds a fetch that finds nothing for this long."""

CALM_WAIT_MS: Final = 1_000
"""How long it holds one of a reader that is at the end of all it reads. A record that comes is sent
at once, and a process follows some topics that change once a month."""

_UNCOMMITTED: Final = 0  # isolation level read_uncommitted
_QUESTION_BYTES_MAX: Final = 1
"""The broker sends one batch at least, whatever the limit."""

_READ_BEHIND_BYTES: Final = (64 * 1024, 4 * 1024 * 1024)
"""What is fetched of a file to see what stands behind a batch; more where that one is large."""

_FRAME: Final = struct.Struct(">qi")  # base offset, length of what follows

FetchCall = Callable[[FetchRequest], Awaitable[Any]]


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


class FetchWait:
    """How long the broker may hold a fetch that finds nothing."""

    def __init__(self) -> None:
        """Know of no end."""
        self._ends: dict[int, int] = {}

    def heard(self, partition: int, end: int) -> None:
        """Note where a partition's committed records end."""
        self._ends[partition] = end

    def ms(self, positions: Mapping[int, int]) -> int:
        """Return the wait, in ms, of a fetch from these positions of partitions."""
        calm = all(self._ends.get(part) == position for part, position in positions.items())
        return CALM_WAIT_MS if calm else WAIT_MS


class OffsetQuestion:
    """Asks for single positions of a partition.

    Args:
        ask: sends a fetch to its leader.
        topic: its full name.
        partition: which.
    """

    def __init__(self, ask: FetchCall, topic: str, partition: int) -> None:
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
        for limit in _READ_BEHIND_BYTES if start else ():
            _, raw = await self._found(start - 1, limit)
            said = _passed_over(raw, (start, stop), limit)
            if said is not None:
                return said
            if len(raw) < limit:
                break  # that was the file's end
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
        damaged, raw = await self._found(position, _QUESTION_BYTES_MAX)
        if damaged:
            return position  # something stands there
        return base_of(raw) if raw else None

    async def _found(self, position: int, limit: int) -> tuple[bool, bytes]:
        """Return whether the broker says that it cannot read there, and the bytes that it gives."""
        asked = [(self._partition, position, limit)]
        request = FetchRequest(0, 0, limit, _UNCOMMITTED, [(self._topic, asked)], "")
        answer = await self._ask(request)
        parts = [part for _, parts in answer.topics for part in parts]
        code, raw = (parts[0][1], parts[0][-1]) if parts else (None, b"")
        if code == kafka.CorruptRecordException.errno:
            return True, b""
        if code not in {0, kafka.OffsetOutOfRangeError.errno}:
            raise kafka.RequestTimedOutError  # no answer to this question: it is asked again
        return False, raw or b""


def base_of(records: bytes) -> int:
    """Return the offset at which the first batch of an answer says that it begins."""
    return int(_FRAME.unpack_from(records)[0]) if len(records) >= _FRAME.size else 0


def _passed_over(raw: bytes, span: tuple[int, int], limit: int) -> bool | None:
    """Say whether bytes of a file hold what the broker passed over; None = they do not show it.

    They come as they stand on the disk, so a batch whose length leads behind the file's end stands
    there too, cut off where no limit cuts.

    Args:
        raw: from the batch in front of a gap on.
        span: where the gap begins and ends.
        limit: bytes that were asked for.
    """
    (start, stop), at = span, 0
    while at < len(raw):
        left = len(raw) - at
        base, length = _FRAME.unpack_from(raw, at) if left >= _FRAME.size else (start, left)
        if at == 0 and base >= start:
            return None  # what stood in front of the gap is gone too
        if not 0 < length <= left - _FRAME.size:
            return None if len(raw) >= limit else True
        if base >= start:
            return bool(base < stop)
        at += _FRAME.size + length
    return None


def _between(start: int, stop: int) -> Iterator[int]:
    """Give positions behind a start, close to it and close to the stop, and few in the middle."""
    step = 1
    while step < stop - start:
        yield start + step
        yield stop - step
        step *= 2
