"""The index of the registry."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records.registry import HosterEntry
from streams.registry.hoster_index import HosterIndex


def entry(id: str, **fields) -> HosterEntry:
    """Return a registry entry that holds from the beginning."""
    return HosterEntry(id=id, name=id, version=1, valid_from=0, **fields)


def index(*entries: HosterEntry) -> HosterIndex:
    """Index some entries."""
    return HosterIndex({one.id: one for one in entries})


PREFIXES = st.builds(
    lambda value, length: str(ip_network((value, length), strict=False)),
    st.integers(0, (1 << 32) - 1),
    st.integers(0, 32),
)


@given(st.lists(PREFIXES, max_size=12, unique=True), st.integers(0, (1 << 32) - 1))
def test_the_longest_prefix_that_holds_an_address_wins(prefixes: list[str], value: int) -> None:
    """The block found is the longest of all that hold the address, none if none does."""
    address = ip_address(value)
    blocks = {f"h{n}": ip_network(prefix) for n, prefix in enumerate(prefixes)}
    found = index(*(entry(id, prefixes=(str(net),)) for id, net in blocks.items()))
    holding = [(net.prefixlen, id) for id, net in blocks.items() if address in net]
    hoster = found.by_prefix(address)
    assert (hoster.id if hoster else None) == (max(holding)[1] if holding else None)


def test_families_are_kept_apart() -> None:
    """An IPv6 block of everything holds no IPv4 address."""
    found = index(entry("six", prefixes=("::/0",)))
    assert found.by_prefix(ip_address("192.0.2.1")) is None
    assert found.by_prefix(ip_address("2001:db8::1")).id == "six"


def test_a_broken_prefix_stops_nobody() -> None:
    """An entry with a text that is no prefix still counts with the rest of it."""
    found = index(entry("x", prefixes=("192.0.2.0/24", "300.0.0.0/8"), asns=(64500,)))
    assert found.by_prefix(ip_address("192.0.2.1")).id == "x"


def test_a_claim_is_found_however_it_was_written() -> None:
    """Mapped blocks and names of other scripts count in entries of older releases too."""
    found = index(
        entry("x", prefixes=("::ffff:192.0.2.0/120",), names=("müller.example", "*.shop.example"))
    )
    assert found.by_prefix(ip_address("192.0.2.5")).id == "x"
    assert found.by_names(("www.xn--mller-kva.example",)).id == "x"
    assert found.by_names(("www.shop.example",)) is None


@pytest.mark.parametrize(
    ("names", "id"),
    [
        (("shop.example",), None),
        (("a.host.example",), "host"),
        (("host.example",), "host"),
        (("ghost.example",), None),
        (("A.CDN.Host.Example.",), "cdn"),
        (("a.host.example", "b.cdn.host.example"), "cdn"),
        (("b.cdn.host.example", "a.host.example"), "host"),
        (("a.host.example", "elsewhere.example"), "host"),
    ],
)
def test_the_last_name_served_decides(names: tuple[str, ...], id: str | None) -> None:
    """The name nearest to the addresses decides, by whole labels, the longer suffix first."""
    found = index(
        entry("host", names=("host.example",)), entry("cdn", names=(".cdn.host.example",))
    )
    hoster = found.by_names(names)
    assert (hoster.id if hoster else None) == id


def test_organisations_by_their_words() -> None:
    """Case and blanks of an organisation's name do not count; an empty name is nobody's."""
    found = index(entry("x", organisations=("Example  Hosting B.V.", "")))
    assert found.by_organisation("EXAMPLE hosting b.v. ").id == "x"
    assert found.by_organisation("") is None


def test_what_two_claim_is_the_first_ones() -> None:
    """The order of entries does not change who is found."""
    a, b = entry("a", asns=(64500,)), entry("b", asns=(64500,))
    assert index(a, b).by_asn(64500) is index(b, a).by_asn(64500) is a


def test_a_hoster_without_a_group_is_its_own_group() -> None:
    """Without a group a hoster is its own; so is one that the registry does not know."""
    found = index(entry("a", group="g"), entry("b"))
    assert [found.group(id) for id in ("a", "b", "c")] == ["g", "b", "c"]
