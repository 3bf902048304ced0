"""The mix of `hostwatch load` through one worker and two, the broker on a core of its own or not.

`make bench-mix` runs `mix.py [--records N] [--rounds N]`. A flood is written into the inboxes
of a practice ledger first; then the workers start on that backlog. Time runs from the first outcome
to the last state of the table. CPU is that of the workers, their start included. Last line: one
JSON object.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import ground
from aiokafka.errors import KafkaError
from command import hostwatch, said
from harness import cpu_s, median_of, say

from agents.edges.local_broker.broker import LocalBroker

RECORDS = 60_000
ROUNDS = 3
RATE = 3_000
"""Of handing in, records a second; nobody reads meanwhile."""

ROLES = ("intake", "attribution", "lifecycle")
DEADLINE_S = 300.0
POLL_S = 0.5

PLACES = {
    "the broker on a core of its own, workers on the other": ({0}, {1}),
    "broker and workers on both cores": ({0, 1}, {0, 1}),
}


def settings(bootstrap: str, prefix: str, folder: Path) -> dict[str, str]:
    """Return the variables of a practice ledger."""
    return {
        "KAFKA__BOOTSTRAP": bootstrap,
        "KAFKA__TOPIC_PREFIX": prefix,
        "STATE_DIR": str(folder),
        "KEY_FILE": str(folder.parent / f"{prefix}keys.json"),
        "WEB__PORT": "0",
    }


async def run(folder: Path, told: dict[str, str], *arguments: str) -> int:
    """Run a command to its end and return its exit code."""
    async with hostwatch(folder, *arguments, **told) as process:
        return await asyncio.wait_for(process.wait(), DEADLINE_S)


@asynccontextmanager
async def workers(
    bootstrap: str, prefix: str, folder: Path, count: int
) -> AsyncIterator[list[int]]:
    """Run so many workers, each with a folder of its own; yields their process ids."""
    async with AsyncExitStack() as stack:
        pids = []
        for number in range(count):
            home = folder / f"{prefix}{number}"
            home.mkdir()
            told = settings(bootstrap, prefix, home)
            process = await stack.enter_async_context(hostwatch(home, "worker", *ROLES, **told))
            pids.append(process.pid)
        yield pids


async def drained(bootstrap: str, prefix: str) -> None:
    """Wait until the roles have handled all there is.

    Raises:
        TimeoutError: not in time.
    """
    names = [name for name in await ground.topics_of(bootstrap) if name.startswith(prefix)]
    inboxes = [name for name in names if "hotline." in name and not name.endswith(".out.v1")]
    flow = [("intake", name) for name in inboxes]
    flow += [(role, f"{prefix}reports.v1") for role in ("attribution", "lifecycle")]
    flow += [("lifecycle", f"{prefix}facts.v1")]
    async with asyncio.timeout(DEADLINE_S):
        for role, topic in flow:
            while True:
                with suppress(KafkaError):  # the first group of a broker has no coordinator at once
                    done = await ground.committed(bootstrap, prefix + role, topic)
                    ends = await ground.ends(bootstrap, topic)
                    if all(done.get(partition, 0) >= end for partition, end in ends.items()):
                        break
                await asyncio.sleep(POLL_S)


async def measured(bootstrap: str, folder: Path, prefix: str, count: int, records: int) -> dict:
    """Let a flood through so many workers and return what it took."""
    home = folder / f"{prefix}load"
    home.mkdir()
    told = settings(bootstrap, prefix, home)
    for arguments in (("keys", "create"), ("load", "--prepare")):
        if await run(home, told, *arguments):
            raise RuntimeError(said(home)[-500:])
    seconds = max(1, records // RATE)
    await run(home, told, "load", "--rate", f"{RATE}/s", "--for", f"{seconds}s", "--idle-s", "1")
    async with workers(bootstrap, prefix, folder, count) as pids:
        await drained(bootstrap, prefix)
        spent_s = sum(cpu_s(pid) for pid in pids)
    outcomes = [r async for r in ground.written(bootstrap, f"{prefix}outcomes.v1")]
    states = [r async for r in ground.written(bootstrap, f"{prefix}cases.v1")]
    last = max(r.timestamp for r in states if not r.key.startswith(b"position/"))
    wall_s = (last - min(r.timestamp for r in outcomes)) / 1_000
    mine = [n for n in await ground.topics_of(bootstrap) if n.startswith(prefix)]
    await ground.delete(bootstrap, mine)
    return {
        "records": len(outcomes),
        "per_s": round(len(outcomes) / wall_s),
        "cpu_us": round(spent_s / len(outcomes) * 1e6),
    }


async def drive(folder: Path, records: int, rounds: int) -> dict:
    """Measure all places with one worker and two, in turns."""
    found: dict[str, dict[str, list[dict]]] = {}
    for place, (broker_cores, worker_cores) in PLACES.items():
        os.sched_setaffinity(0, broker_cores)
        with LocalBroker(folder / f"kafka{len(found)}") as broker:
            os.sched_setaffinity(0, worker_cores)
            found[place] = {"1": [], "2": []}
            for number in range(rounds):
                for count in (1, 2):
                    prefix = f"practice-{len(found)}{number}{count}-{int(time.time()):x}."
                    one = await measured(broker.bootstrap, folder, prefix, count, records)
                    found[place][str(count)].append(one)
                    say(f"{place}, workers {count}: {one}")
    return {
        place: {count: median_of(runs) for count, runs in by.items()} for place, by in found.items()
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostwatch-mix-") as folder:
        sys.stdout.write(
            json.dumps(asyncio.run(drive(Path(folder), told.records, told.rounds))) + "\n"
        )


if __name__ == "__main__":
    main()
