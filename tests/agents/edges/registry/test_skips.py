"""What is set aside: by two persons, one record and not a place, and nobody stops at the rest."""

import hashlib
import hmac

import pytest
from msgspec.structs import replace
from signers import DAY, Signers

from agents.edges.registry.skips import SetAside, digest_of
from agents.engine.stage import Received
from schemas.codec import SKIP
from schemas.records.skips import Skip, skip_key

AT = 1_700_000_000_000


def keyed(purpose, text):
    return hmac.digest(b"secret", f"{purpose} {text}".encode(), hashlib.sha256).hex()[:32]


def record(offset=7, key=b"k", value=b"garbage", topic="facts.v1"):
    return Received(topic, 0, offset, AT, key, value)


def skip_of(one, **more):
    fields = {"topic": one.topic, "partition": one.partition, "offset": one.offset}
    fields |= {"digest": digest_of(one.key, one.value, keyed), "signatures": ()}
    return Skip(**fields | {"reason": "none wrote it", "decided_at": AT} | more)


@pytest.fixture
def signers():
    found = Signers("anna", "bram")
    found.found("anna", "bram", at=AT)
    return found


def written(skip, number=0, key=None):
    place = skip_key(skip.topic, skip.partition, skip.offset)
    return Received("skips.v1", 0, number, AT + DAY, key or place, SKIP.encode(skip))


def aside(signers, *records):
    found = SetAside(keyed)
    found.add(records, signers.persons)
    return found


def test_a_skip_holds_for_one_record_not_for_its_offset(signers):
    """Another record at that offset, as of a topic made anew, is not set aside; nor are others."""
    one = record()
    found = aside(signers, written(signers.sign(skip_of(one), "anna", "bram")))
    assert found
    assert found.holds(one)
    others = [record(8), record(value=b"garbagE"), record(value=b""), record(value=None)]
    others += [record(key=b"kg", value=b"arbage"), record(topic="reports.v1")]
    assert found.kept([one, *others]) == others
    assert found.counts() == {"facts.v1": 1}


def test_a_tombstone_is_set_aside_as_one(signers):
    """It is not the empty value."""
    one = record(value=None)
    found = aside(signers, written(signers.sign(skip_of(one), "anna", "bram")))
    assert found.holds(one)
    assert not found.holds(record(value=b""))


def test_what_two_persons_did_not_sign_sets_nothing_aside_and_stops_nobody(signers):
    """Garbage, tombstones, one signature's bearer twice, a foreign key, a changed record."""
    made = signers.sign(skip_of(record()), "anna", "bram")
    garbage = Received("skips.v1", 0, 0, AT + DAY, b"x", b"garbage")
    tombstone = Received("skips.v1", 0, 1, AT + DAY, b"x", None)
    twice = written(signers.sign(skip_of(record()), "anna", "anna"), 2)
    misfiled = written(made, 3, key=b"facts.v1/0/8")
    changed = written(replace(made, reason="another"), 4)
    forged = written(Signers("anna", "bram").sign(skip_of(record()), "anna", "bram"), 5)
    wrong = [garbage, tombstone, twice, misfiled, changed, forged]
    found = aside(signers, *wrong)
    assert not found
    assert (found.refused, found.read_to) == (len(wrong), 6)
    found.add([written(made, 6)], signers.persons)
    assert found.holds(record())


def test_of_several_skips_of_a_place_the_first_holds(signers):
    """A second one changes nothing, and neither is counted twice."""
    one = record()
    first, second = (
        signers.sign(skip_of(one, reason=why), "anna", "bram") for why in ("first", "second")
    )
    found = aside(signers, written(first, 0), written(second, 1))
    assert [skip.reason for skip in found.all()] == ["first"]
    assert [skip.reason for skip in found.since(0)] == ["first"]
    assert found.since(1) == []
    assert found.number(first) == 0
