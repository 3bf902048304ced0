"""What a person writes of a hoster is what names and addresses are met as, or nothing."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity.ids import canonical
from streams.network import address
from streams.registry.claims import address_block, name_suffix


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("shop.example", "shop.example"),
        (" .Shop.Example. ", "shop.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("MÜLLER.example", "xn--mller-kva.example"),
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("_dmarc.shop.example", "_dmarc.shop.example"),
        ("example", "example"),
        ("*.shop.example", None),
        ("https://shop.example", None),
        ("shop.example/x", None),
        ("shop.example:443", None),
        ("a@shop.example", None),
        ("shop.example other.example", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
        ("", None),
        (".", None),
    ],
)
def test_a_suffix_is_as_hosts_have_it(text, suffix):
    """Lower case, A-labels, no outer dots; what no host can end with is none."""
    assert name_suffix(text) == suffix


@pytest.mark.parametrize("text", ["shop.example", "müller.example", "Ünï.Shop.example"])
def test_a_host_of_that_name_ends_with_the_suffix(text):
    """Whatever a browser shows, both are written alike."""
    assert canonical(f"http://www.{text}/").host.endswith(f".{name_suffix(text)}")


@pytest.mark.parametrize(
    ("prefix", "block"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.2.1", "192.0.2.1/32"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:c000:200/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
        ("192.0.2.0/33", "None"),
        ("shop.example", "None"),
    ],
)
def test_a_block_is_of_the_addresses_that_are_met(prefix, block):
    """One of mapped addresses is of IPv4, because so are they read."""
    assert str(address_block(prefix)) == block


def test_an_address_inside_a_block_is_none_where_it_counts():
    """A person who writes it means one or the other; an old entry still counts."""
    assert address_block("::ffff:192.0.2.1/120", strict=True) is None
    assert address_block("192.0.2.1/24", strict=True) is None
    assert str(address_block("192.0.2.1/24")) == "192.0.2.0/24"


@given(st.integers(0, 2**32 - 1), st.integers(96, 128))
def test_a_mapped_block_holds_what_its_addresses_are_read_as(value, length):
    """The first address of the block, written as IPv6, lies in the block that is kept."""
    written = ip_address((0xFFFF << 32) | value)
    block, met = address_block(f"{written}/{length}"), address(str(written))
    assert block is not None
    assert met in block
    assert block.prefixlen == length - 96
