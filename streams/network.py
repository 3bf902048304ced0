"""Addresses and the networks they belong to, as the stages speak of them."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, TypeAlias

NO_COUNTRY: Final = "??"
"""ISO 3166 has no code for `not known`; the registry and the figures write this."""

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the databases say of one address.

    Attributes:
        asn: autonomous system number; 0 = not known, which is normal and never an error.
        organisation: name of the AS; empty = not known.
        country: ISO 3166 code of where the address is used, `??` = not known.
        registered_country: ISO 3166 code of where the network is registered, `??` = not known.
        prefix_bits: length of the prefix that the AS was found under; 0 = not known.
    """

    asn: int = 0
    organisation: str = ""
    country: str = NO_COUNTRY
    registered_country: str = NO_COUNTRY
    prefix_bits: int = 0


NOWHERE: Final = Network()
"""An address that no database knows."""


def address(text: str) -> Address | None:
    """Read an address; None if the text is none.

    Brackets of a URL's host are dropped. An IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2) is
    the IPv4 address, because that is what a connection to it reaches. A zone makes it no
    address: it means something on one machine only (RFC 4007).
    """
    bare = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    if found.version == 4:
        return found
    if found.scope_id is not None:
        return None
    return found.ipv4_mapped or found


def order(found: Address) -> tuple[int, int]:
    """Return the key that sorts addresses: IPv4 first, then by value."""
    return found.version, int(found)
