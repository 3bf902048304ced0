"""What an entry of the registry claims, in the form in which names and addresses are met."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, TypeAlias

from schemas.identity.ids import BadUrl, canonical
from streams.network import address

AddressBlock: TypeAlias = IPv4Network | IPv6Network

_MAPPED: Final = IPv6Network("::ffff:0:0/96")
"""IPv4 addresses in IPv6 (RFC 4291 2.5.5.2); `streams.network.address` reads them as IPv4."""

_NO_NAME: Final = frozenset("*/:@?#%\\[] \t\r\n")
"""What no name has, but a pattern, a URL or a list of names."""

_BELOW: Final = "a."
"""A label before a suffix, so that one of a single label is a host name too."""


def address_block(prefix: str, *, strict: bool = False) -> AddressBlock | None:
    """Return the block that a prefix stands for; of mapped IPv4 addresses, theirs.

    Args:
        prefix: in CIDR form.
        strict: an address inside a block is none.

    Returns:
        The block, None if the text is no prefix.
    """
    try:
        block = ip_network(prefix, strict=strict)
    except ValueError:
        return None
    if isinstance(block, IPv6Network) and block.subnet_of(_MAPPED):
        value = int(block.network_address) & 0xFFFF_FFFF
        return IPv4Network((value, block.prefixlen - _MAPPED.prefixlen))
    return block


def name_suffix(text: str) -> str | None:
    """Return a domain suffix as hosts and CNAMEs have it: lower case, A-labels, no outer dots.

    Args:
        text: as a person wrote it.

    Returns:
        The suffix, None if no name ends so: a pattern, a URL, an address.
    """
    bare = text.strip().strip(".")
    if not bare or not _NO_NAME.isdisjoint(bare) or address(bare) is not None:
        return None
    try:
        host = canonical(f"http://{_BELOW}{bare}/").host
    except BadUrl:
        return None
    return host.removeprefix(_BELOW)
