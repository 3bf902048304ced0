"""Which addresses may be connected to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity.ids import BadUrl, canonical
from streams.probe.gate import (
    ALLOWED_V6,
    DENIED_V4,
    DENIED_V6,
    Rules,
    judge,
    judge_all,
    port_allowed,
)

NONE = Rules()


@pytest.mark.parametrize("network", [*DENIED_V4, *DENIED_V6], ids=str)
def test_both_ends_of_every_denied_network(network) -> None:
    """First and last address of a denied network are denied, by that network."""
    for address in (network[0], network[-1]):
        assert judge(str(address), NONE).allowed is False
        assert judge(str(address), NONE).rule == str(network)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.1", "172.15.255.255",
     "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "168.63.129.15",
     "2001:200::1", "2606:4700::1111", "2a00::1", "3ffe:ffff::1"],
)  # addresses, a few a line # fmt: skip
def test_neighbours_of_denied_networks(address: str) -> None:
    """What lies beside a denied network is allowed."""
    assert judge(address, NONE).allowed


@pytest.mark.parametrize(
    "address",
    ["::", "::1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "100:0:0:1::1",
     "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001::1",
     "2002:7f00:1::", "1fff:ffff::1", "4000::1"],
)  # addresses, a few a line # fmt: skip
def test_ipv6_outside_the_allow_list(address: str) -> None:
    """Translated, embedded, local, multicast and unassigned addresses are denied."""
    assert not judge(address, NONE).allowed


@pytest.mark.parametrize(
    "text",
    ["", "x", "127.1", "0177.0.0.1", "0x7f000001", "2130706433", "1.1.1.1 ", "1.1.1.256",
     "fe80::1%eth0", "2606:4700::1111%eth0", "[::1]", "\uff11.1.1.1"],
)  # addresses, a few a line # fmt: skip
def test_what_is_no_plain_address_is_denied(text: str) -> None:
    """Zone ids and every other spelling are refused, whatever they might mean."""
    assert not judge(text, NONE).allowed


denied = st.sampled_from(DENIED_V4).flatmap(
    lambda network: st.integers(int(network[0]), int(network[-1])).map(IPv4Address)
)
"""An address of a denied IPv4 network."""


@given(denied)
def test_denied_in_every_spelling(address: IPv4Address) -> None:
    """No spelling of a denied address passes: mapped, compatible, NAT64, 6to4, or in a URL."""
    number = int(address)
    six = (0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80)
    for spelling in (str(address), *(str(IPv6Address(one)) for one in six)):
        assert not judge(spelling, NONE).allowed
    parts = address.packed
    hosts = (
        str(number),
        hex(number),
        ".".join(oct(part).replace("0o", "0") for part in parts),
        ".".join(hex(part) for part in parts),
        f"[::ffff:{address}]",
    )
    for host in hosts:
        try:
            found = canonical(f"http://{host}/").host.strip("[]")
        except BadUrl:
            continue
        assert not judge(found, NONE).allowed


@given(st.ip_addresses(v=6))
def test_ipv6_is_an_allow_list(address: IPv6Address) -> None:
    """Nothing outside 2000::/3 passes but a mapped address that is allowed as IPv4."""
    if judge(str(address), NONE).allowed and address not in ALLOWED_V6:
        assert address.ipv4_mapped is not None
        assert judge(str(address.ipv4_mapped), NONE).allowed


@given(st.one_of(st.ip_addresses().map(str), st.text(max_size=40)))
def test_the_answer_names_no_address(address: str) -> None:
    """The rule is from a closed list, so it can be written down."""
    words = {"public", "not_an_address", "zone_id", f"outside {ALLOWED_V6}"}
    assert judge(address, NONE).rule in words | {str(n) for n in (*DENIED_V4, *DENIED_V6)}


def test_exceptions_and_own_addresses() -> None:
    """A practice world's network is allowed and nothing beside it; own addresses are denied."""
    rules = Rules.of(own=("93.184.216.34", "fe80::1"), exceptions=("127.40.0.0/16",))
    assert judge("127.40.3.1", rules).rule == "exception"
    assert not judge("127.41.0.1", rules).allowed
    assert judge("93.184.216.34", rules).rule == "own_address"
    assert judge("::ffff:93.184.216.34", rules).rule == "own_address"
    assert Rules().exceptions == ()


def test_networks_of_the_deployment() -> None:
    """They are denied in every spelling, even where a practice world's exception says yes."""
    rules = Rules.of(denied=("93.184.0.0/16", "2606:2800::/32"), exceptions=("93.184.216.0/24",))
    for address in ("93.184.216.34", "93.184.0.1", "::ffff:93.184.216.34", "2606:2800::1"):
        assert judge(address, rules).rule == "denied_network"
    assert judge("93.185.0.1", rules).allowed


def test_one_denied_address_denies_the_name() -> None:
    """A mixed answer and an empty one are denied."""
    assert judge_all(("1.1.1.1", "8.8.8.8"), NONE).allowed
    assert not judge_all(("1.1.1.1", "10.0.0.1"), NONE).allowed
    assert not judge_all(("10.0.0.1", "1.1.1.1"), NONE).allowed
    assert not judge_all((), NONE).allowed


def test_only_80_443_and_the_reported_port_are_allowed() -> None:
    """80, 443 and the one in the report, no other."""
    assert port_allowed(80, NONE, None)
    assert port_allowed(443, NONE, None)
    assert port_allowed(8080, NONE, 8080)
    assert not port_allowed(8080, NONE, None)
    assert not port_allowed(22, NONE, 8080)
