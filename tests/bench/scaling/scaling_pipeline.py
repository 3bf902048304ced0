"""What a report costs in the real pipeline, by partitions and workers: CPU, and bytes on disk.

One second of warming up, then reports as fast as they go. CPU is that of the workers and of the
broker; the bytes are those of the partitions' logs in the broker's folder.
"""

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pipeline
from pipeline_place import INBOX, ROLES, Ledger, ledger, worker

from schemas import topics

PARTITIONS = (1, 4, 12, 24)
WORKERS = (1, 2)
REPORTS = 20_000
WARM_REPORTS = 2_000

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process, user and system (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def on_disk(data: Path, topic: str) -> int:
    """Return the bytes of a topic's logs, indexes left out: those are given out ahead.

    Args:
        data: the broker's folder.
        topic: full name.
    """
    return sum(
        file.stat().st_size
        for folder in data.rglob(f"{topic}-*")
        if folder.name.removeprefix(f"{topic}-").isdigit()
        for file in folder.glob("*.log")
    )


async def point(
    bootstrap: str, folder: Path, broker_pid: int, partitions: int, workers: int
) -> dict[str, Any]:
    """Measure reports through intake, attribution and lifecycle.

    Args:
        bootstrap: the broker.
        folder: for keys and logs; the broker's data stand somewhere in it.
        broker_pid: the broker's process.
        partitions: of the ledger.
        workers: processes that share the work.
    """
    name = f"scale-p{partitions}-w{workers}"
    async with ledger(bootstrap, folder, name, partitions) as made, AsyncExitStack() as stack:
        started = [await stack.enter_async_context(worker(made, ROLES)) for _ in range(workers)]
        await pipeline.rate(made, INBOX, pipeline.reports(made, WARM_REPORTS))
        warm = sum(cpu_s(one.child.pid) for one in started)
        begun, written = cpu_s(broker_pid), _written(made, folder)
        per_s = await pipeline.rate(made, INBOX, pipeline.reports(made, REPORTS, WARM_REPORTS))
        worker_s = sum(cpu_s(one.child.pid) for one in started) - warm
        broker_s = cpu_s(broker_pid) - begun
        after = _written(made, folder)
        for one in started:
            await one.stop()
    return {
        "reports": REPORTS,
        "per_s": round(per_s),
        "worker_us": round(worker_s / REPORTS * 1e6, 1),
        "broker_us": round(broker_s / REPORTS * 1e6, 1),
        "bytes": {topic: round((after[topic] - written[topic]) / REPORTS) for topic in after},
    }


def _written(made: Ledger, folder: Path) -> dict[str, int]:
    specs = (topics.REPORTS, topics.FACTS, topics.OUTCOMES, topics.CASES)
    names = {
        "inbox": INBOX,
        **{spec.name.partition(".")[0]: spec.name for spec in specs},
        "probes": topics.PROBES.named(made.settings.vantages[0].id),
    }
    return {short: on_disk(folder, made.topic(name)) for short, name in names.items()}
