"""This prober: `HttpProber` as the worker uses it, gate, facts and limits included."""

import asyncio

from harness import Measured, spec_of, tell
from measured import DEADLINE_S, Spec, measured

from agents.clock import Clock
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.probe import HttpProber, ProberConfig
from schemas.closed_lists import ProbeError
from schemas.identity.ids import KeyedHash, canonical
from streams.probe.gate import Rules


async def nowhere(_: str) -> tuple[str, ...]:
    """Resolve nothing: nginx redirects nowhere."""
    raise ProbeFailed(ProbeError.DNS_FAILURE)


async def main() -> Measured:
    """Probe each URL as an order asks for it."""
    config = ProberConfig(user_agent="hostwatch/1", rules=Rules.of(exceptions=("127.0.0.1/32",)))
    http = HttpProber(config, Clock(), KeyedHash(b"k" * 16), nowhere)
    loop = asyncio.get_running_loop()

    async def probe(text: str) -> bool:
        url = canonical(text)
        seen = await http.probe(url, url.host, loop.time() + DEADLINE_S)
        return seen.facts.status == 200

    return await measured(spec_of(Spec), probe)


if __name__ == "__main__":
    tell(asyncio.run(main()))
