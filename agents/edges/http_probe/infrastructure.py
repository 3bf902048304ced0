"""What this deployment itself rests on, which no probe may connect to: found in the settings.

A report can name any address. One that names the broker, a name server, Prometheus or what
collects traces would have the prober knock there from inside, past a firewall that lets it.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from agents.config import ProbeSettings, Settings
from streams.probe.gate import Rules, judge

LOOKUP_DEADLINE_S: Final = 5.0
"""As long as a name server is waited for; a broker whose name nobody knows cannot be joined."""

AddressLookup = Callable[[str], Iterable[str]]
"""Gives the addresses of a name, none if it is not known."""


def looked_up(name: str) -> list[str]:
    """Ask the system for the addresses of a name; it blocks."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None)]
    except OSError:
        return []


def nobody(_: str) -> list[str]:
    """Ask nobody: addresses alone are known then."""
    return []


def with_own_addresses_denied(
    settings: Settings, lookup: AddressLookup = looked_up
) -> ProbeSettings:
    """Return how probers behave, with the deployment's own addresses denied.

    What the tables deny is left to them. An address of a practice world stays allowed: there all
    of it is on one machine.

    Args:
        settings: name the broker, name servers, servers of ours and where traces go.
        lookup: finds the addresses of names.
    """
    allowed = [ip_network(text) for text in settings.probe.allow_networks]
    named = {one.partition("%")[0] for one in _addresses(settings, lookup)}
    found = [ip_address(one) for one in named if judge(one, Rules()).allowed]
    denied = sorted(
        str(ip_network(one)) for one in found if not any(one in network for network in allowed)
    )
    return settings.probe.model_copy(
        update={"deny_networks": (*settings.probe.deny_networks, *denied)}
    )


def _addresses(settings: Settings, lookup: AddressLookup) -> Iterator[str]:
    for host in {host for host in _hosts(settings) if host}:
        try:
            yield str(ip_address(host))
        except ValueError:
            yield from lookup(host)


def _hosts(settings: Settings) -> Iterator[str]:
    for server in (*(settings.kafka.bootstrap or "").split(","), *settings.dns.servers):
        yield _host(server)
    yield from (settings.web.host, settings.intake.host, settings.hoster_page.host)
    yield urlsplit(settings.web.prometheus_url or "").hostname or ""
    yield urlsplit(settings.log.traces_endpoint or "").hostname or ""


def _host(server: str) -> str:
    """Return the host of `host`, `host:port`, `[address]:port` or a bare IPv6 address."""
    server = server.strip()
    if server.count(":") > 1 and not server.startswith("["):
        return server
    return urlsplit(f"//{server}").hostname or ""
