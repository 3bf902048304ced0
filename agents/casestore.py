"""What lifecycle holds of one partition of `cases.v1`: states, the timing wheel, positions.

States lie in a `Store` as they stand in `cases.v1`; a case that rests costs its bytes. Where a
store keeps them (in memory, on disk) is its own affair: it knows keys and bytes, and nothing of
what they mean.
"""

import asyncio
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.engine.store import MemoryStore, Pair, Store
from schemas import codec
from schemas.case import UrlState
from schemas.moments import Instant

POSITION_KEY: Final = b"position/"


@dataclass(slots=True)
class CaseStore:
    """What is held for one partition.

    Attributes:
        store: records of `cases.v1` by their keys.
        wheel: (when to ask again, raw url_key), a heap.
        asks: when each URL is asked again; an entry of the wheel that says otherwise is void.
        unasked: keys that nobody asked since the load.
        ordered_until: by case id, up to which slot orders went out under this ownership.
        offsets: next offset to read by topic.
        as_of: the instant up to which the states are the fold of the ledger.
        turn: held by whoever writes states or the position.
    """

    store: Store = field(default_factory=MemoryStore)
    wheel: list[tuple[Instant, bytes]] = field(default_factory=list)
    asks: dict[bytes, Instant] = field(default_factory=dict)
    unasked: Iterator[bytes] = field(default_factory=lambda: iter(()))
    ordered_until: dict[str, Instant] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    as_of: Instant = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def resume(self, partition: int) -> None:
        """Take up the position that was loaded, and ask every URL once, in its turn."""
        found = self.store.get(position_key(partition))
        if found is not None:
            position = codec.POSITION.decode(found)
            self.offsets, self.as_of = dict(position.offsets), position.as_of
        self.unasked = self.store.keys()

    def hold(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold what the broker has confirmed.

        Args:
            pairs: keys and values as they were written to `cases.v1`.
            position: the offset before which everything written to the partition is held.
        """
        self.store.write(pairs, position)

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now."""
        self.unasked = iter(())  # it may have the store open
        self.store.close()

    def record(self, key: str) -> bytes | None:
        """Return the record of a URL; None = there is none."""
        return self.store.get(key.encode())

    def held(self, key: str) -> UrlState | None:
        """Return the state of a URL; None = there is none."""
        found = self.record(key)
        return None if found is None else codec.STATE.decode(found)

    def ask(self, key: str, at: Instant) -> None:
        """Put a URL on the wheel, in place of where it stood."""
        raw = bytes.fromhex(key)
        self.asks[raw] = at
        heapq.heappush(self.wheel, (at, raw))

    def next_due(self, now: Instant) -> str | None:
        """Take the next URL that is due off the wheel; None = none is."""
        while self.wheel and self.wheel[0][0] <= now:
            at, raw = heapq.heappop(self.wheel)
            if self.asks.get(raw) == at:
                del self.asks[raw]
                return raw.hex()
        return None

    def next_unasked(self) -> str | None:
        """Return a URL that was not asked since the load; None = all were."""
        for key in self.unasked:
            if not key.startswith(POSITION_KEY):
                text = key.decode()
                if bytes.fromhex(text) not in self.asks:
                    return text
        return None


def position_key(partition: int) -> bytes:
    """Return the key under which a partition's position stands in `cases.v1`."""
    return POSITION_KEY + b"%d" % partition
