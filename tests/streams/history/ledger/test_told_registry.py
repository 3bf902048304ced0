"""What is known of hosters is what the newest record of each says."""

from schemas.closed_lists import Role
from streams.history.ledger.told_registry import ToldRegistry


def test_what_is_said_first_stands_in_the_registry_at_the_start():
    """A hoster that was only named until then is as the first record says; that is no change."""
    registry = ToldRegistry()
    registry.mention("acme")
    assert registry.take("acme", group="holding", formerly=["as64500"]) == {}
    assert registry.first == {"acme": {"group": "holding", "formerly": ["as64500"]}}
    assert registry.owner("acme") == ("holding", Role.HOSTING)


def test_a_change_is_told_whole_and_once():
    """What a record does not say stays; an owner of its own, and no proxy, are left out."""
    registry = ToldRegistry()
    registry.take("acme", group="acme", role=Role.PROXY)
    assert registry.take("acme", group="holding") == {"acme": {"group": "holding", "proxy": True}}
    assert registry.take("acme", group="holding", role=Role.PROXY) == {}
    assert registry.take("acme", group="acme", role=Role.HOSTING) == {"acme": {}}
    assert registry.first == {"acme": {"proxy": True}}


def test_nobody_known_is_its_own_owner():
    """Of whom no record says anything, it is the hoster itself."""
    assert ToldRegistry().owner("other") == ("other", Role.HOSTING)
