"""One probe of a real loopback server, held against the laws of every probe."""

import asyncio

from agents.clock import Clock
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.probe import HttpProber, Probed, ProberConfig
from schemas.closed_lists import ProbeError
from schemas.identity.ids import canonical, keyed_hash
from streams.probe.gate import Rules

LOOPBACK = Rules.of(exceptions=("127.0.0.0/24",))
DEADLINE_S = 10.0
SHORT_S = 0.5
BODY = "CANARY-of-a-body"


def hashed(purpose: str, text: str) -> str:
    """Return a keyed hash under a test's key."""
    return keyed_hash(b"k" * 16, purpose, text)


async def nowhere(_: str) -> tuple[str, ...]:
    """Resolve nothing."""
    raise ProbeFailed(ProbeError.DNS_FAILURE)


async def probed(url: str, *, resolve=nowhere, within_s=DEADLINE_S, **config) -> Probed:
    """Probe a URL at 127.0.0.1, and check that it ended in time and kept no body."""
    http = HttpProber(
        ProberConfig(user_agent="watcher/1", **{"rules": LOOPBACK, **config}),
        Clock(),
        hashed,
        resolve,
    )
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    seen = await http.probe(canonical(url), "127.0.0.1", until)
    assert loop.time() < until + 1
    assert seen.facts.bytes <= 16_384
    assert BODY not in repr(seen)
    return seen
