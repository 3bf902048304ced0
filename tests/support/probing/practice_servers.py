"""Asks the practice world's servers on loopback as a prober does."""

import asyncio

from agents.clock import Clock
from sim.world.http_answers import Monitor

MONITOR = Monitor(announced=frozenset({"127.0.1.1"}), unannounced=frozenset({"127.0.2.1"}))
DEADLINE_S = 20.0


def still(at):
    """A clock that stands (almost) still at an instant."""
    return Clock(start_wall_ms=0, start_world_ms=at, speed=1e-15)


async def ask(address, port, host, path, *, method="HEAD", source="127.0.9.9"):
    """Send a request from a source address; return status, head in lower case, and body."""
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection(address, port, local_addr=(source, 0))
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else None), head.decode().lower(), body
