"""What persons sign, two or one, and the key of the roots: bytes that are the same everywhere.

A signature is Ed25519 over a domain, the kind of record, the ledger's id and all fields of the
record but the signatures themselves. So one given for one record, kind or ledger fits no other.
A field that stands at its default is left out but for `v`, so a field added later changes no older
bytes.
"""

from enum import StrEnum
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

DOMAIN: Final = b"hostwatch two persons 1"

PersonId: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
PublicKey: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""An Ed25519 public key: its 32 bytes (RFC 8032) in hex."""
LedgerId: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""Chosen at random when a ledger's first two persons are set."""

_ALWAYS: Final = frozenset({"v"})
_NEVER: Final = frozenset({"signatures"})


class SignedKind(StrEnum):
    """What is signed."""

    PERSON = "person"
    DECISION = "decision"
    SKIP = "skip"
    AUDIT = "audit"  # by one person, as the next
    ENDING = "ending"  # of a proposal
    HANDOVER = "handover"
    OVERRIDE = "override"  # of a right of reply that still runs
    ROOT = "root"  # of an hour of the ledger, by a key that is no person's


class Signature(Struct, frozen=True, kw_only=True, gc=False):
    """One person's signature.

    Attributes:
        person: whose.
        signature: Ed25519 over `signed_bytes`, 64 bytes in hex.
    """

    person: PersonId
    signature: Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]


TwoSignatures: TypeAlias = Annotated[tuple[Signature, ...], Meta(min_length=2, max_length=2)]


def signed_bytes(kind: SignedKind, ledger: LedgerId, record: Struct) -> bytes:
    """Return what is signed of a record.

    Args:
        kind: what the record is.
        ledger: which ledger it is for.
        record: with or without signatures.
    """
    fields = {
        field.name: getattr(record, field.name)
        for field in msgspec.structs.fields(record)
        if field.name not in _NEVER
        and (field.name in _ALWAYS or getattr(record, field.name) != field.default)
    }
    content = msgspec.json.encode(fields, order="sorted")
    return b"\x00".join((DOMAIN, kind.encode(), ledger.encode(), content))
