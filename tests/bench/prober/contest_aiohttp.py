"""An aiohttp client doing HEAD under the same limits, on asyncio or on uvloop.

The limits are those of `agents.edges.http_probe.probe`, as far as the client has them. They
are one connection a request, no redirects, no retry, no cookies, deadline, size of the head and
small reads.
"""

import asyncio
import socket
import sys
from ipaddress import ip_address
from typing import Any

import aiohttp
from harness import Measured, spec_of, tell
from measured import DEADLINE_S, HEAD_BYTES_MAX, Spec, measured

FIELD_BYTES_MAX = 4_096
READ_BYTES = 1_024
RECEIVE_BUFFER_BYTES = 4_096


def small_socket(found: tuple[Any, ...]) -> socket.socket:
    """Return a socket that takes little in ahead; where the gate of an aiohttp prober stands."""
    family, kind, protocol, _, place = found
    ip_address(place[0])
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    return sock


async def main() -> Measured:
    """Ask for each URL."""
    spec = spec_of(Spec)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=spec.at_once,
            force_close=True,
            use_dns_cache=False,
            ssl=False,
            socket_factory=small_socket,
        ),
        timeout=aiohttp.ClientTimeout(total=DEADLINE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        read_bufsize=READ_BYTES,
        max_line_size=FIELD_BYTES_MAX,
        max_field_size=FIELD_BYTES_MAX,
        max_headers=HEAD_BYTES_MAX // 256,
        headers={"User-Agent": "hostwatch/1", "Accept-Encoding": "identity"},
    ) as session:

        async def probe(url: str) -> bool:
            async with session.head(url, allow_redirects=False) as answer:
                return answer.status == 200

        return await measured(spec, probe)


if __name__ == "__main__":
    factory = None
    if sys.argv[2] == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        tell(runner.run(main()))
