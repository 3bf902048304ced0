"""Where the newest feedback of each record of a hotline stands, and how far it was read.

The intake reads each `hotline.<id>.out.v1` from its start and keeps of a record its place alone: a
hash of 8 bytes, a partition and an offset. What stands there is fetched when it is asked for. So
the memory is bounded (100 bytes a record), nothing has to be kept on a disk, and no id lies there.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec

from agents.engine.stage import Received
from schemas.closed_lists import Result
from schemas.records.reports import HotlineId

IDS_MAX: Final = 1_000_000
"""Records whose places are kept: 100 MB. Of more, those that were told of last."""

_KEY_BYTES: Final = 8
_OFFSET_BITS: Final = 48
_PARTITION_BITS: Final = 15
_NOT_ACCEPTED: Final = frozenset(Result) - {Result.ACCEPTED}


class RecordPosition(NamedTuple):
    """Where a record of a hotline's topic stands."""

    partition: int
    offset: int


class _Head(msgspec.Struct):
    id: str
    result: str = ""  # one of a newer release may be asked for, and is not judged here


_HEAD: Final = msgspec.json.Decoder(_Head)


class RecordPlaces:
    """The places of the records that were told of last, of all hotlines.

    Args:
        ids_max: how many are kept.
    """

    def __init__(self, ids_max: int = IDS_MAX) -> None:
        self._ids_max = ids_max
        self._secret = secrets.token_bytes(16)  # nobody can choose ids whose hashes meet
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._places)

    def take(self, hotline: HotlineId, record: Received) -> None:
        """Keep the place of what was told last of a record.

        What was told of a duplicate, or of another record under an accepted id, does not take the
        place of what became of the accepted one. What is no feedback has no place.
        """
        head = _head(record)
        if head is None:
            return
        name = self._name(hotline, record.key)
        accepted = head.result not in _NOT_ACCEPTED
        held = self._places.pop(name, None)
        if held is not None and held & 1 and not accepted:
            self._places[name] = held
            return
        place = record.partition << _OFFSET_BITS | record.offset
        self._places[name] = place << 1 | accepted
        if len(self._places) > self._ids_max:
            del self._places[next(iter(self._places))]

    def find(self, hotline: HotlineId, id: bytes) -> RecordPosition | None:
        """Return where the newest feedback of a hotline's record stands; None = not known."""
        held = self._places.get(self._name(hotline, id))
        if held is None:
            return None
        place = held >> 1
        return RecordPosition(place >> _OFFSET_BITS, place & ((1 << _OFFSET_BITS) - 1))

    def _name(self, hotline: HotlineId, id: bytes) -> int:
        text = hotline.encode() + b"\x00" + id
        return int.from_bytes(blake2b(text, digest_size=_KEY_BYTES, key=self._secret).digest())


def is_feedback(record: Received) -> bool:
    """Return whether a record of a hotline's topic tells it of the record that its key names."""
    return _head(record) is not None


def _head(record: Received) -> _Head | None:
    """Return what feedback says; None = a tombstone, no JSON, or about another record."""
    try:
        head = _HEAD.decode(record.value or b"")
        return head if head.id.encode() == record.key else None
    except (msgspec.DecodeError, UnicodeError):
        return None


@dataclass(slots=True)
class ChangesTopic:
    """How far a hotline's topic was read.

    Attributes:
        log: which topic of that name it is; see `agents.edges.intake_http.feedback.cursor`.
        positions: by partition the offset up to which it was read.
        filled: by partition the offset behind the newest record.
        current: all was read that stood there when it was last checked.
        loaded: it was current once, so what is not in the index was never told.
    """

    log: bytes = b""
    positions: dict[int, int] = field(default_factory=dict)
    filled: dict[int, int] = field(default_factory=dict)
    current: bool = False
    loaded: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def unread(self, offsets: Mapping[int, int]) -> dict[int, tuple[int, int]]:
        """Return what a reader has not read, as first offset and end by partition.

        Args:
            offsets: the reader's next offset by partition.
        """
        return {
            partition: (offsets.get(partition, 0), end)
            for partition, end in self.filled.items()
            if offsets.get(partition, 0) < end
        }

    def notify(self) -> None:
        """Wake those that wait for news."""
        self._news.set()
        self._news = asyncio.Event()

    async def news(self) -> None:
        """Wait until something new is told."""
        await self._news.wait()
