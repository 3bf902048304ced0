"""Thousands of hosts in one process: those up to 127.127.255.255 stay silent, the others answer.

`python tarpit_server.py` prints its port and serves until its standard input ends.
"""

import asyncio
import resource
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 48213\r\n\r\n"


class Host(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """See at which address it came in."""
        self._transport = transport
        address = transport.get_extra_info("sockname")[0]
        self._silent = int(address.split(".")[1]) < 128

    def data_received(self, data: bytes) -> None:
        """Answer, or do not."""
        if not self._silent:
            self._transport.write(ANSWER)
            self._transport.close()


async def main() -> None:
    """Serve."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Host, "0.0.0.0", 0, backlog=8_192)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
