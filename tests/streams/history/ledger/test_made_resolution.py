"""A history's resolution is the fact that a stage would have written."""

import pytest

from schemas.closed_lists import Confidence, Role
from schemas.records.history_registry import Hoster
from streams.history.ledger.made_resolution import attribution
from streams.history.scene import HistoryRegistry, HistoryResolution, Site

ACME, OTHER, AS64500 = (Site(name, name, Role.HOSTING) for name in ("acme", "other", "as64500"))
NOBODY = Site("unknown", "unknown", Role.HOSTING)
SHIELD = Site("shield", "shield", Role.PROXY)


def made(*sites, **said):
    """Return the placements of a resolution."""
    nothing = {"origin": (), "disclosed": False, "behind": (), "contested": frozenset()}
    told = HistoryResolution(
        vantage="north",
        nxdomain=False,
        sites=sites,
        addresses=tuple(f"at {site.hoster}" for site in sites),
        answered=True,
        **nothing | said,
    )
    registry = HistoryRegistry({"acme": Hoster(formerly=("as64500",))})
    return attribution(told, registry, 5).placements


@pytest.mark.parametrize(
    ("site", "confidence"),
    [(ACME, "asn"), (AS64500, "fallback"), (NOBODY, "unknown")],
)
def test_an_address_shows_whose_it_is(site, confidence):
    """By its network, which may have no name, or not at all; a statement it is never."""
    (place,) = made(site)
    assert (place.confidence, place.behind, place.contested) == (confidence, False, False)


@pytest.mark.parametrize("site", [ACME, AS64500])
@pytest.mark.parametrize(("how", "by"), [("origin", "statement"), ("behind", "name")])
def test_who_is_behind_the_proxy_is_said_by_a_statement_or_by_the_name(site, how, by):
    """Also of a network without a name: what decides the layer is who says so (12.2)."""
    _, place = made(SHIELD, **{how: (site,)})
    assert (place.hoster, place.confidence, place.behind) == (site.hoster, by, True)


def test_no_statement_counts_with_no_proxy_before_it():
    """It makes whom it contradicts contested, and places nobody."""
    (place,) = made(ACME, origin=(OTHER,), contested=frozenset({"acme"}))
    assert (place.hoster, place.contested) == ("acme", True)


def test_who_is_seen_at_an_address_is_not_behind_too():
    """One hoster in one role is placed once; what was stated of it adds nothing."""
    places = made(SHIELD, ACME, origin=(ACME,), disclosed=True)
    assert [(one.hoster, one.behind, one.disclosed) for one in places] == [
        ("shield", False, False),
        ("acme", False, False),
    ]


def test_a_disclosure_is_of_what_is_stated():
    """What the name shows, the proxy's operator did not disclose."""
    _, stated, shown = made(SHIELD, origin=(ACME,), behind=(OTHER,), disclosed=True)
    assert (stated.disclosed, shown.disclosed) == (True, False)
    assert stated.formerly == ("as64500",)
    assert stated.confidence is Confidence.STATEMENT
