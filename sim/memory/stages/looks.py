"""One look in memory: what a hoster answers, its redirects and the check by GET, as facts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from agents.edges.http_probe.get_check import agree, is_welcome
from agents.edges.http_probe.probe_trace import Trail, redirect
from agents.edges.http_probe.response import Head
from schemas.identity.ids import CanonicalUrl
from schemas.moments import SECOND_MS, Instant
from schemas.reasons import ProbeError
from schemas.records.facts import Facts
from sim.memory.stages.places import Places
from sim.memory.stages.secrets import hashed
from sim.world.hosters import SimHoster
from sim.world.http_answers import Monitor, answer
from sim.world.http_messages import Reply, Request
from sim.world.world import World
from streams.probe.gate import Rules, judge_all

ANSWERED_MS: Final = 300
SILENT_MS: Final = 10 * SECOND_MS
REDIRECTS_MAX: Final = 5
RULES: Final = Rules.of(exceptions=("127.40.0.0/16",))


@dataclass(frozen=True, slots=True)
class Bend:
    """A vantage that takes answers for something else than they are.

    Attributes:
        from_at: from when on.
        shown: returns what it takes an answer for, of the request and the answer.
    """

    from_at: Instant
    shown: Callable[[Request, Reply | None], Reply | None]


class Asked(NamedTuple):
    """What a look brought, and how long it took."""

    facts: Facts
    took_ms: int


class _Failed(Exception):
    def __init__(self, error: ProbeError) -> None:
        super().__init__(error.value)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How a vantage looks.

    Attributes:
        world: what is there.
        monitor: what hosters know of the monitor.
        places: where names lead.
        hosters: by address.
        source, agent: where it comes from and what it calls itself.
        bend: what it takes answers for; None = for what they are.
    """

    world: World
    monitor: Monitor
    places: Places
    hosters: dict[str, SimHoster]
    source: str
    agent: str
    bend: Bend | None = None

    def look(self, url: CanonicalUrl, address: str, at: Instant, *, check: bool) -> Asked:
        """Look once at a URL at an address.

        Args:
            url: what.
            address: where; the gate has judged it.
            at: when.
            check: a GET follows the HEAD, and counts where it says otherwise.
        """
        trail = Trail(until=0.0)
        head: Head | None = None
        error: ProbeError | None = None
        try:
            head = self._followed(url, address, "HEAD", at, trail)
            if check and is_welcome(head):
                head = self._checked(head, url, address, at, trail)
        except _Failed as failed:
            head, error = None, failed.error
        took_ms = SILENT_MS if error is ProbeError.TIMEOUT else ANSWERED_MS
        return Asked(trail.facts(head, error, hashed, at + took_ms), took_ms)

    def _checked(
        self, head: Head, url: CanonicalUrl, address: str, at: Instant, trail: Trail
    ) -> Head:
        """Return the answer to a GET where it says otherwise than the HEAD's."""
        again = Trail(until=0.0)
        got = self._followed(url, address, "GET", at, again)
        trail.requests += again.requests
        trail.head_status = head.status
        if agree(head, got) and again.led == trail.led:
            return head
        trail.method, trail.led, trail.hops = "GET", again.led, again.hops
        return got

    def _followed(
        self, first: CanonicalUrl, address: str, method: str, at: Instant, trail: Trail
    ) -> Head:
        url = first
        while True:
            head = self._exchanged(url, address, method, at)
            trail.requests += 1
            target = redirect(head, url)
            if target is None:
                return head
            if trail.hops >= REDIRECTS_MAX:
                raise _Failed(ProbeError.TOO_MANY_REDIRECTS)
            trail.followed(target, first, url.request)
            if target.host != first.host:
                found = self.places.find(target.host, at).addresses
                if not found:
                    raise _Failed(ProbeError.DNS_FAILURE)
                if not judge_all(found, RULES).allowed:
                    raise _Failed(ProbeError.BLOCKED_POLICY_HOP)
                address = found[0]
            url = target

    def _exchanged(self, url: CanonicalUrl, address: str, method: str, at: Instant) -> Head:
        hoster = self.hosters.get(address)
        if hoster is None:
            raise _Failed(ProbeError.REFUSED)
        request = Request(
            source=self.source,
            agent=self.agent,
            host=url.host,
            path=url.request.partition("?")[0],
            method=method,
        )
        reply = answer(request, hoster, self.world, self.monitor, at)
        if self.bend is not None and at >= self.bend.from_at:
            reply = self.bend.shown(request, reply)
        if reply is None:
            raise _Failed(ProbeError.RESET)
        if reply.drips:
            raise _Failed(ProbeError.TIMEOUT)
        return _head(reply)


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
