"""What the practice world's name server says by behaviour, and that it names nobody else."""

from ipaddress import ip_address

import pytest

from schemas.moments import HOUR_MS
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.dns_answers import INSIDE, addresses, looked_up
from sim.world.hosters import ALL, CANARY_ADDRESS, CANARY_HOST
from sim.world.material import Material

BY_ID = {hoster.id: hoster for hoster in ALL}
OF = {hoster.behaviour: hoster for hoster in ALL if hoster.weight}


def item(hoster: str, **said) -> Material:
    fields = {"removed_at": None, "length": 50_001} | said
    return Material(
        hoster=hoster,
        host=f"n1.{hoster}.example",
        path="/a.jpg",
        url=f"http://n1.{hoster}.example/a.jpg",
        since_at=0,
        reported_at=0,
        noticed_at=0,
        **fields,
    )


@pytest.mark.parametrize(
    ("behaviour", "hidden"),
    [
        (Behaviour.NO_NAME, lambda _: ()),
        (Behaviour.NAMES_INSIDE, lambda _: (INSIDE[50_001 % len(INSIDE)],)),
        (Behaviour.NAMES_MIXED, lambda own: (own, INSIDE[50_001 % len(INSIDE)])),
    ],
)
def test_a_trick_begins_hours_after_the_notice(behaviour: Behaviour, hidden) -> None:
    """A name that nobody could ever resolve would be at no hoster."""
    hoster = OF[behaviour]
    of = item(hoster.id)
    assert addresses(hoster, None, of, TRICK_MS - 1) == (hoster.address,)
    assert addresses(hoster, None, of, TRICK_MS) == hidden(hoster.address)


def test_a_name_that_is_let_go_has_no_address() -> None:
    """From the removal on."""
    hoster = OF[Behaviour.EXPIRES]
    of = item(hoster.id, removed_at=5 * HOUR_MS)
    assert addresses(hoster, None, of, 4 * HOUR_MS) == (hoster.address,)
    assert addresses(hoster, None, of, 6 * HOUR_MS) == ()


def test_a_name_that_moved_leads_to_the_other_hoster() -> None:
    """And to the first one before."""
    hoster, second = OF[Behaviour.MOVES_INSIDE], BY_ID["flint"]
    of = item(hoster.id, second="flint", moved_at=3 * HOUR_MS)
    assert addresses(hoster, second, of, 2 * HOUR_MS) == (hoster.address,)
    assert addresses(hoster, second, of, 4 * HOUR_MS) == (second.address,)


def test_sites_are_at_their_hoster_or_behind_its_proxy() -> None:
    """Of a name that nobody has there is no address."""
    amber, opal = BY_ID["amber"], BY_ID["opal"]
    assert looked_up(amber.hosts[0], None, BY_ID, 0) == (amber.address,)
    assert looked_up(opal.hosts[0], None, BY_ID, 0) == (BY_ID["cirrus"].address,)
    assert looked_up("none.amber.example", None, BY_ID, 0) == ()
    assert looked_up("img.nobody.example", None, BY_ID, 0) == ()
    assert looked_up(CANARY_HOST, None, BY_ID, 0) == (CANARY_ADDRESS,)


def test_nobody_s_address_is_public() -> None:
    """Not even one that a name server lures with."""
    assert not any(ip_address(one).is_global for one in INSIDE)
