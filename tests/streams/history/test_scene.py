"""What holds at an hour: names, owners and roles as the registry has them then."""

from schemas.closed_lists import Role
from schemas.records.history_registry import Hoster
from streams.history.scene import HistoryRegistry, Site


def test_a_hoster_without_an_owner_is_its_own():
    """A network is a known hoster; a group is an owner."""
    registry = HistoryRegistry({"acme2": Hoster(group="acme"), "shield": Hoster(proxy=True)})
    assert registry.site("acme2") == Site("acme2", "acme", Role.HOSTING)
    assert registry.site("shield") == Site("shield", "shield", Role.PROXY)
    assert registry.site("as64500") == Site("as64500", "as64500", Role.HOSTING)


def test_a_new_name_holds_from_then_on():
    """The old name means the new hoster, whose entry stays as it is."""
    registry = HistoryRegistry({"acme": Hoster(group="holding")})
    registry.change({"as64500": Hoster(renamed="acme")})
    assert registry.site("as64500") == Site("acme", "holding", Role.HOSTING)
    assert registry.formers("acme") == ("as64500",)
    registry.change({"acme": Hoster(renamed="best")})
    assert registry.name("as64500") == "best"


def test_names_in_a_circle_end():
    """Two names that are each other's new one are no endless search."""
    registry = HistoryRegistry({})
    registry.change({"a": Hoster(renamed="b"), "b": Hoster(renamed="a")})
    assert registry.name("a") in {"a", "b"}
