"""What one person proposes another one confirms, and both sign the same bytes."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agents.edges.crypto.person_key import PersonKey, genuine
from agents.tools.proposals import (
    FILE_BYTES_MAX,
    Proposal,
    ProposalError,
    SignedRecord,
    confirmed,
    encode,
    owner,
    proposed,
    read,
    records_of,
    signer,
)
from schemas.records.custody import Override
from schemas.records.facts import Decision
from schemas.records.registry import PersonEntry
from schemas.records.skips import Skip
from schemas.signing import SignedKind, signed_bytes
from streams.registry.signatories import Persons

LEDGER = "5f0c9d1e7a2b48c6930f1d2e3c4b5a69"
AT = 1_700_000_000_000
HEX = "0" * 64


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, PersonKey]:
    """Return the keys of two persons."""
    return {id: PersonKey.create(tmp_path / f"{id}.pem") for id in ("anna", "bram")}


def skip(**more: object) -> Skip:
    """Return a skip, not signed."""
    said = {"topic": "facts.v1", "partition": 0, "offset": 7, "digest": "0" * 32}
    return Skip(**said | more, reason="none wrote it", decided_at=AT, signatures=())


RECORDS: dict[SignedKind, SignedRecord] = {
    SignedKind.PERSON: PersonEntry(
        id="cleo",
        version=1,
        valid_from=AT,
        name="Cleo",
        public_key=HEX,
        ledger=LEDGER,
        signatures=(),
    ),
    SignedKind.DECISION: Decision(
        id="d1", url_key="0" * 32, decided_at=AT, action="exclude", reason="a test of ours"
    ),
    SignedKind.SKIP: skip(),
    SignedKind.OVERRIDE: Override(
        hoster="acme", from_at=AT, to_at=AT + 1, at=AT, reason="a test", signatures=()
    ),
}


def as_file(folder: Path, raw: bytes) -> Path:
    """Return a file with this content."""
    file = folder / "proposal.json"
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize("kind", RECORDS)
def test_two_persons_sign_the_same_bytes_of_a_record(
    tmp_path: Path, keys: dict[str, PersonKey], kind: SignedKind
) -> None:
    """The file that goes from one to the other changes nothing of what was proposed."""
    record = RECORDS[kind]
    file = as_file(tmp_path, encode(proposed(kind, LEDGER, [record], "anna", keys["anna"])))
    (signed,) = confirmed(read(file, kind), "bram", keys["bram"])
    message = signed_bytes(kind, LEDGER, record)
    assert [one.person for one in signed.signatures] == ["anna", "bram"]
    for one in signed.signatures:
        assert genuine(keys[one.person].public_key, one.signature, message)
    assert replace(signed, signatures=()) == record


def test_nobody_confirms_what_is_their_own(keys: dict[str, PersonKey]) -> None:
    """One person is no two, with whichever key."""
    made = proposed(SignedKind.SKIP, LEDGER, [skip()], "anna", keys["anna"])
    for key in keys.values():
        with pytest.raises(ProposalError, match="another person has to confirm"):
            confirmed(made, "anna", key)


def test_a_key_is_its_owners(keys: dict[str, PersonKey]) -> None:
    """Who has the key of nobody is told where to see who may sign, and never the key's secret."""
    known = {id: key.public_key for id, key in keys.items()}
    assert [owner(known, key) for key in keys.values()] == ["anna", "bram"]
    with pytest.raises(ProposalError, match="nobody who may sign now"):
        owner({"anna": known["anna"]}, keys["bram"])
    with pytest.raises(ProposalError, match="no persons yet"):
        signer(Persons(genuine), keys["anna"], AT)


def test_a_proposal_without_a_signature_for_each_record_is_refused(
    keys: dict[str, PersonKey],
) -> None:
    """A record that came in beside the signed ones, one that was taken out, or none at all."""
    made = proposed(SignedKind.SKIP, LEDGER, [skip(), skip(offset=8)], "anna", keys["anna"])
    for records in (made.records[:1], (*made.records, made.records[0]), ()):
        with pytest.raises(ProposalError, match="lacks a signature"):
            records_of(replace(made, records=records))
    empty = replace(made, records=(), signatures=())
    with pytest.raises(ProposalError, match="lacks a signature"):
        records_of(empty)


def test_a_record_of_another_kind_is_refused(keys: dict[str, PersonKey]) -> None:
    """What was proposed as a skip is confirmed as nothing else."""
    made = proposed(SignedKind.SKIP, LEDGER, [skip()], "anna", keys["anna"])
    with pytest.raises(ProposalError, match="holds no"):
        records_of(replace(made, kind=SignedKind.DECISION))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "cannot be read"),
        (b"", "is no proposal"),
        (b"\xff", "is no proposal"),
        (b"[]", "is no proposal"),
        (b" " * FILE_BYTES_MAX + b"{}", "is no proposal"),
    ],
)
def test_a_file_that_is_no_proposal_is_named(tmp_path: Path, raw: bytes | None, said: str) -> None:
    """In one line; of a large file no more is read than a proposal takes."""
    file = tmp_path / "none" if raw is None else as_file(tmp_path, raw)
    with pytest.raises(ProposalError, match=said):
        read(file, SignedKind.SKIP)


def test_a_proposal_of_another_kind_or_version_is_refused(
    tmp_path: Path, keys: dict[str, PersonKey]
) -> None:
    """A later release may mean something else by the same fields."""
    made = proposed(SignedKind.SKIP, LEDGER, [skip()], "anna", keys["anna"])
    for other in (made, replace(made, kind=SignedKind.DECISION, v=2)):
        with pytest.raises(ProposalError, match="another kind"):
            read(as_file(tmp_path, encode(other)), SignedKind.DECISION)


def test_a_field_that_nobody_knows_is_no_proposal(
    tmp_path: Path, keys: dict[str, PersonKey]
) -> None:
    """Whoever confirms a file sees all that is in it."""
    made = proposed(SignedKind.SKIP, LEDGER, [skip()], "anna", keys["anna"])
    fields = msgspec.to_builtins(made) | {"also": 1}
    assert msgspec.convert(msgspec.to_builtins(made), Proposal) == made
    with pytest.raises(ProposalError, match="is no proposal"):
        read(as_file(tmp_path, msgspec.json.encode(fields)), SignedKind.SKIP)
