"""A process that loads `cases.v1` and says what that cost, in one line of JSON.

Arguments: bootstrap, prefix, partitions, what is loaded (`memory`, `rocksdb` or `rollup`), and for
`rocksdb` the folder. A process of its own, so that its memory is that of the load alone.
"""

import asyncio
import gc
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from agents.config import KafkaSettings, Settings, StateSettings
from agents.engine.read.recovery import recover
from agents.engine.state.stores import stores_for
from agents.stages.rollup.stage import RollupStage
from schemas import topics

POLL_S = 0.01


def resident() -> int:
    """Return the bytes of memory this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def stores(settings: Settings) -> dict[str, float]:
    """Recover all partitions; say when the first and the last was ready."""
    place = stores_for(settings, topics.CASES.name)
    ready: list[float] = []
    begun = time.perf_counter()
    found = {p: place.open(p) for p in range(settings.kafka.partitions)}
    opened_s = time.perf_counter() - begun
    await recover(
        settings, topics.CASES.name, found, lambda _: ready.append(time.perf_counter() - begun)
    )
    held = resident()
    cases = sum(map(len, found.values())) - len(found)
    for store in found.values():
        store.close()
    place.close()
    return {
        "opened_s": opened_s,
        "first_s": ready[0],
        "seconds": ready[-1],
        "cases": cases,
        "resident": held,
    }


async def rollup(settings: Settings) -> dict[str, float]:
    """Load the view until its figures stand."""
    view = RollupStage(settings)
    begun = time.perf_counter()
    running = asyncio.create_task(view.run())
    while not view.view.ready:
        await asyncio.sleep(POLL_S)
        if running.done():
            running.result()
    seconds = time.perf_counter() - begun
    held = resident()
    cases = view.view.cases
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return {"seconds": seconds, "cases": cases, "resident": held}


def main() -> None:
    """Load and say."""
    bootstrap, prefix, partitions, what, *folder = sys.argv[1:]
    kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=int(partitions))
    store = StateSettings(store="rocksdb" if what == "rocksdb" else "memory")
    settings = Settings(kafka=kafka, state=store, state_dir=Path(*folder))
    before, spent = resident(), time.process_time()
    said = asyncio.run((rollup if what == "rollup" else stores)(settings))
    said["cpu_s"] = time.process_time() - spent
    said["bytes_per_case"] = (said["resident"] - before) / said["cases"]
    print(json.dumps({name: round(value, 3) for name, value in said.items()}))


if __name__ == "__main__":
    main()
