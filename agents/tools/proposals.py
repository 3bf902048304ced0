"""What one person proposes and another confirms: a file that goes from one to the other.

The file holds the records, without their signatures, and the first person's signatures of them.
Whoever confirms it signs the same bytes. It holds no secret and no URL.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from agents.edges.crypto.person_key import PersonKey
from agents.errors import UserError
from schemas.moments import Instant
from schemas.records.custody import Override
from schemas.records.facts import Decision
from schemas.records.registry import PersonEntry
from schemas.records.skips import Skip
from schemas.signing import LedgerId, PersonId, PublicKey, Signature, SignedKind, signed_bytes
from streams.registry.signatories import Persons

FILE_BYTES_MAX: Final = 65_536
"""Two records of a few hundred bytes each, and room for reasons."""

SignedRecord: TypeAlias = PersonEntry | Decision | Skip | Override

_TYPES: Final[dict[SignedKind, type[SignedRecord]]] = {
    SignedKind.PERSON: PersonEntry,
    SignedKind.DECISION: Decision,
    SignedKind.SKIP: Skip,
    SignedKind.OVERRIDE: Override,
}
_PLACEHOLDER: Final = {"person": "x", "signature": "0" * 128}


class ProposalError(UserError):
    """A proposal cannot be made or confirmed; the message says why and what to do."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one person proposed.

    Attributes:
        kind: of all its records.
        ledger: the id of the ledger it is for.
        records: fields without signatures.
        signatures: the proposer's, one of each record.
    """

    v: int = 1
    kind: SignedKind
    ledger: LedgerId
    records: tuple[dict[str, Any], ...]
    signatures: tuple[Signature, ...]


def signer(persons: Persons, key: PersonKey, now: Instant) -> PersonId:
    """Return whose key it is.

    Raises:
        ProposalError: the ledger has no persons, or the key is of none who may sign now.
    """
    if persons.founded_at is None:
        raise ProposalError(
            "this ledger has no persons yet: `hostwatch keys person propose CARD CARD`"
            " sets the first two"
        )
    return owner({id: entry.public_key for id, entry in persons.at(now).items()}, key)


def owner(keys: dict[PersonId, PublicKey], key: PersonKey) -> PersonId:
    """Return whose key it is.

    Args:
        keys: of those who may sign.
        key: the one at hand.

    Raises:
        ProposalError: it is of none of them.
    """
    for id, public_key in keys.items():
        if public_key == key.public_key:
            return id
    raise ProposalError(
        f"the key {key.public_key[:16]} is of nobody who may sign now:"
        " `hostwatch keys person list` shows who may, a new person may 10 min after it is entered"
    )


def proposed(
    kind: SignedKind,
    ledger: LedgerId,
    records: Sequence[SignedRecord],
    person: PersonId,
    key: PersonKey,
) -> Proposal:
    """Return records signed by a first person."""
    return Proposal(
        kind=kind,
        ledger=ledger,
        records=tuple(fields_of(record) for record in records),
        signatures=tuple(
            Signature(person=person, signature=key.sign(signed_bytes(kind, ledger, record)))
            for record in records
        ),
    )


def confirmed(proposal: Proposal, person: PersonId, key: PersonKey) -> list[SignedRecord]:
    """Return the records of a proposal signed by a second person too.

    Raises:
        ProposalError: the second person is the first.
    """
    records = records_of(proposal)
    found: list[SignedRecord] = []
    for record, first in zip(records, proposal.signatures, strict=True):
        if first.person == person:
            raise ProposalError(f"{person} proposed it: another person has to confirm it")
        message = signed_bytes(proposal.kind, proposal.ledger, record)
        both = (first, Signature(person=person, signature=key.sign(message)))
        found.append(msgspec.structs.replace(record, signatures=both))
    return found


def records_of(proposal: Proposal) -> list[SignedRecord]:
    """Return the records of a proposal, not signed.

    Raises:
        ProposalError: they are no such records.
    """
    kind = _TYPES[proposal.kind]
    try:
        made = [
            msgspec.convert({**fields, "signatures": [_PLACEHOLDER] * 2}, kind)
            for fields in proposal.records
        ]
    except msgspec.ValidationError as error:
        raise ProposalError(f"the proposal holds no {proposal.kind}: {error}") from None
    if not made or len(made) != len(proposal.signatures):
        raise ProposalError("the proposal lacks a signature: propose it anew")
    return [msgspec.structs.replace(record, signatures=()) for record in made]


def fields_of(record: SignedRecord) -> dict[str, Any]:
    """Return a record's fields as a proposal holds them: without signatures."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    del fields["signatures"]
    return fields


def encode(proposal: Proposal) -> bytes:
    """Return the content of a proposal's file."""
    return msgspec.json.format(msgspec.json.encode(proposal)) + b"\n"


def read(file: Path, kind: SignedKind) -> Proposal:
    """Read a proposal.

    Args:
        file: that somebody proposed.
        kind: what it must be a proposal of.

    Raises:
        ProposalError: it cannot be read, or is another.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(FILE_BYTES_MAX + 1)
        found = msgspec.json.decode(raw[:FILE_BYTES_MAX], type=Proposal)
    except OSError:
        raise ProposalError(f"{file}: cannot be read") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProposalError(f"{file}: is no proposal") from None
    if found.v != 1 or found.kind is not kind:
        raise ProposalError(f"{file}: is a proposal of another kind ({found.kind})")
    return found
