"""Tells a name whose DNSSEC signatures do not hold from a name server that fails.

A validating resolver answers SERVFAIL for both (RFC 4035 5.5). Asked with checking disabled (the
CD bit, RFC 4035 3.2.2) it answers if validation was all that failed. c-ares cannot set the bit.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.resolver

from agents.config import DnsSettings

PORT: Final = 53
SERVERS_MAX: Final = 2
"""Name servers asked: the first that answers decides, one more if it is silent."""


async def is_bogus(name: str, settings: DnsSettings) -> bool:
    """Return whether a name that nobody answers for is withheld for its signatures alone.

    Two questions: it must still fail with checking, and answer without. What cannot be found out
    within the deadline of a resolution is not bogus.
    """
    try:
        async with asyncio.timeout(settings.timeout_s):
            for host, port in _servers(settings.servers)[:SERVERS_MAX]:
                checked = await _rcode(name, host, port, settings.timeout_s / 4, dns.flags.RD)
                if checked is None:
                    continue
                flags = dns.flags.RD | dns.flags.CD
                unchecked = await _rcode(name, host, port, settings.timeout_s / 4, flags)
                return checked == dns.rcode.SERVFAIL and unchecked == dns.rcode.NOERROR
    except TimeoutError:
        pass
    return False


async def _rcode(name: str, host: str, port: int, timeout_s: float, flags: int) -> int | None:
    """Return what a server says of the name; None = nothing that can be read."""
    try:
        query = dns.message.make_query(name, "A", use_edns=0, flags=flags)
        reply, _ = await dns.asyncquery.udp_with_fallback(query, host, timeout_s, port)
    except (dns.exception.DNSException, OSError, EOFError):
        return None
    return int(reply.rcode())


def _servers(named: Sequence[str]) -> list[tuple[str, int]]:
    """Return host and port of each server; the system's if none is named."""
    if not named:
        try:
            return [(str(server), PORT) for server in dns.resolver.Resolver().nameservers]
        except dns.resolver.NoResolverConfiguration:
            return []
    found = []
    for server in named:
        host, _, port = server.rpartition(":")
        bare = not host or (":" in host and not host.startswith("["))
        found.append((server, PORT) if bare else (host.strip("[]"), int(port)))
    return found
