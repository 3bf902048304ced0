"""A resolution of the ledger is an event that says the same, and no more."""

import pytest
from ledger_events import GONE, NO_NAME, NORTH, ONLINE, SOUTH, observation, place, placed
from msgspec.structs import replace

from schemas.closed_lists import Confidence, Role
from streams.history.ledger.told_registry import ToldRegistry
from streams.history.ledger.told_resolution import ToldResolutions, shared_addresses

SHIELD = place("shield", role=Role.PROXY)
STATED = place("other", confidence=Confidence.STATEMENT)  # older records do not say `behind`
NAMED = place("other", confidence=Confidence.NAME, behind=True)


def told(*resolutions):
    """Return the events of resolutions, without who made them."""
    words = ToldResolutions(ToldRegistry())
    events = [words.event(made) for made, _ in resolutions]
    return [{n: v for n, v in event.items() if n != "vantage"} for event in events]


@pytest.mark.parametrize(
    ("resolution", "event"),
    [
        (placed(0), {"at": ["acme"]}),
        (placed(0, nxdomain=True), {"at": [], "nxdomain": True}),
        (placed(0, place(contested=True)), {"at": ["acme"], "contested": ["acme"]}),
        (placed(0, SHIELD, STATED), {"at": ["shield"], "origin": ["other"], "contested": []}),
        (
            placed(0, SHIELD, replace(STATED, disclosed=True)),
            {"at": ["shield"], "origin": ["other"], "contested": [], "disclosed": True},
        ),
        (placed(0, SHIELD, NAMED), {"at": ["shield"], "behind": ["other"]}),
        ((replace(placed(0)[0], answered=False), 0), {"at": ["acme"], "answered": False}),
    ],
)
def test_each_part_of_it_has_its_word(resolution, event):
    """Whom it leads to, who is behind the proxy by whose word, and who is contradicted."""
    assert told(resolution) == [event]


def test_a_statement_is_of_its_own_resolution():
    """A history would repeat it behind a proxy; a resolution that does not says so."""
    proxied = placed(1, SHIELD, vantage=NORTH)
    assert [event.get("origin") for event in told(proxied, placed(1, SHIELD, STATED), proxied)] == [
        None,
        ["other"],
        [],
    ]


@pytest.mark.parametrize(
    ("seen", "event"),
    [
        (observation(1, ONLINE, NORTH), {}),
        (observation(1, ONLINE, SOUTH), {"hosters": ["acme"], "nxdomain": False}),
        (observation(1, ONLINE, NORTH, hosters=("other",)), {"hosters": ["other"]}),
        (observation(1, GONE, NORTH, hosters=()), {"hosters": []}),
        (observation(1, NO_NAME, NORTH, hosters=(), nxdomain=True), {}),
        (observation(1, NO_NAME, NORTH), {"hosters": ["acme"], "nxdomain": False}),
        (observation(1, ONLINE, "west", hosters=("other",)), {}),
        (observation(1, ONLINE, NORTH, hoster="acme2", hosters=("acme", "acme2")), {}),
    ],
)
def test_a_probe_says_where_the_name_leads_if_that_is_news(seen, event):
    """As its vantage resolved last, else as a report brought it, it says nothing."""
    registry = ToldRegistry()
    registry.take("acme2", group="acme")
    words = ToldResolutions(registry)
    resolutions = placed(0, place("other")), placed(0, vantage=NORTH)
    for made, _ in (*resolutions, placed(0, nxdomain=True, vantage=SOUTH)):
        words.event(made)
    assert words.beside(seen[0]) == event


def test_an_address_of_several_hosters_has_a_name():
    """By it a hoster is known as one that had only its network's name; others need none."""
    before = placed(0, replace(place("as64500"), address_key="here"))
    after = placed(5, replace(place("acme"), address_key="here"), place("other"))
    shared = shared_addresses([before[0], after[0]])
    assert shared == {"here"}
    words = ToldResolutions(ToldRegistry(), shared)
    found = [words.event(made).get("addresses") for made, _ in (before, after, placed(6))]
    assert found == [["address 1"], ["address 1", "address of other"], None]
