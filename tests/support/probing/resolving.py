"""A resolver that asks a name server on loopback, by a clock that is set by hand."""

from nameserver import NameServer

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolution import DnsResolution
from agents.edges.dns.resolver import Resolver


class Hands(Clock):
    """A clock that is set by hand."""

    __slots__ = ("at",)

    def now(self) -> int:
        """Return the time it was set to."""
        return self.at


def by_hand(at: int = 1_000_000) -> Hands:
    """Return a clock that stands still until it is set."""
    clock = Hands()
    object.__setattr__(clock, "at", at)
    return clock


def pass_s(clock: Hands, seconds: float) -> None:
    """Let world time go on."""
    object.__setattr__(clock, "at", clock.at + int(seconds * 1_000))


async def resolved(server: NameServer, host: str, timeout_s: float = 5.0) -> DnsResolution:
    """Resolve one name with a resolver of its own."""
    resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=timeout_s))
    try:
        return await resolver.resolve(host)
    finally:
        await resolver.close()
