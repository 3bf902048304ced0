"""What a probe has seen so far: kept as it goes on, so that an early end leaves facts too."""

from typing import Final, Protocol
from urllib.parse import quote

import ada_url
import msgspec

from agents.edges.http_probe.exchange import Carried
from agents.edges.http_probe.response import Head
from schemas.closed_lists import ProbeError
from schemas.identity.ids import BadUrl, CanonicalUrl, Hash, canonical
from schemas.media_types import listed
from schemas.moments import Instant
from schemas.records.facts import Facts
from streams.probe import headers
from streams.probe.redirect_markers import Marks, marks

LOCATION_BYTES_MAX = 4_096
"""Longer than any URL that browsers and servers handle alike."""

_UNMARKED = Marks()
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PART = 206


def redirect(head: Head, base: CanonicalUrl) -> CanonicalUrl | None:
    """Return where a response leads, None if it is no redirect that can be followed.

    Args:
        head: the response.
        base: what was asked.
    """
    if head.status not in _REDIRECTS:
        return None
    location = headers.fields(head.fields).get(b"location", b"")
    if not 0 < len(location) <= LOCATION_BYTES_MAX:
        return None
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    try:
        return canonical(ada_url.join_url(f"{base.scheme}://{base.text}", text))
    except (BadUrl, ValueError):
        return None


def echo_free(target: CanonicalUrl, asked: str) -> str:
    """Return a redirect's target with the path that was asked cut out where it is repeated.

    A host that sends every path to its https twin, or to a login that remembers the path, gives
    the same answer to all of them; the random control is compared by this.

    Args:
        target: where the redirect leads.
        asked: path and query of the request.
    """
    text = f"{target.scheme}://{target.text}"
    if asked == "/":
        return text
    for repeated in (asked, quote(asked, safe=""), quote(asked)):
        text = text.replace(repeated, "/\x00")
    return text


class RedirectPolicy(Protocol):
    """Gives a probe its turn wherever a redirect leads it."""

    async def to(self, host: str, address: str, within_s: float) -> None:
        """Take the turn at an address.

        Args:
            host: whose name is asked for there.
            address: allowed by the gate.
            within_s: what is left of the probe's deadline, wall seconds.

        Raises:
            ProbeFailed: there is no turn in time.
        """

    def sent(self) -> None:
        """Count a request where the probe is now."""


class NoRateLimit:
    """Turns for probes that ask nobody else: a canary's, which is the operator's own."""

    async def to(self, host: str, address: str, within_s: float) -> None:
        """Let it pass."""

    def sent(self) -> None:
        """Count nothing."""


NO_RATE_LIMIT: Final = NoRateLimit()


class Hop(msgspec.Struct, frozen=True, gc=False):
    """What is asked at which address; the gate judges it."""

    url: CanonicalUrl
    address: str

    def __repr__(self) -> str:
        """Show neither host nor address."""
        return f"Hop(url={self.url!r})"

    @property
    def port(self) -> int:
        """The port to connect to."""
        return self.url.port or _PORTS[self.url.scheme]


class RedirectSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Where redirects led.

    Attributes:
        left_host: one of them led to another host.
        location: where the last one led, the asked path cut out.
        last: what that says by its name.
    """

    left_host: bool = False
    location: str = ""
    last: Marks = _UNMARKED

    def __repr__(self) -> str:
        """Show what it means, not where it is."""
        return f"RedirectSummary(left_host={self.left_host}, last={self.last!r})"


class Trail(msgspec.Struct, kw_only=True):
    """The facts of one probe while it goes on; times in seconds.

    Attributes:
        method: of the last request.
        until: loop time at which the probe ends.
        redirect_policy: gives turns where it leads.
        requests, hops, bytes: so far.
        wire_bytes: read of all connections, before TLS.
        redirects: where redirects led.
        head_status: of the HEAD that a GET was compared with.
    """

    until: float
    redirect_policy: RedirectPolicy = NO_RATE_LIMIT
    method: str = "HEAD"
    requests: int = 0
    hops: int = 0
    bytes: int = 0
    wire_bytes: int = 0
    redirects: RedirectSummary = RedirectSummary()
    head_status: int = 0
    tls: str = "none"
    tls_valid: bool = False
    resolve_s: float = 0.0
    connect_s: float = 0.0
    tls_s: float = 0.0
    processing_s: float = 0.0
    transfer_s: float = 0.0
    sent_at: Instant | None = None

    def __repr__(self) -> str:
        """Show where it stands, not where it went."""
        return f"Trail(requests={self.requests}, hops={self.hops}, bytes={self.bytes})"

    def followed(self, target: CanonicalUrl, first: CanonicalUrl, asked: str) -> None:
        """Note a redirect that is going to be followed."""
        self.hops += 1
        self.redirects = RedirectSummary(
            left_host=self.redirects.left_host or target.host != first.host,
            location=echo_free(target, asked),
            last=marks(target.host, target.request),
        )

    def exchanged(self, exchange: Carried, ended: float) -> None:
        """Add what an exchange took, complete or not.

        Args:
            exchange: the connection.
            ended: when it ended, seconds of the monotonic clock.
        """
        self.bytes += exchange.bytes
        self.wire_bytes += exchange.wire_bytes
        connected = exchange.connected_at or ended
        sent = exchange.sent_at or ended
        first = exchange.first_at or ended
        self.connect_s += connected - exchange.begun_at
        if exchange.secured_at or not exchange.sent_at:
            self.tls_s += (exchange.secured_at or ended) - connected
        self.processing_s += first - sent
        self.transfer_s += ended - first

    def facts(self, head: Head | None, error: ProbeError | None, hash: Hash, now: Instant) -> Facts:
        """Return the facts.

        Args:
            head: the last response, None if there is none.
            error: why there is none.
            hash: makes keys of what is compared only.
            now: from when a Retry-After that is a date counts.
        """
        said = headers.fields(head.fields) if head is not None else {}
        etag = said.get(b"etag", b"").decode("latin-1")
        redirects = self.redirects
        type = headers.media_type(said)
        kept = listed(type)
        return Facts(
            error=error,
            status=head.status if head is not None else 0,
            type=kept,
            type_key="" if kept == type else hash("media type", type),
            length=headers.length(said, part=head is not None and head.status == _PART),
            etag_key=hash("etag", etag) if etag else "",
            location_key=hash("location", redirects.location) if redirects.location else "",
            modified=headers.modified(said),
            age_s=headers.age_s(said),
            cached=headers.cached(said),
            hops=self.hops,
            left_host=redirects.left_host,
            to_root=redirects.last.to_root,
            challenge=headers.challenge(said),
            suspended=redirects.last.suspended,
            parked=redirects.last.parked,
            placeholder=redirects.last.placeholder,
            tls=self.tls,
            tls_valid=self.tls_valid,
            retry_after_s=headers.retry_after_s(said, now),
            bytes=self.bytes,
            resolve_ms=round(self.resolve_s * 1_000),
            connect_ms=round(self.connect_s * 1_000),
            tls_ms=round(self.tls_s * 1_000),
            processing_ms=round(self.processing_s * 1_000),
            transfer_ms=round(self.transfer_s * 1_000),
            requests=self.requests,
            method=self.method,
            head_status=self.head_status,
        )
