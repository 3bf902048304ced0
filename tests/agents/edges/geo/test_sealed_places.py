"""Placements and addresses as a fact has them: sealed for each URL, hashed for all."""

from pathlib import Path

import pytest
from loose_keys import LooseKeys

from agents.edges.crypto.sealing import KeyGone, NotSealed
from agents.edges.dns.resolution import DnsStatus
from agents.edges.geo.host_locator import Located
from agents.edges.geo.sealed_places import ADDRESSES_KEPT_MAX, addresses, placements
from schemas.closed_lists import Confidence
from schemas.seal_context import placed_address, resolved_addresses
from streams.attribution.placement import Draft

MARCH = 1_772_900_000_000
APRIL = MARCH + 31 * 86_400_000
URL_KEY, OTHER_KEY = "a" * 32, "b" * 32


def draft(address: str, prefix_bits: int = 24) -> Draft:
    """Return what an address shows."""
    return Draft(
        hoster="rack",
        group="racks",
        asn=64500,
        organisation="Rack B.V.",
        asn_country="NL",
        registered_country="SC",
        confidence=Confidence.ASN,
        address=address,
        prefix_bits=prefix_bits,
    )


def located(*spots: Draft) -> Located:
    """Return where a host is that has one hoster."""
    return Located(
        status=DnsStatus.OK,
        addresses=tuple(spot.address for spot in spots),
        names=(),
        placements=spots[:1],
        spots=spots,
        inclusions={},
        registry_version=1,
        dataset="",
    )


def test_an_address_is_sealed_for_each_url_while_its_key_is_there(tmp_path: Path) -> None:
    """URLs at an address share its hash and no sealed form; a destroyed key ends it."""
    keys = LooseKeys.create(tmp_path / "keys.json")
    found = located(draft("192.0.2.1"))
    (one,), (two,) = (placements(found, key, keys, keys.key(MARCH)) for key in (URL_KEY, OTHER_KEY))
    assert one.address_key == two.address_key == keys.hash("address", "192.0.2.1")
    (april,) = placements(found, URL_KEY, keys, keys.key(APRIL))
    bound = placed_address(URL_KEY)
    assert {keys.open(p.address, bound).reveal() for p in (one, april)} == {"192.0.2.1"}
    with pytest.raises(NotSealed):
        keys.open(two.address, bound)
    keys.put(202603, ())
    with pytest.raises(KeyGone):
        keys.open(one.address, bound)


def test_a_placement_says_whose_network_it_is_and_where_that_is_registered(tmp_path: Path) -> None:
    """Organisation and country of registration stand in clear; the address stands sealed."""
    keys = LooseKeys.create(tmp_path / "keys.json")
    (made,) = placements(located(draft("192.0.2.1")), URL_KEY, keys, keys.key(MARCH))
    assert (made.asn, made.organisation, made.asn_country) == (64500, "Rack B.V.", "NL")
    assert made.registered_country == "SC"
    assert "192.0.2" not in repr(made)


def test_all_addresses_are_kept_with_their_prefixes(tmp_path: Path) -> None:
    """The text opens for its URL alone; equal answers have one hash, whatever the URL."""
    keys = LooseKeys.create(tmp_path / "keys.json")
    found = located(draft("192.0.2.1"), draft("198.51.100.9", 0), draft("2001:db8::1", 32))
    sealed, hashed = addresses(found, URL_KEY, keys, keys.key(MARCH))
    text = "192.0.2.1/24 198.51.100.9 2001:db8::1/32"
    assert keys.open(sealed, resolved_addresses(URL_KEY)).reveal() == text
    assert hashed == keys.hash("addresses", text)
    other, same = addresses(found, OTHER_KEY, keys, keys.key(APRIL))
    assert (same, keys.open(other, resolved_addresses(OTHER_KEY)).reveal()) == (hashed, text)
    with pytest.raises(NotSealed):
        keys.open(other, resolved_addresses(URL_KEY))


def test_addresses_of_an_answer_are_bounded_and_may_be_none(tmp_path: Path) -> None:
    """Of more than the limit the first are kept; a host without any has no text and no hash."""
    keys = LooseKeys.create(tmp_path / "keys.json")
    many = located(*(draft(f"192.0.2.{n}", 0) for n in range(ADDRESSES_KEPT_MAX + 9)))
    sealed, _ = addresses(many, URL_KEY, keys, keys.key(MARCH))
    kept = keys.open(sealed, resolved_addresses(URL_KEY)).reveal().split()
    assert kept == list(many.addresses[:ADDRESSES_KEPT_MAX])
    assert addresses(located(), URL_KEY, keys, keys.key(MARCH)) == ("", "")
