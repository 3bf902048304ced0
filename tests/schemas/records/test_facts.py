"""Facts and decisions: what stands there in clear is short, and a decision names two persons."""

from typing import Any

import msgspec
import pytest

from schemas.records.facts import Attribution, Decision, Facts, Observation, Placement

KEY = "0123456789abcdef0123456789abcdef"
OBSERVATION = {
    "type": "observation",
    "url_key": KEY,
    "order_id": "o",
    "case_id": "c",
    "hoster": "acme",
    "vantage": "north",
    "target": "url",
    "slot_at": 1,
    "sent_at": 1,
    "done_at": 1,
    "facts": {},
}
DECISION = {"id": "d", "url_key": KEY, "decided_at": 1, "action": "exclude", "reason": "r"}


def test_facts_of_nothing_say_nothing() -> None:
    """Each field has a value that says so, and is left out of the record."""
    assert msgspec.json.encode(Facts()) == b"{}"
    assert msgspec.json.encode(Facts(status=200)) == b'{"status":200}'


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        (Facts, {}, {"type": "a" * 65}),
        (Facts, {}, {"error": "broken"}),
        (Observation, OBSERVATION, {"asn": 1 << 32}),
        (Observation, OBSERVATION, {"asn": -1}),
        (Observation, OBSERVATION, {"target": "path"}),
        (Observation, OBSERVATION, {"vantage": "The North"}),
        (Observation, OBSERVATION, {"v": 3}),
        (Placement, {"hoster": "acme", "group": "acme"}, {"inclusion": 0.0}),
        (Placement, {"hoster": "acme", "group": "acme"}, {"inclusion": 1.1}),
        (Placement, {"hoster": "acme", "group": "acme"}, {"formerly": ["a"] * 17}),
        (Decision, DECISION, {"action": "delete"}),
        (Decision, DECISION, {"reason": ""}),
        (Decision, DECISION, {"reason": "a" * 501}),
        (Decision, DECISION, {"basis": "x"}),
        (Decision, DECISION, {"v": 1, "proposed_by": "anna"}),
    ],
)
def test_a_value_outside_its_list_or_bound_is_refused(
    kind: type, fields: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """What is outside a list or beyond a bound; without it the record is taken."""
    assert msgspec.convert(fields, kind)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields | wrong, kind)


def test_a_decision_of_version_1_names_two_roles() -> None:
    """Later ones are signed instead."""
    named = {"v": 1, "proposed_by": "anna", "approved_by": "bram"}
    assert msgspec.convert(DECISION | named, Decision).v == 1
    assert msgspec.convert(DECISION, Decision).v == 2


def test_a_resolution_answered_unless_it_says_otherwise() -> None:
    """A name that does not exist is an answer of its own."""
    found = msgspec.convert(
        {"type": "attribution", "url_key": KEY, "vantage": "north", "at": 1}, Attribution
    )
    assert (found.answered, found.nxdomain, found.placements) == (True, False, ())
