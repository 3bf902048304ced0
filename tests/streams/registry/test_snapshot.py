"""The registry's fold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from registry_entries import REGISTRY

from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry
from streams.registry.snapshot import UNKNOWN, RegistryHistory


def _named(version: int, valid_from: int, name: str = "n") -> HosterEntry:
    return HosterEntry(id="h", version=version, valid_from=valid_from, name=name)


@pytest.mark.parametrize(
    ("text", "hoster"),
    [
        ("north", "north"),
        (" NORTH hosting b.v. ", "north"),
        ("Abuse@North.example", "north"),
        ("abuse@polar.example", "arctic"),  # both are one group: the first by id
        ("desk@shared.example", UNKNOWN),  # two owners: nobody
        ("as64500", "north"),
        ("AS64501", "as64501"),
        ("as0", UNKNOWN),
        ("nobody", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_recipient_is_found_by_id_name_and_contact(text, hoster):
    """A recipient is the hoster a hotline means, and `unknown` where that is not certain."""
    assert RegistryHistory(REGISTRY).at(0).recipient(text) == hoster


def test_entry_holds_from_its_instant_and_not_before():
    """At its `valid_from` an entry replaces the one before it, a millisecond earlier not yet."""
    registry_history = RegistryHistory([_named(1, 0, "old"), _named(2, 1_000, "new")])
    assert registry_history.at(999).hosters["h"].name == "old"
    assert registry_history.at(1_000).hosters["h"].name == "new"
    assert (registry_history.at(999).version, registry_history.at(1_000).version) == (1, 2)
    assert registry_history.at(-1).hosters == {}


def test_first_entry_of_a_version_is_the_entry():
    """Two operators who write the same version at once: the topic's first one holds."""
    assert (
        RegistryHistory([_named(1, 0, "first"), _named(1, 0, "second")]).at(0).hosters["h"].name
        == "first"
    )


def test_higher_version_wins_even_if_it_held_earlier():
    """Version order decides, not the order of the instants they hold from."""
    assert (
        RegistryHistory([_named(2, 10, "two"), _named(1, 20, "one")]).at(30).hosters["h"].name
        == "two"
    )


def test_unknown_jurisdiction_has_the_default_norms():
    """A jurisdiction without an entry falls back to `default`, an empty registry to the norms."""
    snapshot = RegistryHistory(REGISTRY).at(0)
    assert snapshot.norms("nl").norms_s == (43_200,)
    assert snapshot.norms("xx").norms_s == (86_400, 3_600)
    assert RegistryHistory().at(0).norms("xx").sector_norm_s == 86_400


def test_snapshot_is_kept_until_something_else_holds():
    """Asking again costs nothing: between two boundaries it is the same object."""
    registry_history = RegistryHistory([_named(1, 0), _named(2, 100)])
    assert registry_history.at(0) is registry_history.at(99)
    assert registry_history.at(99) is not registry_history.at(100)
    before = registry_history.at(100)
    registry_history.add(HotlineEntry(id="x", version=1, valid_from=50, name="x"))
    assert registry_history.at(100) is not before
    assert registry_history.at(100).hotline("x") is not None


def test_an_entry_that_ended_holds_no_more_and_held_before():
    """Its networks are nobody's from the end on; what was so before stays so."""
    entry = HosterEntry(id="h", version=2, valid_from=100, name="H", asns=(64500,), until=200)
    registry_history = RegistryHistory([_named(1, 0, "one"), entry])
    assert registry_history.at(99).hosters["h"].name == "one"
    assert registry_history.at(199).recipient("as64500") == "h"
    assert "h" not in registry_history.at(200).hosters
    assert registry_history.at(200).recipient("as64500") == "as64500"
    norm = NormEntry(id="nl", version=1, valid_from=0, norms_s=(3_600,), until=200)
    registry_history.add(norm)
    assert (
        registry_history.at(199).norms("nl").norms_s,
        registry_history.at(200).norms("nl").norms_s[0],
    ) == (
        (3_600,),
        86_400,
    )


def test_newest_is_found_before_it_holds():
    """Who writes the next version must see those that do not hold yet."""
    registry_history = RegistryHistory([_named(1, 0), _named(2, 10**15)])
    newest = registry_history.newest("hoster", "h")
    assert newest is not None
    assert newest.version == 2
    assert registry_history.newest("hoster", "other") is None
    assert [entry.version for entry in registry_history.all_newest()] == [2]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(1, 5), st.integers(0, 50)),
        unique_by=lambda entry: entry[:2],
    ).flatmap(lambda entries: st.tuples(st.just(entries), st.permutations(entries))),
    st.integers(-1, 60),
)
def test_order_of_entries_does_not_matter(lists, instant):
    """What holds at an instant depends on the set of entries, not on the order they came in."""

    def registry_history(entries):
        return RegistryHistory(
            HosterEntry(id=i, version=v, valid_from=f, name=f"{v}") for i, v, f in entries
        )

    first, second = (registry_history(entries).at(instant) for entries in lists)
    assert first == second
    for id, entry in first.hosters.items():
        held = [v for i, v, f in lists[0] if i == id and f <= instant]
        assert entry.version == max(held)


def test_a_natural_person_has_its_networks_names_and_not_its_owners() -> None:
    """Of all its entries; the newest says whether it is a person."""
    owned = HosterEntry(
        id="one", name="One", group="acme", version=1, valid_from=0, asns=(1,), natural_person=True
    )
    newer = replace(owned, version=2, valid_from=9**15, asns=(2,))
    history = RegistryHistory([owned, newer])
    assert history.natural_persons() == {"one": {"one", "as1", "as2"}}
    company = replace(newer, version=3, natural_person=False)
    history.add(company)
    assert history.natural_persons() == {}
