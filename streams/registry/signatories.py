"""Who may sign, since when and until when; what two persons signed.

Not a stage: the fold of the registry's entries of kind `person`. An entry that is not signed as it
has to be changes nothing, so whoever can write to `registry.v1` makes nobody a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from msgspec import Struct

from schemas.moments import SECOND_MS, Instant
from schemas.records.custody import Override
from schemas.records.facts import Decision
from schemas.records.registry import REGISTRY_DELAY_S, Founder, PersonEntry
from schemas.records.skips import Skip
from schemas.signing import PersonId, PublicKey, Signature, SignedKind, signed_bytes

DELAY_MS: Final = REGISTRY_DELAY_S * SECOND_MS
"""From its append to when an entry holds, so that every reader has it by then."""

SignatureCheck: TypeAlias = Callable[[PublicKey, str, bytes], bool]
"""Says whether a signature is that of a key over a message."""


@dataclass(frozen=True, slots=True)
class Held:
    """A version of a person and since when it holds."""

    entry: PersonEntry
    from_at: Instant


@dataclass(slots=True)
class Persons:
    """The persons of a ledger.

    Attributes:
        genuine: checks a signature.
        ledger: its id; empty while it has no persons.
        founded_at: when the first two persons were set; None = they are not.
        refused: entries that were not signed as they have to be.
    """

    genuine: SignatureCheck
    ledger: str = ""
    founded_at: Instant | None = None
    refused: int = 0
    _unsigned_until: Instant = 0
    _founders: tuple[Founder, ...] = ()
    _versions: dict[PersonId, dict[int, Held]] = field(default_factory=dict)

    def add(self, entry: PersonEntry, appended_at: Instant) -> None:
        """Take in an entry, in the order of the topic.

        Args:
            entry: as decoded.
            appended_at: when the broker took it.
        """
        versions = self._versions.get(entry.id, {})
        if entry.version in versions:
            return
        founding = bool(entry.founders)
        if not (self._founds(entry) if founding else self._signed_by_others(entry, appended_at)):
            self.refused += 1
            return
        if founding and self.founded_at is None:
            self.ledger, self._founders = entry.ledger, entry.founders
            self.founded_at = appended_at
        at_once = founding and not entry.valid_from
        if founding and len(self._versions) == 0:
            self._unsigned_until = appended_at + (0 if at_once else DELAY_MS)
        from_at = 0 if at_once else max(entry.valid_from, appended_at + DELAY_MS)
        self._versions.setdefault(entry.id, {})[entry.version] = Held(entry, from_at)

    def _founds(self, entry: PersonEntry) -> bool:
        """Return whether an entry is of the first two persons, signed by both."""
        keys, known = _keys_of(entry.founders), _keys_of(self._founders)
        if self.founded_at is not None and (self.ledger, known) != (entry.ledger, keys):
            return False
        if len(keys) != 2 or len(set(keys.values())) != 2 or entry.ends_at is not None:
            return False
        named = keys.get(entry.id) == entry.public_key and entry.version == 1
        return named and self._by_two(
            SignedKind.PERSON, entry.ledger, entry, entry.signatures, keys
        )

    def _signed_by_others(self, entry: PersonEntry, appended_at: Instant) -> bool:
        return entry.ledger == self.ledger and self.signed(SignedKind.PERSON, entry, appended_at)

    def at(self, instant: Instant) -> dict[PersonId, PersonEntry]:
        """Return who may sign at an instant."""
        found: dict[PersonId, PersonEntry] = {}
        for id, versions in tuple(self._versions.items()):  # a thread may ask
            held = [number for number, one in tuple(versions.items()) if one.from_at <= instant]
            if held:
                entry = versions[max(held)].entry
                if entry.ends_at is None or instant < entry.ends_at:
                    found[id] = entry
        return found

    @property
    def founders(self) -> tuple[Founder, ...]:
        """The first two persons; all others are persons by their word."""
        return self._founders

    def newest(self) -> list[Held]:
        """Return the newest version of every person, by id."""
        return [versions[max(versions)] for _, versions in sorted(self._versions.items())]

    def signed(
        self, kind: SignedKind, record: PersonEntry | Decision | Skip | Override, at: Instant
    ) -> bool:
        """Return whether two persons who may sign at an instant signed a record.

        Args:
            kind: what the record is.
            record: with its signatures.
            at: when the broker took it.
        """
        if self.founded_at is None:
            return False
        keys = {id: entry.public_key for id, entry in self.at(at).items()}
        return self._by_two(kind, self.ledger, record, record.signatures, keys)

    def signed_by_one(
        self, kind: SignedKind, record: Struct, signature: Signature, at: Instant
    ) -> bool:
        """Return whether a person who may sign at an instant signed a record.

        Args:
            kind: what the record is.
            record: with its signature.
            signature: the one to check.
            at: when the broker took it.
        """
        entry = self.at(at).get(signature.person)
        if entry is None:
            return False
        message = signed_bytes(kind, self.ledger, record)
        return self.genuine(entry.public_key, signature.signature, message)

    def _by_two(
        self,
        kind: SignedKind,
        ledger: str,
        record: Struct,
        signatures: Sequence[Signature],
        keys: dict[PersonId, PublicKey],
    ) -> bool:
        used = {keys[one.person] for one in signatures if one.person in keys}
        if len(signatures) != 2 or len(used) != 2:
            return False
        message = signed_bytes(kind, ledger, record)
        return all(self.genuine(keys[one.person], one.signature, message) for one in signatures)

    def admits(self, decision: Decision, appended_at: Instant) -> bool:
        """Return whether a decision takes effect.

        One of version 1 was not signed. It does if it was appended before the first two persons
        were set; in a ledger that had records, before every reader knows of them.
        """
        if decision.v == 1:
            return self.founded_at is None or appended_at < self._unsigned_until
        return self.signed(SignedKind.DECISION, decision, appended_at)


def _keys_of(founders: Sequence[Founder]) -> dict[PersonId, PublicKey]:
    return {one.id: one.public_key for one in founders}
