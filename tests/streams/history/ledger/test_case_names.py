"""Cases of decisions are named by owner, role and number; ids say nothing to a reader."""

import pytest
from ledger_events import KEY, decision, notice, place, placed, report

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from streams.history.ledger.case_names import case_names

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
