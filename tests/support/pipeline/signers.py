"""Persons with keys, in memory, and what they sign."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from agents.edges.crypto.person_key import genuine
from schemas.moments import DAY_MS
from schemas.records.facts import Decision
from schemas.records.registry import Founder, PersonEntry
from schemas.records.skips import Skip
from schemas.signing import Signature, SignedKind, signed_bytes
from streams.registry.signatories import Persons

DAY = DAY_MS
LEDGER = "5f0c9d1e7a2b48c6930f1d2e3c4b5a69"
_KINDS = {Decision: SignedKind.DECISION, Skip: SignedKind.SKIP, PersonEntry: SignedKind.PERSON}


class Signers:
    """Persons by id, and the fold of their entries."""

    def __init__(self, *ids):
        self.keys = {id: Ed25519PrivateKey.generate() for id in ids}
        self.persons = Persons(genuine)

    def public(self, id):
        """Return a person's public key."""
        return self.keys[id].public_key().public_bytes_raw().hex()

    def sign(self, record, *by, ledger=LEDGER, kind=None):
        """Return a record signed by persons."""
        message = signed_bytes(kind or _KINDS[type(record)], ledger, record)
        return replace(
            record,
            signatures=tuple(
                Signature(person=id, signature=self.keys[id].sign(message).hex()) for id in by
            ),
        )

    def founding(self, *ids, valid_from=0):
        """Return the entries of a first pair."""
        founders = tuple(Founder(id=id, public_key=self.public(id)) for id in ids)
        return [self.entry(id, by=ids, founders=founders, valid_from=valid_from) for id in ids]

    def found(self, *ids, at=0):
        """Set the first pair."""
        for entry in self.founding(*ids):
            self.persons.add(entry, at)

    def entry(self, id, *, by, key=None, version=1, ledger=LEDGER, **more):
        """Return an entry of a person, signed."""
        made = PersonEntry(
            id=id,
            version=version,
            name=id.title(),
            public_key=self.public(key or id),
            ledger=ledger,
            signatures=(),
            **{"valid_from": 0} | more,
        )
        return self.sign(made, *by, ledger=ledger)
