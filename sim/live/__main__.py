"""`python -m sim.live`: the practice world's servers as a process of their own.

Reads its orders, one JSON object a line, from standard input: first `Setting`, answered by
`Ports` on standard output, then `Begin`. Ends with its input, so with its parent.
"""

import asyncio
import sys

import msgspec

from sim.live.protocol import Begin, Ports, Setting
from sim.live.stage import opened
from sim.world import Plan, World


async def _run() -> None:
    setting = msgspec.json.decode(await _line(), type=Setting)
    async with opened(setting.clock(), setting.monitor()) as stage:
        ports = Ports(http=stage.http_port, dns=stage.dns_port)
        sys.stdout.buffer.write(msgspec.json.encode(ports) + b"\n")
        sys.stdout.flush()
        line = await _line()
        if line:
            begin = msgspec.json.decode(line, type=Begin)
            plan = Plan(seed=setting.seed, port=stage.http_port, start_at=begin.start_at)
            stage.world = World(plan)
        while await _line():
            continue


async def _line() -> bytes:
    return await asyncio.to_thread(sys.stdin.buffer.readline)


if __name__ == "__main__":
    asyncio.run(_run())
