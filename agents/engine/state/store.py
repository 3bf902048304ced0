"""What is held of one partition of a compacted topic: bytes by key, as they stand in the topic.

The topic is authoritative and a store is a copy of its newest values. It is written after the
broker has acknowledged (after the commit, where there is a transaction), never before, so it is
never ahead of the topic; where it is behind, recovery reads on from `position`.
"""

import sys
from binascii import Error, hexlify, unhexlify
from collections.abc import Container, Iterator, Sequence
from typing import Final, Protocol, TypeAlias

Pair: TypeAlias = tuple[bytes, bytes | None]
"""A key and its newest value; None takes the key away, as a tombstone does."""


def say(line: str) -> None:
    """Tell the operator what became of a store."""
    sys.stderr.write(f"hostwatch: {line}\n")


class StoreDamaged(Exception):
    """A store on disk cannot be read any more.

    It has erased itself: the process stops on this, and the next one reads the topic anew.
    """


class StoreFailed(Exception):
    """A store on disk cannot be written: full disk, missing rights, too many open files.

    What is there is sound; the process stops on this and goes on from it when the cause is gone.
    """


class Store(Protocol):
    """A store of one partition. It is used from one thread."""

    @property
    def position(self) -> int:
        """Offset of the topic up to which the store holds everything."""
        ...

    def claim(self, log: str) -> bool:
        """Belong to a partition of a topic from now on.

        Args:
            log: tells it from every other, also from one of the same name.

        Returns:
            False if the store held another's, which it has dropped.
        """
        ...

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is.

        Raises:
            StoreDamaged: what was on disk cannot be read; see there.
        """
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
        """Give every key with its value, as they stood at the first; later writes do not count.

        Raises:
            StoreDamaged: what was on disk cannot be read; see there.
        """
        ...

    def keys(self) -> Iterator[bytes]:
        """Give every key, as they stood at the first; later writes do not count."""
        ...

    def intern(self, digest: bytes) -> bytes:
        """Return the bytes of a URL's key as the object that is held for it, or soon will be.

        Who keeps the key beside the store keeps no second one then.

        Args:
            digest: the bytes that the key writes in hexadecimal.
        """
        ...

    def __len__(self) -> int:
        """Return how many keys are held."""
        ...

    def about(self) -> int:
        """Return about how many keys are held, without a walk over them."""
        ...

    def drop(self) -> None:
        """Forget everything; the store goes on empty, at position 0, and belongs to nobody."""
        ...

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now; closed twice is closed."""
        ...


class Stores(Protocol):
    """Where the stores of one topic come from."""

    def open(self, partition: int) -> Store:
        """Return the store of a partition, with what this machine still holds of it."""
        ...

    def close(self) -> None:
        """Let go of the place; the stores were closed before."""
        ...


_DIGEST_BYTES: Final = 16
"""Keys of URLs are so many bytes, written in hexadecimal."""

_Held: TypeAlias = bytes | str


def _held(key: bytes) -> _Held:
    """Return a key as it is held: one in lower-case hexadecimal as the bytes that it writes.

    A key of that length is held as text, and any other as it is, so no two are held alike. One
    without a letter is any other: to tell its case by other means takes longer than all else here.
    """
    if len(key) == 2 * _DIGEST_BYTES and key.islower():
        try:
            return unhexlify(key)
        except Error:
            return key
    return key.decode("latin-1") if len(key) == _DIGEST_BYTES else key


def _key(held: _Held) -> bytes:
    """Return the key that is held so."""
    if isinstance(held, str):
        return held.encode("latin-1")
    return hexlify(held) if len(held) == _DIGEST_BYTES else held


class _Sought:
    """A key that keeps the object which it was found to equal."""

    __slots__ = ("found",)

    def __init__(self, key: bytes) -> None:
        self.found = key

    def __hash__(self) -> int:
        return hash(self.found)

    def __eq__(self, other: object) -> bool:
        if other != self.found:
            return False
        self.found = other
        return True


def own_key(held: Container[object], key: bytes) -> bytes:
    """Return the object that a dict or a set holds for a key, or the key where it holds none.

    Python gives the value of a key and never the key, so whoever asks by an equal one is asked.

    Args:
        held: the dict or set.
        key: equal to what it holds.
    """
    sought = _Sought(key)
    return sought.found if sought in held else key


class MemoryStore:
    """A store in memory; it is gone with the process, and recovery reads the whole partition."""

    __slots__ = ("_asked", "_log", "_position", "_values")

    def __init__(self) -> None:
        """Hold nothing."""
        self._values: dict[_Held, bytes] = {}
        self._asked: dict[_Held, bytes] = {}
        self._position = 0
        self._log = ""

    @property
    def position(self) -> int:
        """Offset up to which everything is held."""
        return self._position

    def claim(self, log: str) -> bool:
        """Belong to a log; see `Store.claim`."""
        own = self._log in {"", log}
        if not own:
            self.drop()
        self._log = log
        return own

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        return self._values.get(_held(key))

    def write(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold the pairs; see `Store.write`."""
        values, asked = self._values, self._asked
        for key, value in pairs:
            held = _held(key)
            if value is None:
                values.pop(held, None)
            else:
                values[asked.pop(held, held) if asked else held] = value
        if position is not None:
            self._position = position

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Give every key with its value."""
        return ((_key(held), value) for held, value in list(self._values.items()))

    def keys(self) -> Iterator[bytes]:
        """Give every key."""
        return map(_key, list(self._values))

    def intern(self, digest: bytes) -> bytes:
        """Return the object that is held for a URL's key, or will be; see `Store.own`."""
        if digest in self._values:
            return own_key(self._values, digest)
        return self._asked.setdefault(digest, digest)

    def __len__(self) -> int:
        """Return how many keys are held."""
        return len(self._values)

    def about(self) -> int:
        """Return how many keys are held."""
        return len(self)

    def drop(self) -> None:
        """Forget everything."""
        self._values = {}
        self._asked = {}
        self._position = 0
        self._log = ""

    def close(self) -> None:
        """Forget everything: what is not owned is not held."""
        self.drop()


class MemoryStores:
    """Stores in memory: each begins empty."""

    def open(self, partition: int) -> MemoryStore:
        """Return an empty store."""
        return MemoryStore()

    def close(self) -> None:
        """Do nothing: there is no place to let go of."""
