"""Laws of 12.6 and 12.8: which decisions hold, and about whose cases each is."""

import pytest

from schemas.closed_lists import DecisionAction, Role
from schemas.identity.ids import case_id
from schemas.records.case_events import PackedDecision
from streams.lifecycle.evidence.decisions import (
    given_owners,
    in_force,
    reattributed,
    reattributions,
)
from streams.lifecycle.evidence.owner import Owner

URL = "0123456789abcdef0123456789abcdef"
ACME = case_id(URL, "acme", Role.HOSTING, 0)


def made(at: int, action="reattribute", *, to="beta", about="", revokes=None) -> PackedDecision:
    """Return a decision, named after its instant."""
    hoster = to if action == "reattribute" else None
    return PackedDecision(at, f"d{at}", about, DecisionAction(action), hoster, revokes)


def test_what_was_taken_back_does_not_hold():
    """A revocation that was itself revoked takes nothing back."""
    first, second = made(1), made(2, "revoke", revokes="d1")
    third = made(3, "revoke", revokes="d2")
    assert [one.id for one in in_force([first, second])] == ["d2"]
    assert [one.id for one in in_force([third, first, second])] == ["d3", "d1"]


def test_reattributions_come_oldest_first():
    """Other decisions are none."""
    assert [one.id for one in reattributions([made(3), made(1), made(2, "exclude")])] == [
        "d1",
        "d3",
    ]


@pytest.mark.parametrize(
    ("decisions", "role", "opened_at", "id"),
    [
        ([], Role.HOSTING, 0, None),
        ([made(5)], Role.HOSTING, 5, "d5"),
        ([made(5)], Role.HOSTING, 6, None),
        ([made(5)], Role.PROXY, 0, None),
        ([made(5, about=ACME)], Role.HOSTING, 6, "d5"),
        ([made(5, about="another")], Role.HOSTING, 0, None),
        ([made(5, about=ACME), made(7)], Role.HOSTING, 0, "d7"),
        ([made(5, about=ACME), made(7)], Role.HOSTING, 8, "d5"),
    ],
)
def test_the_newest_about_a_case_gives_it(decisions, role, opened_at, id):
    """One about all cases is about the hosting cases that had opened by then."""
    found = reattributed(decisions, ACME, role, opened_at)
    assert (found and found.id) == id


def test_an_owner_goes_on_as_the_newest_decision_about_it_says():
    """One that names a case is about the owner of that."""
    acme, other = (Owner(name, name, Role.HOSTING) for name in ("acme", "other"))
    proxy = Owner("shield", "shield", Role.PROXY)
    decided = [made(5), made(7, to="gamma", about=ACME)]
    assert given_owners(decided, URL, [acme, other, proxy]) == [
        (7, acme, "gamma"),
        (5, other, "beta"),
    ]
