"""One question to the name servers and what its answer says, on aiodns and c-ares.

c-ares remembers answers for their whole TTL, in wall time and without a bound, and aiodns has no
switch for it. `Wire` therefore uses one c-ares channel after another. A channel is asked for a name
at most once, and for so many names. Then the next one takes over, and the old one is closed when
its last question is done. What is remembered, and for how long, is then decided in
`agents.edges.dns.resolver` alone.

c-ares learns how fast a server is: once it answered fast, a try lasts a quarter of a second,
whatever the settings say, and after the last try it gives up. A name whose own servers take two
seconds would never be answered for, and a server under load for no name at all. So there are as
many tries as fill the deadline at their shortest.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Final

import aiodns
import pycares

from agents.edges.dns.resolution import DnsStatus, plain_name
from agents.errors import UserError
from streams.network import Address, address

CHANNEL_NAMES_MAX: Final = 2_048
"""Names asked on one channel; bounds what c-ares remembers to a few megabytes."""

CHAIN_MAX: Final = 16
"""CNAMEs followed; resolvers themselves stop at 8 to 16, a longer chain is a loop or a trick."""

TRY_SHARE: Final = 8
"""A server that is not known yet is asked again after an eighth of the deadline: a lost packet
costs one try, not the answer."""

TRY_MIN_S: Final = 0.25
TRY_MAX_S: Final = 5.0
TRY_JITTER: Final = 0.5
"""What c-ares 1.34 makes of tries (MIN_TIMEOUT_MS, MAX_TIMEOUT_MS, `ares_calc_query_timeout`): the
first lasts so long at least, each next one twice as long up to a bound, by chance half of that."""

_FLAGS: Final = pycares.ARES_FLAG_NOSEARCH | pycares.ARES_FLAG_EDNS
_FAILED: Final = (DnsStatus.SERVFAIL, DnsStatus.REFUSED)

_STATUS: Final = {
    pycares.errno.ARES_ENODATA: DnsStatus.NODATA,
    pycares.errno.ARES_ENOTFOUND: DnsStatus.NXDOMAIN,
    pycares.errno.ARES_EREFUSED: DnsStatus.REFUSED,
    pycares.errno.ARES_EBADNAME: DnsStatus.NOT_ASKED,  # no server can be asked for it
    pycares.errno.ARES_ETIMEOUT: DnsStatus.TIMEOUT,
    pycares.errno.ARES_ECONNREFUSED: DnsStatus.TIMEOUT,  # no server there: silence, told early
    pycares.errno.ARES_ECANCELLED: DnsStatus.TIMEOUT,
}
"""Every other error of c-ares is an answer that says nothing: SERVFAIL and its like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAnswer:
    """The answer to one question, for A or for AAAA.

    Attributes:
        addresses: addresses at the end of the chain.
        names: the chain.
        ttls_s: TTLs of the records used, in seconds.
    """

    status: DnsStatus
    addresses: frozenset[Address] = field(default=frozenset(), repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    ttls_s: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class _Channel:
    resolver: aiodns.DNSResolver
    asked: set[str] = field(default_factory=set, repr=False)
    under_way: int = 0
    others: aiodns.DNSResolver | None = None  # each server once, where the first one failed

    async def close(self) -> None:
        await self.resolver.close()
        if self.others is not None:
            await self.others.close()


class Wire:
    """Asks the name servers, remembering nothing."""

    def __init__(self, servers: Sequence[str], timeout_s: float) -> None:
        """Take the servers; nothing is opened before the first question.

        Args:
            servers: `address` or `address:port`, an IPv6 address with port in brackets; empty =
                the system's.
            timeout_s: deadline of a question, in wall seconds.

        Raises:
            UserError: a server is no address.
        """
        self._servers = tuple(_checked(server) for server in servers)
        self._timeout_s = timeout_s
        self._tries = tries(timeout_s)
        self._current: _Channel | None = None
        self._channels: set[_Channel] = set()

    async def ask(self, host: str) -> tuple[DnsAnswer, DnsAnswer]:
        """Ask for A and AAAA at once and return both answers within the deadline."""
        channel, replaced = self._channel_for(host)
        channel.under_way += 1
        try:
            if replaced is not None:
                await self._settle(replaced)
            async with asyncio.TaskGroup() as group:
                v4 = group.create_task(self._question(channel, host, "A"))
                v6 = group.create_task(self._question(channel, host, "AAAA"))
        finally:
            channel.under_way -= 1
            await self._settle(channel)
        return v4.result(), v6.result()

    async def close(self) -> None:
        """Close every channel."""
        self._current = None
        while self._channels:
            await self._channels.pop().close()

    def _channel_for(self, host: str) -> tuple[_Channel, _Channel | None]:
        """Return the channel to ask for a name on, and the one it has taken over from."""
        current = self._current
        if current and host not in current.asked and len(current.asked) < CHANNEL_NAMES_MAX:
            current.asked.add(host)
            return current, None
        opened = self._opened(self._tries, _FLAGS | pycares.ARES_FLAG_NOCHECKRESP)
        self._current = _Channel(opened, {host})
        self._channels.add(self._current)
        return self._current, current

    async def _settle(self, channel: _Channel) -> None:
        """Close a channel that another has taken over from and that nobody waits on."""
        if channel is not self._current and not channel.under_way and channel in self._channels:
            self._channels.discard(channel)
            await channel.close()

    async def _question(self, channel: _Channel, host: str, kind: str) -> DnsAnswer:
        """Return the answer of the first server, or of another one where that fails.

        c-ares would ask a server that fails as often as one that is silent, and at once.
        """
        answer = DnsAnswer(status=DnsStatus.TIMEOUT)
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await _asked(channel.resolver, host, kind)
                if answer.status in _FAILED and len(self._servers) != 1:
                    if channel.others is None:
                        channel.others = self._opened(1, _FLAGS)
                    other = await _asked(channel.others, host, kind)
                    answer = other if other.status.answered else answer
        except TimeoutError:
            pass  # what is known by then
        return answer

    def _opened(self, tries: int, flags: int) -> aiodns.DNSResolver:
        return aiodns.DNSResolver(
            nameservers=self._servers,
            timeout=self._timeout_s / TRY_SHARE,
            tries=tries,
            flags=flags,
        )


async def _asked(resolver: aiodns.DNSResolver, host: str, kind: str) -> DnsAnswer:
    try:
        result = await resolver.query_dns(host, kind)
    except aiodns.error.DNSError as failure:
        return DnsAnswer(status=_STATUS.get(failure.args[0], DnsStatus.SERVFAIL))
    except ValueError:  # aiodns and idna raise it for a name that cannot be written
        return DnsAnswer(status=DnsStatus.NOT_ASKED)
    return read(host, result.answer)


def tries(timeout_s: float) -> int:
    """Return how many tries last as long as a deadline at the shortest.

    Args:
        timeout_s: the deadline of a question, in wall seconds.
    """
    needed, filled_s, try_s = 1, TRY_MIN_S, TRY_MIN_S
    while filled_s < timeout_s:
        try_s = min(2 * try_s, TRY_MAX_S)
        needed, filled_s = needed + 1, filled_s + TRY_JITTER * try_s
    return needed


def read(host: str, records: Iterable[pycares.DNSRecord]) -> DnsAnswer:
    """Read an answer: follow the CNAMEs from the name, take the addresses at their end.

    Records of other names are passed over: a server may put anything beside what was asked.
    """
    aliases: dict[str, tuple[str, int]] = {}
    found: dict[str, dict[Address, int]] = {}
    for record in records:
        owner = plain_name(record.name)
        if isinstance(record.data, pycares.CNAMERecordData):
            aliases.setdefault(owner, (plain_name(record.data.cname), record.ttl))
        elif isinstance(record.data, pycares.ARecordData | pycares.AAAARecordData):
            one = address(record.data.addr)
            if one is not None:
                found.setdefault(owner, {})[one] = record.ttl
    name = host
    names: list[str] = []
    ttls: list[int] = []
    while name in aliases and len(names) < CHAIN_MAX:
        name, ttl = aliases[name]
        names.append(name)
        ttls.append(ttl)
    addresses = found.get(name, {})
    return DnsAnswer(
        status=DnsStatus.OK if addresses else DnsStatus.NODATA,
        addresses=frozenset(addresses),
        names=tuple(names),
        ttls_s=(*ttls, *addresses.values()),
    )


def _checked(server: str) -> str:
    """Return a server as c-ares takes it.

    Raises:
        UserError: it is no address with an optional port.
    """
    bare = address(server)
    if isinstance(bare, IPv6Address):
        return f"[{bare}]:53"
    if bare is not None:
        return f"{bare}:53"
    host, _, port = server.rpartition(":")
    given = address(host)
    if given is None or not port.isascii() or not port.isdigit() or not 0 < int(port) <= 65_535:
        raise UserError("a name server in dns.servers is no address or address:port")
    return f"[{given}]:{int(port)}" if isinstance(given, IPv6Address) else f"{given}:{int(port)}"
