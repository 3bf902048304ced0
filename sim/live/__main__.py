"""`python -m sim.live`: the practice world's servers as a process of their own.

Reads its orders, one JSON object a line, from standard input: first `Setting`, answered by
`Ports` on standard output, then `Begin`, then as many `GoBad` as there are, each answered by
`WentBad`. Ends with its input, so with its parent.
"""

import asyncio
import resource
import sys

import msgspec

from agents.process.hardening import harden
from sim.live.planning import planned
from sim.live.protocol import Begin, GoBad, Order, Ports, Setting, WentBad
from sim.live.servers import WorldServers, opened
from sim.live.steered import Steered


async def _run() -> None:
    setting = msgspec.json.decode(await _line(), type=Setting)
    hosters = planned(setting).hosters
    async with opened(setting.clock(), setting.monitor(), hosters) as stage:
        _say(Ports(http=stage.http_port, dns=stage.dns_port))
        while line := await _line():
            match msgspec.json.decode(line, type=Order):
                case Begin(start_at=start_at):
                    stage.world = Steered(planned(setting, stage.http_port, start_at))
                case GoBad(hoster=hoster):
                    _spoil(stage, hoster)


def _spoil(stage: WorldServers, hoster: str) -> None:
    at = stage.now
    if isinstance(stage.world, Steered):
        stage.world.go_bad(hoster, at)
    _say(WentBad(hoster=hoster, at=at))


def _say(what: Ports | WentBad) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.flush()


def _open_files() -> None:
    """Ask for as many open files as there may be: each hoster has a socket that listens."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _line() -> bytes:
    return await asyncio.to_thread(sys.stdin.buffer.readline)


if __name__ == "__main__":
    harden()
    _open_files()
    asyncio.run(_run())
