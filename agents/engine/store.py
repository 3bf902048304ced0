"""What is held of one partition of a compacted topic: bytes by key, as they stand in the topic.

The topic is the truth and a store is a copy of its newest values. It is written after the broker
has acknowledged (after the commit, where there is a transaction), never before, so it is never
ahead of the topic; where it is behind, recovery reads on from `position`.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias

Pair: TypeAlias = tuple[bytes, bytes | None]
"""A key and its newest value; None takes the key away, as a tombstone does."""


class Store(Protocol):
    """A store of one partition. It is used from one thread."""

    @property
    def position(self) -> int:
        """Offset of the topic up to which the store holds everything."""
        ...

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        ...

    def write(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold what the topic holds: all of the pairs or, after a crash, none of them.

        Args:
            pairs: in the order of the topic; the last of a key stands.
            position: the offset that follows everything held now; None = not known, so the old
                one stays and recovery reads a little more than it must.
        """
        ...

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Give every key with its value; the store must not change meanwhile."""
        ...

    def keys(self) -> Iterator[bytes]:
        """Give every key; the store must not change meanwhile."""
        ...

    def __len__(self) -> int:
        """Return how many keys are held."""
        ...

    def drop(self) -> None:
        """Forget everything; the store goes on empty, at position 0."""
        ...

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now; closed twice is closed."""
        ...


class MemoryStore:
    """A store in memory; it is gone with the process, and recovery reads the whole partition."""

    __slots__ = ("_position", "_values")

    def __init__(self) -> None:
        """Hold nothing."""
        self._values: dict[bytes, bytes] = {}
        self._position = 0

    @property
    def position(self) -> int:
        """Offset up to which everything is held."""
        return self._position

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        return self._values.get(key)

    def write(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold the pairs; see `Store.write`."""
        values = self._values
        for key, value in pairs:
            if value is None:
                values.pop(key, None)
            else:
                values[key] = value
        if position is not None:
            self._position = position

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Give every key with its value."""
        return iter(self._values.items())

    def keys(self) -> Iterator[bytes]:
        """Give every key."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many keys are held."""
        return len(self._values)

    def drop(self) -> None:
        """Forget everything."""
        self._values = {}
        self._position = 0

    def close(self) -> None:
        """Forget everything: what is not owned is not held."""
        self.drop()
