"""What two persons signed: which records are set aside, and which decisions count.

Read from `registry.v1` and `skips.v1` alone. The rules, as docs/operator.md has them: the first two
persons sign their own entries, both each; everybody later, every decision and every skip is signed
by two persons who may sign when the broker takes it. What is not signed so does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agents.config import Settings
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from schemas.codec import DECISION, REGISTRY, SKIP, Rejected
from schemas.moments import MINUTE_MS, Instant
from schemas.records.facts import Decision
from schemas.records.registry import PersonEntry
from schemas.records.skips import Skip, skip_key
from schemas.signing import SignedKind, signed_bytes
from schemas.topics import REGISTRY as REGISTRY_TOPIC
from schemas.topics import SKIPS

KNOWN_TO_ALL_MS: Final = 10 * MINUTE_MS
"""An entry holds so long after its append."""


@dataclass(slots=True)
class Signed:
    """What holds of what two persons signed.

    Attributes:
        aside: origins of records that are set aside: topic, partition, offset.
        ledger: the ledger's id.
        founders: public keys of the first two persons by id; empty while there are none.
        unsigned_until: a decision of version 1 counts if it was appended before; None = any does.
    """

    aside: set[tuple[str, int, int]] = field(default_factory=set)
    ledger: str = ""
    founders: dict[str, str] = field(default_factory=dict)
    unsigned_until: Instant | None = None
    _spans: dict[str, list[tuple[int, Instant, Instant | None, str]]] = field(default_factory=dict)

    def keys_at(self, at: Instant) -> dict[str, str]:
        """Return the public keys of those who may sign at an instant."""
        found: dict[str, str] = {}
        for id, spans in self._spans.items():
            begun = [span for span in spans if span[1] <= at]
            if begun:
                _, _, ends_at, key = max(begun)
                if ends_at is None or at < ends_at:
                    found[id] = key
        return found

    def add_person(self, entry: PersonEntry, appended_at: Instant) -> None:
        """Take in a person's entry, in the order of the topic."""
        spans = self._spans.get(entry.id, [])
        if any(version == entry.version for version, *_ in spans):
            return
        both = {one.id: one.public_key for one in entry.founders}
        if both:
            first = self.unsigned_until is None
            if not first and (both, entry.ledger) != (self.founders, self.ledger):
                return
            own = entry.version == 1 and both.get(entry.id) == entry.public_key
            if not own or entry.ends_at is not None or not _by_two(entry, entry.ledger, both):
                return
            holds_at = appended_at + KNOWN_TO_ALL_MS if entry.valid_from else 0
            if first:
                self.founders, self.ledger = both, entry.ledger
                self.unsigned_until = max(holds_at, appended_at)
            if entry.valid_from:
                holds_at = max(entry.valid_from, holds_at)
        else:
            mine = entry.ledger == self.ledger and bool(self.founders)
            if not mine or not _by_two(entry, self.ledger, self.keys_at(appended_at)):
                return
            holds_at = max(entry.valid_from, appended_at + KNOWN_TO_ALL_MS)
        span = (entry.version, holds_at, entry.ends_at, entry.public_key)
        self._spans.setdefault(entry.id, []).append(span)

    def add_skip(self, record: Received) -> None:
        """Take in a record of `skips.v1`."""
        try:
            skip = SKIP.decode(record.value)
        except Rejected:
            return
        place = (skip.topic, skip.partition, skip.offset)
        if record.key == skip_key(*place) and self._counts(skip, record.appended_at):
            self.aside.add(place)

    def _counts(self, record: Skip | Decision, at: Instant) -> bool:
        return bool(self.founders) and _by_two(record, self.ledger, self.keys_at(at))

    def passes(self, record: Received) -> bool:
        """Return whether a record of any topic counts: not set aside, nor a decision unsigned."""
        if (record.topic, record.partition, record.offset) in self.aside:
            return False
        return record.topic != "decisions.v1" or self._admitted(record)

    def _admitted(self, record: Received) -> bool:
        try:
            decision = DECISION.decode(record.value)
        except Rejected:
            return True  # its URL's cases cannot be worked out, and that is said there
        if decision.v == 1:
            return self.unsigned_until is None or record.appended_at < self.unsigned_until
        return self._counts(decision, record.appended_at)


_KINDS: Final[Mapping[type[msgspec.Struct], SignedKind]] = {
    PersonEntry: SignedKind.PERSON,
    Decision: SignedKind.DECISION,
    Skip: SignedKind.SKIP,
}


def _by_two(record: PersonEntry | Decision | Skip, ledger: str, keys: Mapping[str, str]) -> bool:
    """Return whether two of the keys signed a record."""
    by = [keys.get(one.person) for one in record.signatures]
    if len(by) != 2 or None in by or by[0] == by[1]:
        return False
    message = signed_bytes(_KINDS[type(record)], ledger, record)
    try:
        for key, one in zip(by, record.signatures, strict=True):
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or ""))
            public.verify(bytes.fromhex(one.signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


async def read_signed(settings: Settings, topics: Mapping[str, int]) -> Signed:
    """Return what holds; a ledger of an older version has no `skips.v1`, and nothing is aside.

    Args:
        settings: with `kafka.bootstrap` set.
        topics: that the ledger has, with their partitions.
    """
    found = Signed()
    if REGISTRY_TOPIC.name in topics:
        async for records in read_partitions(settings, REGISTRY_TOPIC.name, (0,)):
            for record in records:
                try:
                    entry = REGISTRY.decode(record.value)
                except Rejected:
                    continue  # nobody can have signed with it
                if isinstance(entry, PersonEntry):
                    found.add_person(entry, record.appended_at)
    if SKIPS.name in topics:
        async for records in read_partitions(settings, SKIPS.name, (0,)):
            for record in records:
                found.add_skip(record)
    return found
