"""What lifecycle holds of one partition of `cases.v1`: states, the timing wheel, positions.

States lie in a `Store` as they stand in `cases.v1`; a case that rests costs its bytes. Where a
store keeps them (in memory, on disk) is its own affair: it knows keys and bytes, and nothing of
what they mean.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Final

from agents.engine.state.store import MemoryStore, Pair, Store
from schemas import codec
from schemas.moments import Instant
from schemas.records.case import Position, UrlState, position_key
from streams.lifecycle import METHOD_VERSION
from streams.schedule.timing_wheel import Wheel

CODE_VERSION: Final = metadata.version("hostwatch")

_URL_KEY: Final = re.compile(rb"[0-9a-f]{32}")
_NEVER: Final = 1 << 62


@dataclass(slots=True)
class CaseStore:
    """What is held for one partition.

    Attributes:
        store: records of `cases.v1` by their keys.
        wheel: when each URL is due again, and what was ordered under this ownership.
        unscheduled: keys that were not scheduled since the load.
        offsets: next offset to read by topic.
        rested: offsets at which it was last said that nothing more is there; None = never.
        as_of: the instant up to which the states are the fold of the ledger.
        skips: offset in `skips.v1` before which the states heed all that is set aside.
        method: by which the states are judged, all of them; the position says so.
        lock: held by whoever writes states or the position.
    """

    store: Store = field(default_factory=MemoryStore)
    wheel: Wheel = field(default_factory=Wheel)
    unscheduled: Iterator[bytes] = field(default_factory=lambda: iter(()))
    offsets: dict[str, int] = field(default_factory=dict)
    rested: Mapping[str, int] | None = None
    as_of: Instant = 0
    skips: int = 0
    method: str = METHOD_VERSION
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Let the wheel keep no key that the store keeps."""
        self.wheel.intern = self.store.intern

    def resume(self, partition: int, until: Instant = _NEVER) -> None:
        """Take up the position that was loaded, and schedule every URL once, in its turn.

        Args:
            partition: whose it is.
            until: an instant after it was written by a wrong clock, and says of none up to when
                the states are the fold of the ledger; the next one that is written does.

        Raises:
            Rejected: it is damaged.
        """
        found = self.store.get(position_key(partition))
        if found is not None:
            position = codec.POSITION.decode(found)
            self.offsets, self.skips = dict(position.offsets), position.skips
            self.method = position.method
            self.as_of = position.as_of if position.as_of <= until else 0
        self.unscheduled = self.store.keys()

    def hold(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold what the broker has confirmed.

        Args:
            pairs: keys and values as they were written to `cases.v1`.
            position: the offset before which everything written to the partition is held.
        """
        self.store.write(pairs, position)

    def is_read_to(self, ends: Mapping[str, int]) -> bool:
        """Return whether every topic was read up to an offset.

        Args:
            ends: the offsets.
        """
        return all(self.offsets.get(topic, 0) >= end for topic, end in ends.items())

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now."""
        self.unscheduled = iter(())  # it may have the store open
        self.store.close()

    def record(self, key: str) -> bytes | None:
        """Return the record of a URL; None = there is none."""
        return self.store.get(key.encode())

    def get(self, key: str) -> UrlState | None:
        """Return the state of a URL; None = there is none."""
        found = self.record(key)
        return None if found is None else codec.STATE.decode(found)

    def next_unscheduled(self) -> str | None:
        """Return a URL that was not scheduled since the load; None = all were."""
        for key in self.unscheduled:
            if is_url_key(key):  # no position, and nothing that no lifecycle wrote
                text = key.decode()
                if not self.wheel.is_scheduled(text):
                    return text
        return None


def position_pair(
    partition: int, table: CaseStore, offsets: Mapping[str, int], as_of: Instant
) -> tuple[bytes, bytes]:
    """Return key and value of a partition's position, as written by this version.

    Args:
        partition: whose.
        table: what its states heed, and by which method they are judged.
        offsets: next offset to read by topic.
        as_of: the instant up to which the states are the fold of the ledger.
    """
    position = Position(
        partition=partition,
        offsets=dict(offsets),
        as_of=as_of,
        code=CODE_VERSION,
        method=table.method,
        skips=table.skips,
    )
    return position_key(partition), codec.POSITION.encode(position)


def is_url_key(key: bytes) -> bool:
    """Return whether a key of `cases.v1` is a URL's."""
    return _URL_KEY.fullmatch(key) is not None
