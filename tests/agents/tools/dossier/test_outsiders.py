"""The program for outsiders, offline: whose records speak of a case, and what supports a fine."""

import json
from random import Random
from types import ModuleType

import msgspec
import pytest
from ledger_events import (
    KEY,
    ONLINE,
    SOUTH,
    answer,
    at,
    decision,
    notice,
    place,
    placed,
    report,
    slots,
)
from msgspec.structs import replace
from outside_program import outside_program
from quoted_events import quoted, told_of
from random_history import random_history

from schemas.closed_lists import AnswerKind, Confidence
from schemas.records.facts import Attribution
from streams import lifecycle
from streams.views.owner_names import OwnerNames


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program for outsiders."""
    return outside_program()


def test_what_unannounced_vantages_alone_saw_supports_no_fine_by_both(program) -> None:
    """Nor if the maker says that it is publicly late, and leaves the flag out."""
    happened = report(seen=0), placed(), notice(1)
    both = slots([2, 30, 31], ONLINE)
    assert outside(program, happened, both) == []
    hidden = [*slots([2], ONLINE), *slots([30, 31, 55, 80], ONLINE, (SOUTH,))]
    assert outside(program, happened, hidden) == []
    lie = {"supports_a_fine": True, "public_late": True, "flags": ()}
    assert "supports a fine" in str(outside(program, happened, hidden, **lie))
    assert outside(program, happened, both, **lie) == []
    assert "supports a fine" in str(outside(program, happened, both, disputed_since=at(9)))


def test_a_dispute_that_its_maker_leaves_out_is_found_by_its_answers(program) -> None:
    """Both say alike since when one is open, with decisions that close it, and are revoked."""
    told, when = answer(40)
    disputed = replace(told, answer=AnswerKind.DISPUTED), when
    others = replace(told, answer=AnswerKind.NOT_OURS, recipient="other"), when
    closed = decision(45, "reject_dispute")
    revoked = decision(50, "revoke", revokes=closed[0].id)
    again = decision(55, "revoke", revokes=revoked[0].id)
    foreign = decision(45, "accept_dispute", case_id="f" * 32)
    lie = {"supports_a_fine": True, "disputed_since": None}
    for more, is_open in (
        ([disputed], True),
        ([others], False),
        ([disputed, closed], False),
        ([disputed, closed, revoked], True),
        ([disputed, closed, revoked, again], False),
        ([disputed, foreign], True),
    ):
        happened = report(seen=0), placed(), notice(1), *more, slots([2, 30, 31], ONLINE)
        assert outside(program, happened[:-1], happened[-1]) == []
        lines = outside(program, happened[:-1], happened[-1], **lie)
        assert bool(lines) == is_open, more


def test_which_records_speak_of_a_case_both_say_alike(program) -> None:
    """By every name of its owner; decisions about others' cases, and others' answers, by neither.

    What the other program cannot decide, after a hoster was sold, it lets pass either way.
    """
    former = place("acme", formerly=("as64500",))
    said = [answer(n, recipient=who) for n, who in ((5, "as64500"), (6, "other"), (7, "acme"))]
    foreign, own = decision(8, case_id="f" * 32), decision(9, "accept_dispute")
    made = [foreign, own, decision(10, "revoke", revokes=foreign[0].id)]
    places = [placed(0, former, place("other")), placed(1, former, place("other"))]
    happened = (report(seen=0), *places, notice(1), *said, *made)
    records = quoted(*happened)
    there = {one.name: json.loads(msgspec.json.encode(one.said)) for one in records}
    for hoster, names in (("acme", {"acme", "as64500"}), ("other", {"other"})):
        (case,) = told_of(*happened, as_of=at(60), hoster=hoster)
        told = json.loads(msgspec.json.encode(case))
        assert program.names_of(told, there) == (names, names)
        shown = {row["record"] for kind in program.LISTS for row in told[kind]}
        assert program.speaks_of(told, names, there) == shown
        assert {one["recipient"] for one in told["answers"]} == names
        assert [one["action"] for one in told["decisions"]] == ["accept_dispute"]


NAMED_AT_ITS_ADDRESS = [
    report(seen=0),
    placed(0, place("as64500", confidence=Confidence.FALLBACK)),
    *(placed(30 + n, replace(place("acme"), address_key="key-as64500")) for n in range(2)),
]


@pytest.mark.parametrize(
    "told", [NAMED_AT_ITS_ADDRESS, *(random_history(Random(seed)) for seed in range(8))]
)
def test_the_other_program_takes_no_name_for_surely_an_owners_or_anothers_that_is_not(
    program, told
) -> None:
    """What the rules say lies between the two."""
    there = {
        str(n): json.loads(msgspec.json.encode(said))
        for n, (said, _) in enumerate(told)
        if isinstance(said, Attribution)
    }
    state = lifecycle.advance(KEY, None, told)
    for case in state.cases:
        rows = [{"record": name} for name in there]
        doc = {"hoster": case.hoster, "owner": case.group, "attributions": rows}
        sure, possible = program.names_of(doc, there)
        assert sure <= OwnerNames(state).of(case) <= possible


def test_a_dispute_under_an_earlier_name_that_its_maker_leaves_out_is_found(program) -> None:
    """The place that names the hoster names what it was called before."""
    told, when = answer(40, recipient="as64500")
    disputed = replace(told, answer=AnswerKind.DISPUTED), when
    renamed = placed(0, place("acme", formerly=("as64500",)))
    happened = report(seen=0), renamed, notice(1, recipient="as64500"), disputed
    late = slots([2, 30, 31], ONLINE)
    assert outside(program, happened, late) == []
    assert outside(program, happened, late, disputed_since=None, supports_a_fine=True)


def outside(program: ModuleType, *happened: object, **lie: object) -> list[str]:
    """Return what the other program says of the only case of some records."""
    said_of, seen = happened
    records = quoted(*said_of, seen)
    (case,) = told_of(*said_of, seen, as_of=at(90))
    doc = {"hoster": "acme", "from_at": 0, "to_at": at(90)}
    said = {one.name: json.loads(msgspec.json.encode(one.said)) for one in records}
    told = json.loads(msgspec.json.encode(replace(case, **lie)))
    return list(program.check_case(told, said, doc))
