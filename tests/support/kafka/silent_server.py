"""A server that takes every connection and never answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Serve on loopback for the duration of the block; yields the port.

    A bare protocol is used: from Python 3.13 on the streams of `asyncio.start_server` close their
    connection when nobody holds them.
    """
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
