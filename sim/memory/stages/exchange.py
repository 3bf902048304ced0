"""One request in memory: what the practice world's hosters answer, in place of a connection."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agents.clock import Clock
from agents.edges.http_probe.connection import ConnectRequest, ProbeFailed
from agents.edges.http_probe.poller import Poller
from agents.edges.http_probe.response import Head
from agents.edges.http_probe.tls import Session
from schemas.closed_lists import ProbeError
from schemas.moments import Instant
from sim.world.hosters import SimHoster
from sim.world.http_answers import Monitor, answer
from sim.world.http_messages import Reply, Request
from sim.world.world import World
from streams.probe.gate import Rules, judge

ANSWERED_MS: Final = 300
SILENT_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class MisreadingVantage:
    """A vantage that takes answers for something else than they are.

    Attributes:
        from_at: from when on.
        shown: returns what it takes an answer for, of the request and the answer.
    """

    from_at: Instant
    shown: Callable[[Request, Reply | None], Reply | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What a vantage reaches.

    Attributes:
        world: what is there.
        monitor: what hosters know of the monitor.
        hosters: by address.
        clock: when they are asked.
        bend: what the vantage takes answers for; None = for what they are.
    """

    world: World
    monitor: Monitor
    hosters: Mapping[str, SimHoster]
    clock: Clock
    bend: MisreadingVantage | None = None

    def exchange(
        self, connect: ConnectRequest, _: Session | None, sending: Callable[[], None], __: Poller
    ) -> "WorldExchange":
        """Return what carries a request out; see `agents.edges.http_probe.exchange.Exchanges`."""
        return WorldExchange(self, connect, sending)

    def reply(self, connect: ConnectRequest, at: Instant) -> Reply | None:
        """Return what is answered; None = the server hangs up.

        Raises:
            ProbeFailed: nobody listens there.
        """
        hoster = self.hosters.get(connect.address)
        if hoster is None:
            raise ProbeFailed(ProbeError.CONNECTION_REFUSED)
        request = _request(connect.request, connect.source or "")
        said = answer(request, hoster, self.world, self.monitor, at)
        if self.bend is not None and at >= self.bend.from_at:
            return self.bend.shown(request, said)
        return said


class WorldExchange:
    """One request; see `agents.edges.http_probe.exchange.Exchange`."""

    __slots__ = (
        "_connect",
        "_sending",
        "_servers",
        "begun_at",
        "bytes",
        "connected_at",
        "first_at",
        "secured_at",
        "sent_at",
        "wire_bytes",
    )

    def __init__(
        self, servers: Servers, connect: ConnectRequest, sending: Callable[[], None]
    ) -> None:
        """Take what to send."""
        self._servers = servers
        self._connect = connect
        self._sending = sending
        self.wire_bytes = 0
        self.bytes = 0
        self.begun_at = asyncio.get_running_loop().time()
        self.connected_at = self.secured_at = self.sent_at = self.first_at = 0.0

    async def head(self, rules: Rules, until: float) -> Head:
        """Ask, if the gate lets it, and return the head of the answer.

        Raises:
            ProbeFailed: the gate refused, or there is no answer.
        """
        if not judge(self._connect.address, rules).allowed:
            raise ProbeFailed(ProbeError.BLOCKED_POLICY)
        loop, clock = asyncio.get_running_loop(), self._servers.clock
        reply = self._servers.reply(self._connect, clock.now())
        self.connected_at = loop.time()
        self._sending()
        self.sent_at = loop.time()
        if reply is not None and reply.drips:
            await asyncio.sleep(until - loop.time())
            raise ProbeFailed(ProbeError.TIMEOUT)
        await asyncio.sleep(clock.wall_seconds(ANSWERED_MS))
        if reply is None:
            raise ProbeFailed(ProbeError.RESET)
        self.first_at = loop.time()
        return _head(reply)


def _request(raw: bytes, source: str) -> Request:
    first, _, rest = raw.decode("ascii").partition("\r\n")
    method, target, _ = first.split(" ", 2)
    fields = dict(line.split(": ", 1) for line in rest.split("\r\n") if line)
    return Request(
        source=source,
        agent=fields["User-Agent"],
        host=fields["Host"].partition(":")[0],
        path=target.partition("?")[0],
        method=method,
    )


@lru_cache(maxsize=16_384)
def _head(reply: Reply) -> Head:
    said = {
        "Content-Type": reply.type,
        "Content-Length": str(reply.length),
        "Location": reply.location,
        "ETag": reply.etag,
        **dict(reply.fields),
    }
    return Head(
        status=reply.status,
        fields=tuple((name.encode(), value.encode()) for name, value in said.items() if value),
    )
