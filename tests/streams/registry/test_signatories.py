"""Who may sign: the first two set each other, all others are signed by two who are there."""

import pytest
from msgspec.structs import replace
from signers import DAY, LEDGER, Signers

from schemas.records.facts import Decision
from schemas.records.registry import PersonEntry
from schemas.records.skips import Skip
from schemas.signing import SignedKind
from streams.registry.signatories import DELAY_MS

AT = 1_700_000_000_000


def decision(**more):
    fields = {"id": "d1", "url_key": "0" * 32, "decided_at": AT, "action": "exclude"}
    return Decision(**fields | {"reason": "a test of ours"} | more)


def skip(**more):
    fields = {"topic": "facts.v1", "partition": 0, "offset": 7, "digest": "0" * 32}
    return Skip(**fields | {"reason": "none wrote it", "decided_at": AT, "signatures": ()} | more)


@pytest.fixture
def signers():
    found = Signers("anna", "bram", "cleo", "dirk")
    found.found("anna", "bram", at=AT)
    return found


def admitted(signers, *by, at=AT + DAY, **more):
    return signers.persons.admits(signers.sign(decision(**more), *by), at)


def test_two_persons_decide_and_nobody_else_does(signers):
    """One person twice, one who is not entered, one key under another name: nothing happens."""
    assert admitted(signers, "anna", "bram")
    assert admitted(signers, "bram", "anna")
    assert not admitted(signers, "anna", "anna")
    assert not admitted(signers, "anna", "cleo")
    assert not admitted(signers, "cleo", "dirk")
    assert not admitted(signers)
    mixed = signers.sign(decision(), "anna", "bram")
    first, second = mixed.signatures
    for forged in ((first,), (first, first), (first, replace(first, person="bram"))):
        assert not signers.persons.admits(replace(mixed, signatures=forged), AT + DAY)
    assert signers.persons.admits(replace(mixed, signatures=(second, first)), AT + DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "d2"},
        {"url_key": "1" * 32},
        {"case_id": "c"},
        {"decided_at": AT + 1},
        {"action": "legal_hold"},
        {"hoster": "acme"},
        {"revokes": "d0"},
        {"reason": "another"},
    ],
)
def test_a_signature_covers_every_field(signers, change):
    """What was signed and then changed, in whatever field, takes no effect."""
    made = signers.sign(decision(), "anna", "bram")
    assert not signers.persons.admits(replace(made, **change), AT + DAY)


def test_a_signature_fits_no_other_ledger_and_no_other_kind(signers):
    """A decision of another ledger, copied here, takes no effect; nor is a skip a decision."""
    foreign = signers.sign(decision(), "anna", "bram", ledger="f" * 32)
    assert not signers.persons.admits(foreign, AT + DAY)
    as_skip = signers.sign(decision(), "anna", "bram", kind=SignedKind.SKIP)
    assert not signers.persons.admits(as_skip, AT + DAY)
    assert signers.persons.signed(SignedKind.SKIP, signers.sign(skip(), "anna", "bram"), AT + DAY)


def test_whoever_can_write_to_the_registry_makes_nobody_a_person(signers):
    """A second pair of first persons, a self-signed entry, a foreign ledger's change nothing."""
    before = signers.persons.at(AT + DAY)
    entries = signers.founding("cleo", "dirk")
    entries += [signers.entry("cleo", by=("cleo", "dirk"))]
    entries += [signers.entry("cleo", by=("anna", "cleo"))]
    entries += [signers.entry("cleo", by=("anna", "bram"), ledger="f" * 32)]
    entries += [replace(signers.entry("cleo", by=("anna", "bram")), name="Another")]
    entries += [signers.entry("anna", key="cleo", version=2, by=("cleo", "dirk"))]
    for entry in entries:
        signers.persons.add(entry, AT + DAY)
    assert signers.persons.at(AT + 2 * DAY) == before
    assert signers.persons.refused == len(entries)
    assert not admitted(signers, "cleo", "dirk", at=AT + 2 * DAY)


def test_a_later_person_signs_from_ten_minutes_on(signers):
    """Every reader knows of an entry by then; what was appended before stays without effect."""
    signers.persons.add(signers.entry("cleo", by=("anna", "bram")), AT + DAY)
    for at, there in ((AT + DAY, False), (AT + DAY + DELAY_MS, True)):
        assert admitted(signers, "anna", "cleo", at=at) is there


def test_a_person_who_has_ended_signs_nothing_more(signers):
    """What was signed before stands, by the time the broker took it."""
    signers.persons.add(signers.entry("cleo", by=("anna", "bram")), AT + DAY)
    ended = signers.entry("bram", version=2, by=("anna", "cleo"), ends_at=AT + 3 * DAY)
    signers.persons.add(ended, AT + 2 * DAY)
    for at, there in ((AT + 3 * DAY - 1, True), (AT + 3 * DAY, False)):
        assert admitted(signers, "anna", "bram", at=at) is there
    assert admitted(signers, "anna", "cleo", at=AT + 4 * DAY)


def test_order_of_the_two_first_entries_changes_nothing():
    """Each names both, so whichever is read first sets the pair."""
    for turn in (1, -1):
        signers = Signers("anna", "bram")
        for entry in signers.founding("anna", "bram")[::turn]:
            signers.persons.add(entry, AT)
        assert set(signers.persons.at(AT)) == {"anna", "bram"}
        assert signers.persons.ledger == LEDGER


def test_a_pair_of_one_person_founds_nothing():
    """Two names with one key, or one name twice, are not two persons."""
    signers = Signers("anna", "bram")
    signers.keys["bram"] = signers.keys["anna"]
    for entry in signers.founding("anna", "bram"):
        signers.persons.add(entry, AT)
    assert signers.persons.founded_at is None


def test_unsigned_decisions_count_until_there_are_persons():
    """Version 1 had no signatures: it stands as long as nobody could sign."""
    old = Decision(
        v=1,
        id="d0",
        url_key="0" * 32,
        decided_at=AT,
        action="exclude",
        proposed_by="analyst",
        approved_by="lead",
        reason="x",
    )
    signers = Signers("anna", "bram")
    assert signers.persons.admits(old, AT)
    signers.found("anna", "bram", at=AT + DAY)
    assert signers.persons.admits(old, AT + DAY - 1)
    assert not signers.persons.admits(old, AT + DAY)


def test_a_ledger_that_had_records_gives_readers_time():
    """There unsigned decisions count until every reader knows of the persons."""
    signers = Signers("anna", "bram")
    for entry in signers.founding("anna", "bram", valid_from=AT + DELAY_MS):
        signers.persons.add(entry, AT)
    assert isinstance(entry, PersonEntry)
    assert signers.persons.at(AT + DELAY_MS - 1) == {}
    assert set(signers.persons.at(AT + DELAY_MS)) == {"anna", "bram"}
    assert not admitted(signers, "anna", "bram", at=AT + DELAY_MS - 1)
