"""What all contestants probe: an nginx of one worker on loopback that answers HEAD."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from agents.edges.child_process.tether import tethered

PROGRAM: Final = "nginx"
START_S: Final = 5.0

_CONFIG: Final = """\
daemon off;
master_process off;
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/error.log crit;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  access_log off;
  keepalive_timeout 30s;
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  types {{ image/jpeg jpg; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ root {place}/www; try_files /photo.jpg =404; }}
  }}
}}
"""

BODY_BYTES: Final = 48_213
"""Size of the file that is asked about; no contestant may read of it."""


class Missing(Exception):
    """A program that the bench needs is not there; the message names its package."""


def program(name: str, package: str) -> str:
    """Return the path of a program.

    Raises:
        Missing: it is not installed.
    """
    found = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        raise Missing(f"{name} is missing: apt-get install --no-install-recommends {package}")
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def listening(port: int, who: str) -> None:
    """Return when somebody listens on a port.

    Raises:
        Missing: nobody does in time.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + START_S
    while loop.time() < until:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise Missing(f"{who} does not start")


@asynccontextmanager
async def nginx(place: Path) -> AsyncIterator[int]:
    """Run nginx until the block ends and give its port.

    Raises:
        Missing: it is not installed or does not start.
    """
    path = program(PROGRAM, "nginx-light")
    (place / "www").mkdir()
    (place / "www" / "photo.jpg").write_bytes(bytes(BODY_BYTES))
    port = free_port()
    config = place / "nginx.conf"
    config.write_text(_CONFIG.format(place=place, port=port))
    process = await asyncio.create_subprocess_exec(
        *tethered([path, "-c", str(config), "-p", str(place), "-e", str(place / "error.log")])
    )
    try:
        await listening(port, PROGRAM)
        yield port
    finally:
        process.terminate()
        await process.wait()
