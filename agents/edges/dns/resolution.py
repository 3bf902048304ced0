"""What it means to resolve a name: the answer, and the one interface of all resolvers."""

import re
from enum import StrEnum
from typing import Final, Protocol

import msgspec


class DnsStatus(StrEnum):
    """What became of a resolution.

    `ok`, `nxdomain` and `nodata` are answers; the others say nothing about the name.
    """

    OK = "ok"  # there are addresses
    NXDOMAIN = "nxdomain"  # the name does not exist, said for A and for AAAA
    NODATA = "nodata"  # the name exists and has no address
    SERVFAIL = "servfail"  # a server answered that it cannot tell, or not sensibly
    TIMEOUT = "timeout"  # nobody answered within the deadline
    BOGUS = "bogus"  # DNSSEC: the signatures do not hold (RFC 4035 4.3), so servers withhold it
    REFUSED = "refused"  # the server would not answer
    NOT_ASKED = "not_asked"  # no server can be asked for it, or none is to be

    @property
    def answered(self) -> bool:
        """Whether a resolver answered at all; NXDOMAIN is an answer."""
        return self in _ANSWERS


NAME_CHARACTERS_MAX: Final = 253
LABEL_CHARACTERS_MAX: Final = 63
"""A name is at most 255 bytes on the wire, a label 63 (RFC 1035 2.3.4)."""

_WIRE: Final = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII. A backslash begins an escape of master files (RFC 1035 5.1), so c-ares would
ask for another name."""

_ANSWERS: Final = (DnsStatus.OK, DnsStatus.NXDOMAIN, DnsStatus.NODATA)


class DnsResolution(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """The addresses of a name at one time.

    Attributes:
        addresses: all A and AAAA addresses, IPv4 first, then by value.
        names: CNAME chain without the name itself, in order, lower case.
        ttl_s: smallest TTL of the records it rests on, in seconds; 0 without any.
    """

    status: DnsStatus
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ttl_s: int = 0

    def __repr__(self) -> str:
        """Show nothing of what it names."""
        return f"DnsResolution(status={self.status!r}, ttl_s={self.ttl_s})"


class NameResolver(Protocol):
    """Resolves names.

    Attributes:
        waits: it asks somebody outside, so a call takes time; without, a call never yields.
    """

    waits: bool

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Return the addresses of a name; never raises for what a name or server does.

        What is remembered is returned as the same object again, so who holds it can tell.

        Args:
            host: ASCII host name; case and a final dot do not count.
            fresh: ask anew, whatever is remembered.
            soon: others wait for the answer, so names that nobody waits for are asked after it.
        """
        ...

    async def close(self) -> None:
        """Let go of sockets and threads; resolutions under way end."""
        ...


def plain_name(host: str) -> str:
    """Return a name in the form it is looked up and remembered by; one beyond ASCII as it is."""
    return host.lower().rstrip(".") if host.isascii() else host  # U+212A would become a `k`


def askable(name: str) -> bool:
    """Return whether a question for a plain name can be put on the wire (RFC 1035 2.3.4).

    A URL may have a longer host, and whatever a host is, the answer to it is a status: a name that
    only makes a library raise would stop everybody's reports.
    """
    labels = name.split(".")
    return (
        len(name) <= NAME_CHARACTERS_MAX
        and _WIRE.fullmatch(name) is not None
        and all(0 < len(label) <= LABEL_CHARACTERS_MAX for label in labels)
    )
