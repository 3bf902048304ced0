"""One prober before thousands of silent hosts and some honest ones, and what it came to."""

import asyncio
import gc
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from probe_bench import Bench, bench_of, received

from agents.clock import Clock
from agents.edges.child_process.tether import tethered
from agents.edges.dns.recorded import Recorded
from agents.process.gc_tuning import collecting_seldom
from agents.stages.probe.stage import CONCURRENCY
from schemas.records.processing import ProbeOrder

SERVER = Path(__file__).with_name("tarpit_server.py")
LAG_STEP_S = 0.01
_PAGE_BYTES = 4_096


@contextmanager
def hosts() -> Iterator[int]:
    """Run the hosts in a process of their own and give their port."""
    process = subprocess.Popen(
        tethered([sys.executable, str(SERVER)]), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


def rss() -> int:
    """Return the bytes of memory this process holds (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES


@dataclass
class Watch:
    """Watches memory and the loop.

    Attributes:
        lags_s: by how much each step of the loop's clock came late.
        own_lags_s: the part of it in which this process was on a CPU; the rest is other processes'.
        most: bytes of memory at the highest.
    """

    lags_s: list[float] = field(default_factory=list)
    own_lags_s: list[float] = field(default_factory=list)
    most: int = 0

    async def run(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due, cpu = loop.time() + LAG_STEP_S, time.process_time()
            await asyncio.sleep(LAG_STEP_S)
            self.lags_s.append(loop.time() - due)
            self.own_lags_s.append(min(self.lags_s[-1], time.process_time() - cpu))
            if len(self.lags_s) % 10 == 0:
                self.most = max(self.most, rss())


def quantile_ms(lags_s: list[float], share: float) -> float:
    """Return a quantile of lags, milliseconds."""
    ranked = sorted(lags_s)
    return round(1_000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))], 1)


def orders(it: Bench, port: int, silent: int, honest: int, window_ms: int) -> list[ProbeOrder]:
    """Return an order for each host, in an order by chance; each is a hoster of its own /24."""
    urls = [f"http://127.{1 + n // 256}.{n % 256}.1:{port}/{n}.jpg" for n in range(silent)]
    urls += [f"http://127.{128 + n // 256}.{n % 256}.1:{port}/{n}.jpg" for n in range(honest)]
    random.Random(1).shuffle(urls)
    made = []
    for number, url in enumerate(urls):
        now = it.clock.now()
        made.append(it.order(url, hoster=f"h{number}", not_after=now + window_ms))
    return made


async def run(
    folder: Path, port: int, silent: int, honest: int, *, deadline_s: float, window_s: float
) -> dict[str, float]:
    """Hand the prober all orders at once, as many at a time as the engine would, in a process that
    collects garbage as a worker does.

    Returns:
        What became of them, counts and milliseconds; memory in MB.
    """
    it = bench_of(
        folder,
        Recorded({}),
        clock=Clock(),
        allow_networks=("127.0.0.0/8",),
        deadline_s=deadline_s,
        concurrency=16_384,
    )
    await it.settle(*orders(it, port, 0, 50, 60_000))
    it.tray.lists.clear()
    made = orders(it, port, silent, honest, round(1_000 * window_s))
    with collecting_seldom():
        return await _measured(it, made)


async def _measured(it: Bench, made: list[ProbeOrder]) -> dict[str, float]:
    gc.collect()
    before = rss()
    watch = Watch()
    watching = asyncio.create_task(watch.run())
    room = asyncio.Semaphore(CONCURRENCY)
    began, cpu = time.monotonic(), time.process_time()

    async def one(order: ProbeOrder) -> None:
        try:
            await it.stage.handle([received(order)])
        finally:
            room.release()

    tasks = []
    for order in made:
        await room.acquire()
        tasks.append(asyncio.create_task(one(order)))
        if len(tasks) % 500 == 0:  # what a fetch brings
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    watching.cancel()
    seen = it.tray.observations
    good = [one for one in seen if one.facts.status == 200]
    end_of = {order.order_id: order.not_after for order in made}
    delays = sorted(one.done_at - one.slot_at for one in good)
    return {
        "observations": len(seen),
        "timeouts": sum(one.facts.error == "timeout" for one in seen),
        "honest": len(good),
        "honest_on_time": sum(one.done_at <= end_of[one.order_id] for one in good),
        "honest_ms_p50": delays[len(delays) // 2],
        "honest_ms_p999": delays[int(0.999 * len(delays))],
        "memory_growth_mb": round((watch.most - before) / 1e6, 1),
        "lag_ms_p50": quantile_ms(watch.lags_s, 0.5),
        "lag_ms_p99": quantile_ms(watch.lags_s, 0.99),
        "lag_ms_max": quantile_ms(watch.lags_s, 1.0),
        "own_lag_ms_p99": quantile_ms(watch.own_lags_s, 0.99),
        "own_lag_ms_max": quantile_ms(watch.own_lags_s, 1.0),
        "wall_s": round(time.monotonic() - began, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
    }
