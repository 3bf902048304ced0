"""What lifecycle holds of one partition of `cases.v1`: states, the timing wheel, positions.

States lie in a `Store` as they stand in `cases.v1`; a case that rests costs its bytes. Where a
store keeps them (in memory, on disk) is its own affair: it knows keys and bytes, and nothing of
what they mean.
"""

import asyncio
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from schemas import codec
from schemas.case import UrlState
from schemas.moments import Instant


class Store(Protocol):
    """Bytes by key, of one partition."""

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        ...

    def put(self, key: bytes, value: bytes) -> None:
        """Hold a value in place of the last."""
        ...

    def load(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """Hold many values, the last of each key; as `put`, in bulk."""
        ...

    def keys(self) -> Iterator[bytes]:
        """Give every key that is held; the store must not change meanwhile."""
        ...

    def drop(self) -> None:
        """Forget everything: the partition belongs to somebody else."""
        ...


class MemoryStore:
    """A store in memory."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._values: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        return self._values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Hold a value in place of the last."""
        self._values[key] = value

    def load(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """Hold many values, the last of each key."""
        self._values.update(found)

    def keys(self) -> Iterator[bytes]:
        """Give every key that is held."""
        return iter(self._values)

    def drop(self) -> None:
        """Forget everything."""
        self._values.clear()


@dataclass(slots=True)
class CaseStore:
    """What is held for one partition.

    Attributes:
        store: record of `cases.v1` by the 16 raw bytes of the url_key; see `keep` and `held`.
        wheel: (when to ask again, url_key), a heap.
        asks: when each URL is asked again; an entry of the wheel that says otherwise is void.
        ordered_until: by case id, up to which slot orders went out under this ownership.
        offsets: next offset to read by topic.
        as_of: the instant up to which the states are the fold of the ledger.
        turn: held by whoever writes states or the position.
    """

    store: Store = field(default_factory=MemoryStore)
    wheel: list[tuple[Instant, bytes]] = field(default_factory=list)
    asks: dict[bytes, Instant] = field(default_factory=dict)
    ordered_until: dict[str, Instant] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    as_of: Instant = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def keep(self, key: str, record_value: bytes) -> None:
        """Hold a URL's record of `cases.v1` in place of its last."""
        self.store.put(bytes.fromhex(key), record_value)

    def record(self, key: str) -> bytes | None:
        """Return the record of a URL; None = there is none."""
        return self.store.get(bytes.fromhex(key))

    def held(self, key: str) -> UrlState | None:
        """Return the state of a URL; None = there is none."""
        found = self.record(key)
        return None if found is None else codec.STATE.decode(found)

    def ask(self, key: str, at: Instant) -> None:
        """Put a URL on the wheel, in place of where it stood."""
        self._ask(bytes.fromhex(key), at)

    def ask_all(self, at: Instant) -> None:
        """Put every URL on the wheel, as after a load."""
        held = self.store.keys()
        for raw in held:
            self._ask(raw, at)

    def _ask(self, raw: bytes, at: Instant) -> None:
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
