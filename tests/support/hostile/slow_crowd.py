"""Thousands of connections that send half a head and wait, from many addresses of loopback.

`python slow_crowd.py PORT COUNT ADDRESSES` opens them, says `open` once each was tried, and
once all have ended how long each stood, as JSON. Nothing is opened twice; all ends after two
minutes.
"""

import asyncio
import json
import os
import resource
import sys

HALF = b"POST /v1/records HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "

AT_ONCE = 256
"""Connects under way: more would wait in the kernel's queue, and measure that."""

FROM_ONE = AT_ONCE
"""The first come from one address at once: more than it may have, however slow the machine is."""

END_S = 120.0

NICE = 10
"""A crowd has machines of its own: here it must not take the CPU of those it is measured on."""


class Slow(asyncio.Protocol):
    """One connection, from its connect to its end."""

    def __init__(self, ended: "asyncio.Future[float]") -> None:
        self._ended = ended
        self._began_s = asyncio.get_running_loop().time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send half a head."""
        transport.write(HALF)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell how long it stood."""
        if not self._ended.done():
            self._ended.set_result(asyncio.get_running_loop().time() - self._began_s)


async def opened(port: int, address: str, room: asyncio.Semaphore) -> "asyncio.Future[float]":
    """Open one; a connect that is reset at once stood for no time."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[float] = loop.create_future()
    async with room:
        try:
            await loop.create_connection(
                lambda: Slow(ended), "127.0.0.1", port, local_addr=(address, 0)
            )
        except ConnectionError:
            ended.set_result(0.0)
    return ended


async def main(port: int, count: int, addresses: int) -> None:
    """Open them all and wait for their ends."""
    room = asyncio.Semaphore(AT_ONCE)
    async with asyncio.timeout(END_S):
        ends = await asyncio.gather(
            *(opened(port, address_of(n, addresses), room) for n in range(count))
        )
        say("open")
        say(json.dumps([round(stood_s, 3) for stood_s in await asyncio.gather(*ends)]))


def address_of(number: int, addresses: int) -> str:
    """Return the address that a connection comes from."""
    return f"127.0.1.{1 + (number % addresses if number >= FROM_ONE else 0)}"


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(NICE)
    asyncio.run(main(*map(int, sys.argv[1:])))
