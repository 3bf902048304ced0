"""Laws of 3.1: when an owner's case opens, and when a URL is back at one that it had left."""

from cases import at

from schemas.closed_lists import Role
from streams.lifecycle.evidence.owner import Owner


def test_two_resolutions_of_one_vantage_within_a_day_open_a_case():
    """The first of them is its opening; two vantages' one each are none."""
    owner = Owner("acme", "acme", Role.HOSTING)
    owner.name("north", at(0), direct=True)
    owner.name("south", at(1), direct=True)
    owner.name("north", at(25), direct=True)
    assert owner.opened_at is None
    owner.name("north", at(30), direct=True)
    assert (owner.opened_at, owner.opening_known_at) == (at(25), at(30))


def test_two_resolutions_to_its_own_address_end_that_a_statement_names_another():
    """From the first of them on; one alone, or two a day apart, end nothing."""
    owner = Owner("acme", "acme", Role.HOSTING, away=[(at(0), None)])
    for vantage, hours in (("north", 1), ("south", 2), ("north", 26)):
        owner.name_direct(vantage, at(hours))
    assert owner.away == [(at(0), None)]
    owner.name_direct("north", at(27))
    assert owner.away == [(at(0), at(26))]
