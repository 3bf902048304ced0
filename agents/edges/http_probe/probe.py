"""One probe of a URL: a HEAD, its redirects, and a GET of one byte in its place or beside it.

Each hop is judged by the gate anew. Within the reported host the probe stays at the address it
was given, because a case is probed where its hoster serves it; another host is resolved, and
one denied address among its answers denies it. Every request is counted; none is repeated.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import msgspec

from agents.clock import Clock
from agents.edges.http_probe.connection import ConnectRequest, ProbeFailed
from agents.edges.http_probe.exchange import Exchange, Exchanges
from agents.edges.http_probe.get_comparison import Compare, agree, is_compared, is_same_place
from agents.edges.http_probe.poller import Poller
from agents.edges.http_probe.probe_trace import (
    NO_RATE_LIMIT,
    Hop,
    RedirectPolicy,
    RedirectSummary,
    Trail,
    redirect,
)
from agents.edges.http_probe.response import Head
from agents.edges.http_probe.tls import Certificates, Session, TlsFailed, unenforced_context
from schemas.closed_lists import ProbeError
from schemas.identity.ids import CanonicalUrl, Hash
from schemas.moments import Instant, moment
from schemas.records.facts import Facts
from streams.probe.gate import Rules, judge_all, port_allowed

REDIRECTS_MAX: Final = 5
"""Browsers follow 20, boulder 10; honest chains have at most three (scheme, www, path)."""

BYTES_MAX: Final = 16_384
"""Read of all responses of a probe together, after TLS: its hops, its GET and theirs."""

WIRE_BYTES_MAX: Final = 65_536
"""Read of all connections of a probe together, handshakes included: of those of six hops and a GET
some 6 KB each are certificates."""

_HEAD_REFUSED: Final = (405, 501)  # RFC 9110 15.5.6, 15.6.2

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Returns all addresses of a host, or raises ProbeFailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProberConfig:
    """How a vantage probes.

    Attributes:
        user_agent: what it calls itself.
        source: address it connects from, None = the system's choice.
        rules: of the gate, to begin with.
    """

    user_agent: str
    source: str | None = None
    rules: Rules = field(default_factory=Rules)


class Probed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a probe brought.

    Attributes:
        facts: raw facts.
        address: the address asked first; empty if none was.
        sent_at: when the first request was sent, or when the probe began if none was.
        done_at: when the answer was complete, or the probe ended.
    """

    facts: Facts
    address: str = ""
    sent_at: Instant
    done_at: Instant

    def __repr__(self) -> str:
        """Show the facts, not the address."""
        return f"Probed(facts={self.facts!r}, sent_at={self.sent_at}, done_at={self.done_at})"


class HttpProber:
    """Probes URLs; holds no connection.

    Args:
        config: how the vantage probes.
        clock: world time, for the record; deadlines are wall time.
        hash: makes keys of ETag and Location.
        resolve: finds the addresses of hosts that redirects lead to.
        exchange: makes what carries one request out.
    """

    def __init__(
        self,
        config: ProberConfig,
        clock: Clock,
        hash: Hash,
        resolve: Resolve,
        exchange: Exchanges = Exchange,
    ) -> None:
        self._config = config
        self._rules = config.rules
        self._clock = clock
        self._hash = hash
        self._resolve = resolve
        self._exchange = exchange
        self._fields = (
            f"User-Agent: {config.user_agent}\r\nAccept: */*\r\n"
            "Accept-Encoding: identity\r\nConnection: close\r\n"
        )
        self._poller = Poller()
        self._context = unenforced_context()
        self._certificates = Certificates()

    def judge_by(self, rules: Rules) -> None:
        """Use other rules of the gate from the next connect on, in probes under way as well."""
        self._rules = rules

    async def probe(
        self,
        url: CanonicalUrl,
        address: str,
        until: float,
        *,
        resolve_s: float = 0.0,
        compare: Compare = Compare.NONE,
        redirect_policy: RedirectPolicy = NO_RATE_LIMIT,
    ) -> Probed:
        """Probe once; never raises for what a server does.

        Args:
            url: what to probe.
            address: where; judged by the gate.
            until: loop time at which the probe ends, whatever happens.
            resolve_s: how long finding the address took.
            compare: after which answers to the HEAD a GET of one byte follows; it counts where it
                says otherwise.
            redirect_policy: gives it its turn where redirects lead.

        Raises:
            ProberFault: the machine could not.
        """
        trail = Trail(until=until, redirect_policy=redirect_policy, resolve_s=resolve_s)
        began_at = self._clock.now()
        head: Head | None = None
        error: ProbeError | None = None
        try:
            path = [Hop(url, address)]
            head = await self._followed(path, trail)
            if trail.method == "HEAD" and is_compared(head, compare):
                head = await self._compared(head, path, trail)
        except ProbeFailed as failed:
            head, error = None, failed.error
            if error is ProbeError.BLOCKED_POLICY and trail.hops:  # the server led us there
                error = ProbeError.BLOCKED_POLICY_HOP
        done_at = self._clock.now()
        return Probed(
            facts=trail.facts(head, error, self._hash, done_at),
            address=address,
            sent_at=began_at if trail.sent_at is None else trail.sent_at,
            done_at=done_at,
        )

    async def _followed(self, path: list[Hop], trail: Trail, method: str = "HEAD") -> Head:
        """Ask the last hop, and those that it leads to; they are added to the path."""
        while True:
            head = await self._asked(path, trail, method)
            target = redirect(head, path[-1].url)
            if target is None:
                return head
            if trail.hops >= REDIRECTS_MAX:
                raise ProbeFailed(ProbeError.TOO_MANY_REDIRECTS)
            trail.followed(target, path[0].url, path[-1].url.request)
            path.append(Hop(target, await self._address(target, path[0], trail)))

    async def _compared(self, head: Head, path: list[Hop], trail: Trail) -> Head:
        """Return what a GET brings, redirects included, where it differs from the HEAD's answer."""
        redirects, hops = trail.redirects, trail.hops
        trail.head_status, trail.redirects, trail.hops = head.status, RedirectSummary(), 0
        again = path[:1]
        got = await self._followed(again, trail, "GET")
        if not agree(head, got) or not is_same_place(path[-1].url, again[-1].url):
            return got
        trail.method, trail.redirects, trail.hops = "HEAD", redirects, hops
        return head

    async def _address(self, target: CanonicalUrl, first: Hop, trail: Trail) -> str:
        if target.host == first.url.host:
            return first.address
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout_at(trail.until):
                addresses = await self._resolve(target.host)
        except TimeoutError:
            raise ProbeFailed(ProbeError.TIMEOUT) from None
        finally:
            trail.resolve_s += clock() - started
        if not judge_all(addresses, self._rules).allowed:
            raise ProbeFailed(ProbeError.BLOCKED_POLICY)
        return addresses[0]

    async def _asked(self, path: list[Hop], trail: Trail, method: str) -> Head:
        hop = path[-1]
        redirected = len(path) > 1
        if not port_allowed(hop.port, self._rules, path[0].url.port, redirected=redirected):
            raise ProbeFailed(ProbeError.BLOCKED_POLICY)
        within_s = trail.until - asyncio.get_running_loop().time()
        await trail.redirect_policy.to(hop.url.host, hop.address, within_s)
        trail.method = method
        head = await self._exchanged(hop, trail)
        if method == "HEAD" and head.status in _HEAD_REFUSED:
            trail.method = "GET"
            head = await self._exchanged(hop, trail)
        return head

    async def _exchanged(self, hop: Hop, trail: Trail) -> Head:
        if trail.bytes >= BYTES_MAX or trail.wire_bytes >= WIRE_BYTES_MAX:
            raise ProbeFailed(ProbeError.TOO_LARGE)
        connect = ConnectRequest(
            address=hop.address,
            port=hop.port,
            source=self._config.source,
            request=self._request(hop.url, trail.method),
            room=BYTES_MAX - trail.bytes,
            wire_room=WIRE_BYTES_MAX - trail.wire_bytes,
        )
        session = self._session(hop.url)
        trail.tls = "none"
        trail.tls_valid = False
        exchange = self._exchange(connect, session, partial(self._sent, trail), self._poller)
        try:
            head = await exchange.head(self._rules, trail.until)
            self._secured(session, hop.url, trail)
        finally:
            trail.exchanged(exchange, asyncio.get_running_loop().time())
        return head

    def _sent(self, trail: Trail) -> None:
        trail.requests += 1
        trail.redirect_policy.sent()
        if trail.sent_at is None:
            trail.sent_at = self._clock.now()

    def _session(self, url: CanonicalUrl) -> Session | None:
        if url.scheme == "http":
            return None
        try:
            return Session(self._context, url.host)
        except TlsFailed:
            raise ProbeFailed(ProbeError.TLS) from None

    def _secured(self, session: Session | None, url: CanonicalUrl, trail: Trail) -> None:
        if session is None:
            return
        trail.tls = session.version()
        trail.tls_valid = self._certificates.valid(
            session.chain(), url.host, moment(self._clock.now())
        )

    def _request(self, url: CanonicalUrl, method: str) -> bytes:
        host = f"{url.host}:{url.port}" if url.port else url.host
        part = "Range: bytes=0-0\r\n" if method == "GET" else ""
        text = f"{method} {url.request} HTTP/1.1\r\nHost: {host}\r\n{self._fields}{part}\r\n"
        return text.encode("ascii")
