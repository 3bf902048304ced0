"""What the stage holds of one partition of `feedback.v1`: URLs, positions, and what is due when."""

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Final

import msgspec

from agents.engine.state.store import MemoryStore, Pair, Store, say
from agents.stages.cases.case_store import is_url_key
from schemas import codec
from schemas.moments import Instant
from schemas.records.case import Position, position_key
from schemas.records.feedback import FollowedUrl
from schemas.topics import CASES
from streams.feedback.followed_url import empty

_CODE_VERSION: Final = metadata.version("hostwatch")


class TableDamaged(Exception):
    """A value of the table cannot be read.

    Attributes:
        key: whose.
    """

    def __init__(self, key: bytes) -> None:
        """Keep the key; the message does not hold it."""
        super().__init__()
        self.key = key


class _Due(msgspec.Struct):
    """Of a URL when it is due; everything else is passed over."""

    next_at: Instant | None = None


_DUE: Final = msgspec.json.Decoder(_Due)


@dataclass(slots=True)
class FeedbackTable:
    """What is held for one partition.

    Attributes:
        store: records of `feedback.v1` by their keys.
        offsets: next offset to read by topic.
        as_of: the instant up to which lifecycle has folded, as its newest position said.
        aside: keys whose values are set aside; of them nothing is held.
        cases_end: where the partition of `cases.v1` ends. A position behind it is one in a table
            that was deleted, and the one that was made anew is read from its beginning.
    """

    store: Store = field(default_factory=MemoryStore)
    offsets: dict[str, int] = field(default_factory=dict)
    as_of: Instant = 0
    aside: set[bytes] = field(default_factory=set)
    cases_end: int | None = None
    _due: list[tuple[Instant, bytes]] = field(default_factory=list)

    def resume(self, partition: int, aside: Collection[bytes] = ()) -> None:
        """Take up the position that was loaded, and note when each URL is due.

        What stands under a key that is no URL's was written by nobody of ours; it is passed over.

        Args:
            partition: whose it is.
            aside: keys whose values are set aside.

        Raises:
            TableDamaged: a value cannot be read.
        """
        name = position_key(partition)
        self.aside = set(aside)
        found = self._held(name)
        if found is not None:
            try:
                position = codec.POSITION.decode(found)
            except codec.Rejected:
                raise TableDamaged(name) from None
            self.offsets, self.as_of = dict(position.offsets), position.as_of
        if self.cases_end is not None and self.offsets.get(CASES.name, 0) > self.cases_end:
            say(f"{CASES.name}/{partition} was made anew; feedback reads it from its beginning")
            del self.offsets[CASES.name]
        self._due = []
        for key, value in self.store.items():
            if not is_url_key(key) or key in self.aside:
                continue
            if (next_at := _next_at(key, value)) is not None:
                self._due.append((next_at, key))
        heapq.heapify(self._due)

    def _held(self, key: bytes) -> bytes | None:
        return None if key in self.aside else self.store.get(key)

    def url(self, key: bytes) -> FollowedUrl:
        """Return what is followed of a URL.

        Raises:
            TableDamaged: it cannot be read.
        """
        found = self._held(key)
        if found is None:
            return empty(key.decode())
        try:
            return codec.FEEDBACK_TABLE.decode(found)
        except codec.Rejected:
            raise TableDamaged(key) from None

    def due(self, as_of: Instant) -> Iterator[bytes]:
        """Give the URLs of which time alone changes what is told, up to an instant."""
        while self._due and self._due[0][0] <= as_of:
            at, key = heapq.heappop(self._due)
            found = self._held(key)
            if found is not None and _next_at(key, found) == at:
                yield key

    def hold(self, pairs: Sequence[Pair], position: int | None) -> None:
        """Hold what the broker has confirmed.

        Args:
            pairs: keys and values as they were written to `feedback.v1`.
            position: the offset before which everything written to the partition is held.
        """
        self.store.write(pairs, position)
        for key, value in pairs:
            self.aside.discard(key)
            if value is not None and (next_at := _next_at(key, value)) is not None:
                heapq.heappush(self._due, (next_at, key))

    def position_pair(
        self, partition: int, offsets: Mapping[str, int], as_of: Instant
    ) -> tuple[bytes, bytes]:
        """Return key and value of the partition's position."""
        position = Position(
            partition=partition,
            offsets=dict(offsets),
            as_of=as_of,
            code=_CODE_VERSION,
            method="",
        )
        return position_key(partition), codec.POSITION.encode(position)

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now."""
        self._due = []
        self.store.close()


def _next_at(key: bytes, value: bytes) -> Instant | None:
    try:
        return _DUE.decode(value).next_at
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TableDamaged(key) from None
