"""How addresses are read and ordered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.network import address, order


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:c000:201]", "192.0.2.1"),
    ],
)
def test_address_has_one_form(text: str, read: str) -> None:
    """Every spelling of an address is read as the one a connection would reach."""
    assert str(address(text)) == read


@pytest.mark.parametrize("text", ["", "[]", "x.example", "192.0.2", "192.0.2.01", "fe80::1%eth0"])
def test_other_texts_are_no_address(text: str) -> None:
    """A name, a fragment or an address with a zone is none."""
    assert address(text) is None


@given(st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_ipv4_sorts_before_ipv6(v4, v6) -> None:
    """IPv4 sorts before IPv6, so a prober without IPv6 is handed an address it can reach."""
    assert order(v4) < order(v6)
