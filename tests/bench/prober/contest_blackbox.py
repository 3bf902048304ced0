"""Debian's prometheus-blackbox-exporter: asked for one probe after another on open connections.

Wall time is that of the asking, CPU that of the exporter alone. What it does for a probe
includes writing its metrics, because there is no other way to have its answer.
"""

import asyncio
import resource
import sys
import tempfile
from pathlib import Path

from harness import Measured, metered, spec_of, tell
from measured import WARM_UP, Spec
from target import free_port, listening, program

from agents.edges.child_process.tether import tethered

CONFIG = """\
modules:
  head:
    prober: http
    timeout: 10s
    http:
      method: HEAD
      follow_redirects: false
      preferred_ip_protocol: ip4
      body_size_limit: 16KB
      valid_status_codes: [200]
      headers: {User-Agent: hostwatch/1}
"""


async def ask(exporter: int, paths: list[str]) -> int:
    """Ask for probes over one connection and return how many succeeded."""
    reader, writer = await asyncio.open_connection("127.0.0.1", exporter)
    done = 0
    while paths:
        writer.write(f"GET {paths.pop()} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        body = await reader.readuntil(b"\r\n0\r\n\r\n")  # chunked, as its answers always are
        done += b"\nprobe_success 1" in body
    writer.close()
    return done


async def main() -> Measured:
    """Run the exporter and ask it."""
    spec = spec_of(Spec)
    path = program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "blackbox.yml"
        config.write_text(CONFIG, encoding="ascii")
        process = await asyncio.create_subprocess_exec(
            *tethered(
                [
                    path,
                    f"--config.file={config}",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
        )
        try:
            await listening(port, path)
            target = f"/probe?module=head&target=http://127.0.0.1:{spec.port}/"
            warm = [f"{target}{number}.jpg" for number in range(WARM_UP)]
            await asyncio.gather(*(ask(port, warm) for _ in range(spec.at_once)))
            paths = [f"{target}{number}.jpg" for number in range(spec.probes)]
            meter = metered(process.pid)
            done = sum(await asyncio.gather(*(ask(port, paths) for _ in range(spec.at_once))))
            return meter.measured(done)
        finally:
            process.terminate()
            await process.wait()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    sys.exit(tell(asyncio.run(main())))
