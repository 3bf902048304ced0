"""What a broker's disk damaged so that the broker itself cannot read it.

Where a batch has a length that cannot be, the broker answers CORRUPT_MESSAGE for every offset up to
the next entry of its index, some 4 KB on. The library aiokafka writes a line and asks again at
once, for ever. Here such an answer becomes bytes that nobody can read, so that the offset is told
of and the next one is asked for. A length that could be has the broker answer with nothing, like at
the end: that partition stands still, and its lag says so, until a next file leaves a gap
(`empty_fetch`).
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from aiokafka.errors import CorruptRecordException
from aiokafka.protocol.fetch import FetchRequest

TIMES: Final = 3
"""An answer is believed when it was given so often for one offset."""

UNREADABLE: Final = bytes(1)
"""Shorter than any frame of a batch."""

StoreCall = Callable[..., Coroutine[Any, Any, Any]]


class DamageAsUnreadable:
    """Asks a broker in a client's place, and has answers of damage read as unreadable bytes.

    Args:
        ask: the client's `send`.
    """

    def __init__(self, ask: StoreCall) -> None:
        self._ask = ask
        self._met: dict[tuple[str, int], tuple[int, int]] = {}

    async def send(self, node: int, request: Any, **more: Any) -> Any:
        """Ask, and return the answer."""
        answer = await self._ask(node, request, **more)
        if isinstance(request, FetchRequest):
            asked = {(topic, p): at for topic, parts in request.topics for p, at, _ in parts}
            answer.topics = [
                (topic, [self._told(topic, part, asked[topic, part[0]]) for part in parts])
                for topic, parts in answer.topics
            ]
        return answer

    def _told(self, topic: str, part: Any, offset: int) -> Any:
        partition, code, _, *middle, _ = part
        if code != CorruptRecordException.errno:
            return part
        before, times = self._met.get((topic, partition), (offset, 0))
        times = times + 1 if before == offset else 1
        self._met[topic, partition] = offset, times
        return part if times < TIMES else (partition, 0, offset + 1, *middle, UNREADABLE)
