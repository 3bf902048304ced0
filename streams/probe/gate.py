"""Which addresses and ports a probe may connect to: own tables, judged on the address itself.

The tables are the IANA special-purpose registries (RFC 6890 and its updates) with what they
lack: multicast, and the host address through which a cloud serves secrets to its machines.
`ipaddress.is_global` is not used: it lets multicast, compatible and translated addresses pass.
IPv6 is an allow-list, 2000::/3 (all global unicast that is assigned), less what is special in it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

IpNetwork: TypeAlias = IPv4Network | IPv6Network

DENIED_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; 100.100.100.200 serves metadata in one cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host address, outside the registry
        "169.254.0.0/16",  # link-local; 169.254.169.254 serves metadata in most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast, outside the registry
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)
"""IPv4 that is denied; everything else is allowed."""

ALLOWED_V6: Final = IPv6Network("2000::/3")
"""IPv6 that is allowed but for `DENIED_V6`; so mapped, NAT64, ULA and link-local are denied."""

DENIED_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them: an IPv4 address inside
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
"""What is special within `ALLOWED_V6`."""

READ_MAX: Final = 8_192
"""Addresses whose place in the tables is remembered, 400 bytes each: every address is judged for
the name, for the connect and for each control, and reading it is most of the work."""

PORTS: Final = frozenset({80, 443})

BAD_PORTS: Final = frozenset(
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
        101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179,
        389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601,
        636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
        6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    }
)  # ports, many a line # fmt: skip
"""Bad ports of the Fetch standard (section 2.9): browsers follow nobody there, since a request
means something to the mail, chat or file servers behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a deployment adds to the tables.

    Attributes:
        own: addresses of the machine; denied.
        denied: networks of the deployment; denied whatever else says yes.
        exceptions: networks of a practice world; allowed whatever the tables say. Empty outside.
        ports: allowed besides the one in the report.
    """

    own: frozenset[str] = frozenset()
    denied: tuple[IpNetwork, ...] = ()
    exceptions: tuple[IpNetwork, ...] = ()
    ports: frozenset[int] = PORTS

    @classmethod
    def of(
        cls,
        own: Iterable[str] = (),
        exceptions: Iterable[str] = (),
        ports: Iterable[int] = PORTS,
        denied: Iterable[str] = (),
    ) -> "Rules":
        """Parse the rules.

        Raises:
            ValueError: what should be a network is none.
        """
        return cls(
            own=frozenset(str(_unmapped(ip_address(text.partition("%")[0]))) for text in own),
            denied=tuple(ip_network(text) for text in denied),
            exceptions=tuple(ip_network(text) for text in exceptions),
            ports=frozenset(ports),
        )


@dataclass(frozen=True, slots=True)
class GateDecision:
    """Whether to connect.

    Attributes:
        allowed: whether a connect may be made.
        rule: the network or the rule that decided; never the address.
    """

    allowed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class _Range:
    first: int
    last: int
    decision: GateDecision


@dataclass(frozen=True, slots=True)
class _Read:
    parsed: IPv4Address | IPv6Address | None = field(repr=False)
    text: str = field(repr=False)
    decision: GateDecision


def _ranges(networks: Iterable[IpNetwork]) -> tuple[_Range, ...]:
    return tuple(
        sorted(
            (_Range(int(one[0]), int(one[-1]), GateDecision(False, str(one))) for one in networks),
            key=_first,
        )
    )


def _first(one: _Range) -> int:
    return one.first


_V4: Final = _ranges(DENIED_V4)
_V6: Final = _ranges(DENIED_V6)
_OUTSIDE: Final = GateDecision(False, "outside 2000::/3")
_DEPLOYMENT: Final = GateDecision(False, "denied_network")
_EXCEPTION: Final = GateDecision(True, "exception")
_OWN: Final = GateDecision(False, "own_address")
_PUBLIC: Final = GateDecision(True, "public")


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def judge(address: str, rules: Rules) -> GateDecision:
    """Decide on one address, as it stands in the socket address of a connect.

    Args:
        address: an address in dotted or colon form; anything else is denied.
        rules: what the deployment adds.
    """
    read = _read(address)
    if read.parsed is None:
        return read.decision
    for network in rules.denied:
        if read.parsed in network:
            return _DEPLOYMENT
    for network in rules.exceptions:
        if read.parsed in network:
            return _EXCEPTION
    if read.decision.allowed and read.text in rules.own:
        return _OWN
    return read.decision


@lru_cache(maxsize=READ_MAX)
def _read(address: str) -> _Read:
    """Read an address and find it in the tables, which hold for every deployment."""
    if "%" in address:
        return _Read(None, "", GateDecision(False, "zone_id"))
    try:
        parsed = _unmapped(ip_address(address))
    except ValueError:
        return _Read(None, "", GateDecision(False, "not_an_address"))
    return _Read(parsed, str(parsed), _by_table(parsed))


def _by_table(address: IPv4Address | IPv6Address) -> GateDecision:
    """Find the range an address lies in, among the sorted ranges of its version."""
    if isinstance(address, IPv6Address) and address not in ALLOWED_V6:
        return _OUTSIDE
    ranges = _V4 if isinstance(address, IPv4Address) else _V6
    number = int(address)
    place = bisect_right(ranges, number, key=_first) - 1
    if place >= 0 and number <= ranges[place].last:
        return ranges[place].decision
    return _PUBLIC


def judge_all(addresses: Iterable[str], rules: Rules) -> GateDecision:
    """Decide on all addresses of a name: one that is denied denies the name.

    A name that points inside and outside at once is an attempt to reach the inside.
    """
    decision = GateDecision(False, "no_address")
    for address in addresses:
        decision = judge(address, rules)
        if not decision.allowed:
            return decision
    return decision


def port_allowed(
    port: int, rules: Rules, reported: int | None, *, redirected: bool = False
) -> bool:
    """Return whether a port may be connected to.

    Args:
        port: of this connect.
        rules: what the deployment adds.
        reported: the port that stands in the reported URL, None if none does.
        redirected: a redirect leads there; then it is no bad port, whatever else is said of it.
    """
    if redirected and port in BAD_PORTS:
        return False
    return port in rules.ports or port == reported
