"""Laws of 3.1: which of its names an owner had when."""

import pytest

from schemas.closed_lists import Role
from verify.ledger.facts import Placement
from verify.method_10.owner import HostingSpell, is_of, names_of

ACME = Placement(hoster="acme", group="holding", formerly=("old",))


def spell(**said) -> HostingSpell:
    """Return what a group has of a URL: two hosters."""
    return HostingSpell(
        role=Role.HOSTING,
        names={"holding", "acme", "beta"},
        hosters={"acme", "beta"},
        place=ACME,
        newest=ACME,
        **said,
    )


def test_a_place_gives_the_names_its_owner_had():
    """The hoster's, the group's, and former ones."""
    assert names_of(ACME) == {"acme", "holding", "old"}


@pytest.mark.parametrize(
    ("said", "at", "mine"),
    [
        ({}, 0, True),
        ({"since": {"beta": 10}}, 9, False),
        ({"since": {"beta": 10}}, 10, True),
        ({"left": {"beta": 20}}, 19, True),
        ({"left": {"beta": 20}}, 20, False),
        ({"since": {"beta": 10}, "left": {"beta": 20}}, 15, True),
    ],
)
def test_a_hoster_is_an_owner_s_from_when_it_came_until_it_left(said, at, mine):
    """A place and a probe of it are the owner's in that time alone."""
    sold = Placement(hoster="beta", group="big")
    assert (is_of(sold, spell(**said), at), spell(**said).served("beta", at)) == (mine, mine)


def test_another_role_is_another_owner():
    """Who is the proxy of a URL and hosts it has two cases."""
    assert not is_of(Placement(hoster="acme", group="holding", role=Role.PROXY), spell(), 0)
