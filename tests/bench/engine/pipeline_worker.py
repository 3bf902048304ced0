"""A worker of the real pipeline, as `hostwatch worker` runs it, that asks no name server.

`python pipeline_worker.py TOLD`. It writes two lines of JSON to standard output. When the state of
all its roles is loaded: how long that took, its CPU and memory. At its end: its CPU.
"""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import msgspec
import pipeline_records
from harness import cpu_s, spec_of, tell
from sampler import Sampler

from agents.config import Settings
from agents.edges.dns.recorded import Recorded
from agents.engine.observe.ownership import OWNERSHIP
from agents.worker import Worker

POLL_S = 0.005
PAGE_BYTES = 4_096


class Told(msgspec.Struct, kw_only=True):
    """What the worker is told.

    Attributes:
        settings: of hostwatch.
        roles: which it runs.
        profile: where its CPU goes is said at the end.
    """

    settings: dict[str, Any]
    roles: list[str]
    profile: bool = False


def rss_bytes() -> int:
    """Return the memory of this process that is in RAM (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


async def loaded(roles: list[str], before_bytes: int) -> None:
    """Say when each role's state is loaded, and how long after it was given its partitions."""
    given: dict[str, float] = {}
    ready: dict[str, float] = {}
    begun_s = cpu_s()
    waited_for = [role for role in roles if role != "rollup"]
    while len(ready) < len(waited_for):
        for held in OWNERSHIP.holdings:
            if held.owned:
                if not given:
                    begun_s = cpu_s()
                given.setdefault(held.role, time.perf_counter())
            if held.owned and held.owned == held.ready:
                ready.setdefault(held.role, time.perf_counter())
        await asyncio.sleep(POLL_S)
    load_s = {role: round(ready[role] - given[role], 3) for role in ready}
    tell(
        {
            "ready_ms": int(time.time() * 1_000),
            "load_s": load_s,
            "load_cpu_s": round(cpu_s() - begun_s, 3),
            "before_bytes": before_bytes,
            "rss_bytes": rss_bytes(),
        }
    )


async def work(told: Told) -> None:
    """Run the roles until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings(**told.settings)
    names = Recorded(pipeline_records.answers())
    before_bytes = rss_bytes()
    watch = asyncio.create_task(loaded(told.roles, before_bytes))
    async with Worker(settings, names=names).run(told.roles):
        await watch
        begun_s, thread_s = cpu_s(), time.thread_time()
        sampler = Sampler()
        if told.profile:
            sampler.start()
        await stop.wait()
        sampler.stop()
        tell({"cpu_s": cpu_s() - begun_s, "main_thread_s": time.thread_time() - thread_s})
    if told.profile:
        tell({"profile": sampler.text()})


if __name__ == "__main__":
    asyncio.run(work(spec_of(Told)))
