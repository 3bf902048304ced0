"""Reads `skips.v1`: which records two persons set aside. Whole at the start, then followed.

A record of `skips.v1` that does not decode, or that two persons did not sign, sets nothing aside
and stops nobody. A skip is of one record and not of a place: the digest has to fit.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.config import Settings
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from agents.engine.supervision import Supervisor
from schemas.codec import SKIP as CODEC
from schemas.codec import Rejected
from schemas.identity.ids import Hash
from schemas.records.skips import Skip, skip_key
from schemas.signing import SignedKind
from schemas.topics import SKIPS
from streams.registry.signatories import Persons

PURPOSE: Final = "skipped record"

_NONE: Final[Mapping[int, Skip]] = {}


def digest_of(key: bytes, value: bytes | None, hash: Hash) -> str:
    """Return the keyed digest of a record; a tombstone's is not that of an empty value."""
    raw = b"%d:" % len(key) + key + (b"-" if value is None else b"+" + value)
    return hash(PURPOSE, hashlib.sha256(raw).hexdigest())


@dataclass(slots=True)
class SetAside:
    """The records that are set aside.

    Attributes:
        hash: the ledger's keyed hash; None = a skip is believed without looking at its digest.
        refused: records of `skips.v1` that set nothing aside.
        read_to: the offset in `skips.v1` behind the newest record read.
    """

    hash: Hash | None = None
    refused: int = 0
    read_to: int = 0
    _places: dict[tuple[str, int], dict[int, Skip]] = field(default_factory=dict)
    _numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether anything is set aside."""
        return bool(self._places)

    def add(self, records: Iterable[Received], persons: Persons) -> None:
        """Take in records of `skips.v1`, in their order; of several for one place the first."""
        for record in records:
            self.read_to = record.offset + 1
            try:
                skip = CODEC.decode(record.value)
            except Rejected:
                self.refused += 1
                continue
            named = record.key == skip_key(skip.topic, skip.partition, skip.offset)
            if not named or not persons.signed(SignedKind.SKIP, skip, record.appended_at):
                self.refused += 1
                continue
            offsets = self._places.setdefault((skip.topic, skip.partition), {})
            if skip.offset not in offsets:
                offsets[skip.offset] = skip
                self._numbers[skip.topic, skip.partition, skip.offset] = record.offset

    def holds(self, record: Received) -> bool:
        """Say whether a record is set aside."""
        offsets = self._places.get((record.topic, record.partition))
        skip = offsets.get(record.offset) if offsets else None
        if skip is None:
            return False
        return self.hash is None or self.digest(record) == skip.digest

    def digest(self, record: Received) -> str:
        """Return the keyed digest by which a record is set aside; empty without the key file."""
        return digest_of(record.key, record.value, self.hash) if self.hash else ""

    def kept(self, records: Sequence[Received]) -> list[Received]:
        """Return the records that are not set aside."""
        return [record for record in records if not self.holds(record)]

    def of(self, topic: str, partition: int) -> Mapping[int, Skip]:
        """Return the skips of a partition by offset, whatever stands there."""
        return self._places.get((topic, partition), _NONE)

    def since(self, number: int) -> list[Skip]:
        """Return the skips that stand in `skips.v1` from an offset on, in its order."""
        found = sorted((at, place) for place, at in self._numbers.items() if at >= number)
        return [self._places[topic, partition][offset] for _, (topic, partition, offset) in found]

    def number(self, skip: Skip) -> int:
        """Return the offset at which a skip stands in `skips.v1`."""
        return self._numbers[skip.topic, skip.partition, skip.offset]

    def all(self) -> list[Skip]:
        """Return all skips, by place."""
        places = sorted(self._places.items())
        return [offsets[offset] for _, offsets in places for offset in sorted(offsets)]

    def counts(self) -> Counter[str]:
        """Return how many records are set aside, by topic."""
        return Counter(skip.topic for skip in self.all())


class SkipReader:
    """Follows `skips.v1` outside any group.

    Args:
        settings: names the broker.
        persons: gives who may sign.
        hash: the ledger's keyed hash; None where its key file is not at hand.

    Attributes:
        aside: what was read so far; one object for as long as the reader lives.
    """

    def __init__(
        self, settings: Settings, persons: Callable[[], Persons], hash: Hash | None = None
    ) -> None:
        """Read nothing yet."""
        self.aside = SetAside(hash)
        self._persons = persons
        self._follower = Follower(settings, SKIPS.name, (0,))
        self._following: Supervisor | None = None

    async def start(self) -> None:
        """Read all that is there, then go on in the background.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
        """
        try:
            await self._follower.start()
            while not self._follower.caught_up:
                self.aside.add(await self._follower.poll(), self._persons())
        except BaseException:  # a cancelled start too leaves no connection open
            await self._follower.stop()
            raise
        self._following = Supervisor(self._follow(), "skips")

    def check(self) -> None:
        """Do nothing while it follows.

        Raises:
            KafkaError, TimeoutError: reading has stopped; so must the caller.
        """
        if self._following is not None:
            self._following.check()

    async def stop(self) -> None:
        """Stop following."""
        following, self._following = self._following, None
        if following is not None:
            await following.end()
        await self._follower.stop()

    async def _follow(self) -> None:
        while True:
            self.aside.add(await self._follower.poll(), self._persons())


async def read_skips(settings: Settings, persons: Persons, hash: Hash | None = None) -> SetAside:
    """Return what is set aside; raises what `SkipReader.start` raises."""
    reader = SkipReader(settings, lambda: persons, hash)
    await reader.start()
    await reader.stop()
    return reader.aside
