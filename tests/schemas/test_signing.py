"""What is signed of a record: one record, kind and ledger, and no bytes of a later field."""

from typing import Annotated

import msgspec
import pytest
from msgspec import Meta, Struct

from schemas.signing import DOMAIN, Signature, SignedKind, TwoSignatures, signed_bytes

LEDGER = "0" * 32
SIGNATURE = Signature(person="anna", signature="0" * 128)


class Record(Struct, frozen=True, kw_only=True):
    """A record of today."""

    v: Annotated[int, Meta(ge=1)] = 1
    zeta: str
    alpha: int = 0
    signatures: tuple[Signature, ...] = ()


class Later(Record, frozen=True, kw_only=True):
    """The same with a field that a later version added."""

    added: str = ""


def test_the_bytes_are_what_they_were_for_ever() -> None:
    """A signature that was given once is checked against these."""
    said = signed_bytes(SignedKind.SKIP, LEDGER, Record(zeta="z", alpha=7))
    assert said == DOMAIN + b"\0skip\0" + b"0" * 32 + b'\0{"alpha":7,"v":1,"zeta":"z"}'


def test_a_field_at_its_default_changes_no_older_bytes() -> None:
    """Neither one of today nor one that was added later."""
    today = signed_bytes(SignedKind.SKIP, LEDGER, Record(zeta="z"))
    assert signed_bytes(SignedKind.SKIP, LEDGER, Record(zeta="z", alpha=0)) == today
    assert signed_bytes(SignedKind.SKIP, LEDGER, Later(zeta="z")) == today
    assert signed_bytes(SignedKind.SKIP, LEDGER, Later(zeta="z", added="x")) != today


def test_signatures_are_not_signed() -> None:
    """The second person signs the same bytes as the first."""
    signed = Record(zeta="z", signatures=(SIGNATURE,))
    assert signed_bytes(SignedKind.SKIP, LEDGER, signed) == signed_bytes(
        SignedKind.SKIP, LEDGER, Record(zeta="z")
    )


def test_a_signature_fits_one_kind_and_one_ledger() -> None:
    """No two kinds and no two ledgers have the same bytes."""
    found = {
        signed_bytes(kind, ledger, Record(zeta="z"))
        for kind in SignedKind
        for ledger in (LEDGER, "1" * 32)
    }
    assert len(found) == 2 * len(SignedKind)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_two_signatures_are_two(count: int) -> None:
    """Neither fewer nor more are taken."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([{"person": "anna", "signature": "0" * 128}] * count, TwoSignatures)


@pytest.mark.parametrize("signature", ["", "0" * 127, "0" * 129, "G" * 128, "A" * 128])
def test_a_signature_is_64_bytes_in_hex(signature: str) -> None:
    """In lower case, so one signature has one form."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"person": "anna", "signature": signature}, Signature)
