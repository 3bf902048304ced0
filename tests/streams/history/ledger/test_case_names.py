"""Cases of decisions are named by owner, role and number; ids say nothing to a reader."""

import pytest
from ledger_events import KEY, decision, notice, place, placed, report

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from streams.history.ledger.case_names import case_names, told_decisions

LEDGER = [
    report(),
    placed(0, place("acme2", group="holding"), place("shield", role=Role.PROXY)),
    notice(1),
]


@pytest.mark.parametrize(
    ("owner", "role", "number"),
    [
        ("holding", Role.HOSTING, 1),
        ("holding", Role.HOSTING, 2),
        ("shield", Role.PROXY, 1),
        ("unknown", Role.HOSTING, 1),
        ("overflow", Role.HOSTING, 1),
    ],
)
def test_a_case_has_the_name_that_its_id_was_made_of(owner, role, number):
    """The owner is the group at its first resolution; numbers are given from 1 on."""
    id = case_id(KEY, owner, role, number - 1)
    name = {"owner": owner, "role": role.value, "number": number}
    assert case_names([*LEDGER, decision(2, case_id=id)]) == {id: name}


def test_an_id_of_no_case_has_no_name():
    """Nor has a decision about all cases one to be found."""
    assert case_names([*LEDGER, decision(2, case_id="f" * 24), decision(3)]) == {}
    assert (
        case_names([*LEDGER, decision(2, case_id=case_id("0" * 32, "holding", Role.HOSTING, 0))])
        == {}
    )


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ([decision(1)], ["d1exclude"]),
        ([decision(1, case_id="known")], ["d1exclude"]),
        ([decision(1, case_id="f" * 24)], []),
        ([decision(2, "revoke", revokes="d1exclude")], []),
        ([decision(1), decision(2, "revoke", revokes="d1exclude")], ["d1exclude", "d2revoke"]),
        ([decision(1, case_id="f" * 24), decision(2, "revoke", revokes="d1exclude")], []),
        (
            [decision(2, "revoke", revokes="none"), decision(3, "revoke", revokes="d2revoke")],
            [],
        ),
        (
            [decision(1), decision(2, "revoke", case_id="f" * 24, revokes="d1exclude")],
            ["d1exclude", "d2revoke"],
        ),
    ],
)
def test_what_changes_nothing_is_not_told(decisions, told):
    """Of a case that there never was, or a revoke of nothing, also at the end of a chain."""
    cases = {"known": {"owner": "acme"}}
    assert list(told_decisions([made for made, _ in decisions], cases)) == told
