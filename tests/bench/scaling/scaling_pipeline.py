"""What a report and a probe cost in the real pipeline, by partitions and workers.

Some reports to warm up, then reports as fast as they go. CPU is that of the workers and of the
broker; the bytes are those of the partitions' logs in the broker's folder.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pipeline
from harness import cpu_s
from ledger_events import KEY, ONLINE, observation
from pipeline_place import INBOX, ROLES, Ledger, ledger, worker

from schemas import codec, topics

SHARES = ((1, 1), (4, 1), (4, 2), (12, 1), (12, 2), (24, 1), (24, 2))
"""Partitions and workers; two cannot share one partition."""

REPORTS = 20_000
OBSERVED_CASES = 4_000
WARM_REPORTS = 2_000
RECORD_HEAD_BYTES = 10
"""Lengths and differences before key and value of a record in its batch."""


def on_disk(data: Path, topic: str) -> int:
    """Return the bytes of a topic's logs, indexes left out: those are given out ahead.

    Args:
        data: the folder that the broker's lies in.
        topic: full name; one that is being deleted has another.
    """
    folders = (data / "kafka" / "log").glob(f"{topic}-*")
    named = [one for one in folders if one.name.removeprefix(f"{topic}-").isdigit()]
    return sum(file.stat().st_size for one in named for file in one.glob("*.log"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchEnvironment:
    """Where points are measured.

    Attributes:
        bootstrap: the broker.
        broker_pid: its process.
        folder: for keys and logs; the broker's data stand somewhere in it.
    """

    bootstrap: str
    broker_pid: int
    folder: Path


async def point(
    place: BenchEnvironment, partitions: int, workers: int, reports: int = REPORTS
) -> dict[str, Any]:
    """Measure reports through intake, attribution and lifecycle.

    Args:
        place: broker and folder.
        partitions: of the ledger.
        workers: processes that share the work.
        reports: how many are measured.
    """
    folder, pid = place.folder, place.broker_pid
    name = f"scale-p{partitions}-w{workers}"
    async with ledger(place.bootstrap, folder, name, partitions) as made, AsyncExitStack() as stack:
        started = [await stack.enter_async_context(worker(made, ROLES)) for _ in range(workers)]
        await pipeline.rate(made, INBOX, pipeline.reports(made, WARM_REPORTS))
        warm = sum(cpu_s(one.child.pid) for one in started)
        begun, written = cpu_s(pid), _written(made, folder)
        per_s = await pipeline.rate(made, INBOX, pipeline.reports(made, reports, WARM_REPORTS))
        worker_s = sum(cpu_s(one.child.pid) for one in started) - warm
        broker_s = cpu_s(pid) - begun
        after = _written(made, folder)
        for one in started:
            await one.stop()
    return {
        "reports": reports,
        "per_s": round(per_s),
        "worker_us": round(worker_s / reports * 1e6, 1),
        "broker_us": round(broker_s / reports * 1e6, 1),
        "bytes": {topic: round((after[topic] - written[topic]) / reports) for topic in after},
    }


async def observations(place: BenchEnvironment) -> dict[str, Any]:
    """Measure observations of open cases, from fact to case, and what one takes in the ledger."""
    found = await pipeline.observations(place.bootstrap, place.folder, "scale", OBSERVED_CASES)
    seen, _ = observation(1, ONLINE)
    return {
        "observations": found["observations"],
        "per_s": found["per_s"],
        "cpu_us": found["cpu_us"],
        "fact_bytes": len(codec.FACT.encode(seen)) + len(KEY) + RECORD_HEAD_BYTES,
    }


def _written(made: Ledger, folder: Path) -> dict[str, int]:
    specs = (topics.REPORTS, topics.FACTS, topics.OUTCOMES, topics.CASES)
    names = {
        "inbox": INBOX,
        **{spec.name.partition(".")[0]: spec.name for spec in specs},
        "probes": topics.PROBES.named(made.settings.vantages[0].id),
    }
    return {short: on_disk(folder, made.topic(name)) for short, name in names.items()}
