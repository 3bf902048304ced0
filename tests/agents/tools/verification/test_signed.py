"""The second reading of signatures says who may sign, and what counts, as the product does."""

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from signers import LEDGER, Signers

from agents.engine.stage import Received
from agents.tools.verification.signed import KNOWN_TO_ALL_MS, Signed
from schemas.codec import DECISION, SKIP
from schemas.records.facts import Decision
from schemas.records.registry import Founder, PersonEntry
from schemas.records.skips import Skip, skip_key
from schemas.topics import DECISIONS, FACTS, SKIPS

AT = 1_700_000_000_000
STEP_MS = KNOWN_TO_ALL_MS // 2
IDS = ("anna", "bram", "cleo")
SIGNERS = Signers(*IDS)
PLACE = (FACTS.name, 0, 7)

pairs = st.sampled_from([(a, b) for a in IDS for b in IDS])
ledgers = st.sampled_from([LEDGER, LEDGER, LEDGER, "f" * 32])
moments = st.sampled_from([0, AT, AT + 3 * STEP_MS])


@st.composite
def entries(draw):
    """Return an entry of a person, most often one that is signed as it has to be."""
    id, by, ledger = draw(st.sampled_from(IDS)), draw(pairs), draw(ledgers)
    version, valid_from = draw(st.integers(1, 3)), draw(moments)
    more = {"version": version, "valid_from": valid_from}
    if draw(st.booleans()):
        both = draw(st.sampled_from([by, ("anna", "bram"), ("bram", "anna")]))
        more |= {
            "version": draw(st.sampled_from([1, 1, 1, version])),
            "founders": tuple(Founder(id=one, public_key=SIGNERS.public(one)) for one in both),
        }
    else:
        more["ends_at"] = draw(st.sampled_from([None, None, AT + 2 * STEP_MS]))
    return SIGNERS.entry(id, by=by, ledger=ledger, **more)


def founding(first: str, second: str) -> list[PersonEntry]:
    """Return the entries of a first pair, the second of which names them the other way round."""
    return [SIGNERS.founding(first, second)[0], SIGNERS.founding(second, first)[0]]


def decided(*by: str, **more: object) -> Decision:
    """Return a decision, signed."""
    fields = {"id": "d1", "url_key": "0" * 32, "decided_at": AT, "action": "exclude", "reason": "x"}
    return SIGNERS.sign(Decision(**fields | more), *by)


def skipped(*by: str) -> Skip:
    """Return a skip, signed."""
    topic, partition, offset = PLACE
    fields = {"topic": topic, "partition": partition, "offset": offset, "digest": "0" * 32}
    return SIGNERS.sign(Skip(**fields, reason="x", decided_at=AT, signatures=()), *by)


def taken(topic: str, key: bytes, value: bytes, at: int = AT) -> Received:
    """Return a record as the broker took it."""
    return Received(topic, 0, 3, at, key, value)


def founded() -> Signed:
    """Return what holds where Anna and Bram are the first two persons."""
    found = Signed()
    for entry in SIGNERS.founding("anna", "bram"):
        found.add_person(entry, AT)
    return found


@given(st.lists(entries(), max_size=7), pairs)
@example(founding("anna", "bram"), ("anna", "bram"))
def test_two_programs_say_the_same_of_every_registry(told, by):
    """Who may sign at any instant, whose decision and whose skip counts, signed or not."""
    signed, persons = Signed(), Signers(*()).persons
    for number, entry in enumerate(told):
        signed.add_person(entry, AT + number * STEP_MS)
        persons.add(entry, AT + number * STEP_MS)
    decision, old = decided(*by), decided(v=1, proposed_by="anna", approved_by="bram")
    for number in range(-1, len(told) + 4):
        at = AT + number * STEP_MS
        may = {id: entry.public_key for id, entry in persons.at(at).items()}
        assert signed.keys_at(at) == may
        for one in (decision, old):
            record = taken(DECISIONS.name, b"", DECISION.encode(one), at)
            assert signed.passes(record) is persons.admits(one, at)
    assert signed.founders == {one.id: one.public_key for one in persons.founders}


def test_a_record_is_set_aside_by_two_who_may_and_at_its_own_place():
    """One signature, one person twice, a changed record, another's key: nothing is set aside."""
    skip = skipped("anna", "bram")
    for wrong, key in (
        (skipped("anna"), skip_key(*PLACE)),
        (skipped("anna", "anna"), skip_key(*PLACE)),
        (skipped("anna", "cleo"), skip_key(*PLACE)),
        (replace(skip, reason="y"), skip_key(*PLACE)),
        (skip, skip_key(FACTS.name, 0, 8)),
    ):
        found = founded()
        found.add_skip(taken(SKIPS.name, key, SKIP.encode(wrong)))
        assert not found.aside
    found = founded()
    found.add_skip(taken(SKIPS.name, b"", b"{"))
    found.add_skip(taken(SKIPS.name, skip_key(*PLACE), SKIP.encode(skip)))
    assert found.aside == {PLACE}
    assert not found.passes(Received(*PLACE, AT, b"", b""))
    assert found.passes(Received(FACTS.name, 0, 8, AT, b"", b""))


def test_a_decision_that_cannot_be_read_is_left_to_who_reads_cases():
    """It is passed on, so that its URL is named as one whose cases cannot be worked out."""
    assert founded().passes(taken(DECISIONS.name, b"", b"{"))
