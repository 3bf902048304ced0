"""The driver: one broker, one payload, all contestants in turns, then the real pipeline.

`python tests/bench/engine/run.py --out FILE [--quick] [--only NAMES] [--peers PYTHON]`. Results
are written as they come. A run that was interrupted is taken up again by the same command; what
`--only` names is measured anew and the rest of the file is kept. Last line: one JSON object.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import figures
import ground
import job
import kill
import latency
import msgspec
from race import CONTESTANTS, Contestant, Failed, Place, race, source_of, sources, spec_for, tidy

from agents.edges.broker import Broker
from schemas.ids import partition_of

ROUNDS = 5
CAP_S = 120.0
"""Wall time a contestant gets for one run; the slowest needs 20 s on a free machine."""

QUICK_S = 50.0
QUICK_CAP_S = 15.0
LATENCY_S = 15.0
QUICK_LATENCY_S = 3.0
LATENCY_RATE_MAX = 30_000.0
"""Beyond it the generator and the reader of the bench, on the same cores, are what is measured."""

KILLS = 3
KILL_CAP_S = 240.0
PARTS = ("race", "latency", "kill", "pipeline")


def say(line: str) -> None:
    """Print a line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Bench:
    """One run: its place, its results, its time.

    Args:
        place: where contestants run.
        out: the file of results.
        quick: one round within `QUICK_S`.
        only: prefixes of names and parts that are measured; empty = all.
        deadline_at: monotonic time at which it must be over.
    """

    def __init__(self, place: Place, out: Path, quick: bool, only: Sequence[str]) -> None:
        self.place = place
        self.quick = quick
        self._out = out
        self._only = tuple(only)
        self.results: dict[str, Any] = {}
        self.run = format(int(time.time()), "x")

    def take_up(self) -> None:
        """Read what an interrupted or partial run has left in the file."""
        mode = "quick" if self.quick else "full"
        before: dict[str, Any] = {}
        if self._out.exists():
            before = json.loads(self._out.read_text())
        keep = before.get("mode") == mode and (bool(self._only) or not before.get("finished", True))
        self.results = before if keep else {"mode": mode}
        self.results["finished"] = False
        for part in PARTS:
            found = self.results.setdefault(part, {})
            if self._only:
                for name in [name for name in found if self.wanted(part, name)]:
                    del found[name]
        self.save()

    def wanted(self, part: str, name: str) -> bool:
        """Return whether a part is to be measured of a contestant."""
        parts = {one for one in self._only if one in PARTS}
        names = tuple(one for one in self._only if one not in PARTS)
        return (not parts or part in parts) and (not names or name.startswith(names))

    def save(self) -> None:
        """Write the results so far."""
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self.results["summary"] = figures.summary(self.results)
        self._out.write_text(json.dumps(self.results, indent=1) + "\n")
        self._out.with_suffix(".md").write_text(figures.table(self.results))

    async def measure(
        self, part: str, name: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> None:
        """Do one measurement and note it, or why there is none."""
        if not self.wanted(part, name) or "reason" not in self.results[part].get(
            name, {"reason": 0}
        ):
            return
        begun = time.monotonic()
        try:
            found = await work()
        except Failed as error:
            found = {"reason": str(error)}
        self.results[part][name] = found
        self.save()
        shown = {k: v for k, v in found.items() if isinstance(v, int | float | str)}
        say(f"{part} {name}: {shown} ({time.monotonic() - begun:.0f} s)")


async def fill_sources(bench: Bench, contestants: Sequence[Contestant]) -> None:
    """Write the payload topics."""
    begun = time.monotonic()
    for topic, count in sources(contestants, quick=bench.quick).items():
        await ground.create(bench.place.bootstrap, [topic], job.PARTITIONS)
        await ground.fill(bench.place.bootstrap, topic, payload(count))
    say(f"payload written in {time.monotonic() - begun:.0f} s")


def payload(count: int) -> ground.Payload:
    """Yield the records of so many events."""
    placed: dict[str, tuple[int, bytes]] = {}
    for event in job.events(count):
        where = placed.get(event.key)
        if where is None:
            key = event.key.encode()
            placed[event.key] = where = partition_of(key, job.PARTITIONS), key
        yield *where, job.ENCODER.encode(event)


async def one_run(
    bench: Bench, contestant: Contestant, number: int, cap_s: float
) -> dict[str, Any]:
    """Run a contestant once and check that it committed what it said it did."""
    events = contestant.quick_events if bench.quick else contestant.events
    place, source = bench.place, source_of(events)
    spec = await spec_for(place, contestant, f"{bench.run}-{number}", source, events)
    try:
        measured = await race(place, contestant, spec, cap_s)
    finally:
        await tidy(place, spec)
    return msgspec.to_builtins(measured)


async def rounds(bench: Bench, contestants: Sequence[Contestant], until: float) -> None:
    """Let all contestants run in turns, so that a noisy minute hits all of them."""
    for number in range(1 if bench.quick else ROUNDS):
        for contestant in contestants:
            if not bench.wanted("race", contestant.name):
                continue
            found = bench.results["race"].setdefault(contestant.name, {"runs": []})
            left_s = until - time.monotonic()
            cap_s = min(QUICK_CAP_S if bench.quick else CAP_S, left_s)
            if len(found["runs"]) > number or found.get("failed", 0) > 1:
                continue
            if cap_s < 3:
                found["reason"] = "no time left"
                continue
            begun = time.monotonic()
            try:
                found["runs"].append(await one_run(bench, contestant, number, cap_s))
                found.update(figures.of_runs(found["runs"]))
                took_s = time.monotonic() - begun
                told = f"{found['eps']:,} events/s median ({took_s:.0f} s)"
                say(f"round {number + 1} {contestant.name}: {told}")
            except Failed as error:
                found["reason"] = str(error)
                found["failed"] = found.get("failed", 0) + 1
                say(f"round {number + 1} {contestant.name}: null, {error}")
            bench.save()


async def drive(bench: Bench, begun: float) -> None:
    """Measure everything that is wanted."""
    until = begun + (QUICK_S - 3 if bench.quick else 1e9)
    contestants = [
        one
        for one in CONTESTANTS
        if (not bench.quick or one.quick_events)
        and any(bench.wanted(part, one.name) for part in PARTS[:3])
    ]
    await fill_sources(bench, contestants)
    await rounds(bench, contestants, until)
    await latencies(bench, contestants, until)
    if not bench.quick:
        await kills(bench, contestants)


async def latencies(bench: Bench, contestants: Sequence[Contestant], until: float) -> None:
    """Measure each at half of its own rate; in a quick run the engine alone, for a moment."""
    for contestant in contestants:
        eps = bench.results["race"].get(contestant.name, {}).get("eps")
        if contestant.floor or not eps:
            continue
        seconds = QUICK_LATENCY_S if bench.quick else LATENCY_S
        if bench.quick and (contestant.name != "engine-tx" or until - time.monotonic() < 12):
            continue
        rate = min(eps / 2, LATENCY_RATE_MAX)
        await bench.measure(
            "latency",
            contestant.name,
            partial(latency.of, bench.place, contestant, bench.run, rate, seconds),
        )


async def kills(bench: Bench, contestants: Sequence[Contestant]) -> None:
    """Kill each of them in the middle of its work."""
    for contestant in contestants:
        if contestant.kill_events:
            await bench.measure(
                "kill",
                contestant.name,
                partial(kill.of, bench.place, contestant, bench.run, KILLS, KILL_CAP_S),
            )


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="JSON of results; table beside it")
    parser.add_argument("--peers", type=Path, required=True, help="Python that has the peers")
    parser.add_argument("--quick", action="store_true", help=f"one round in {QUICK_S:.0f} s")
    parser.add_argument("--only", default="", help="names and parts, separated by commas")
    return parser.parse_args()


def main() -> None:
    """Run the bench."""
    begun = time.monotonic()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leader at first
    told = arguments()
    only = [name for name in told.only.split(",") if name]
    with (
        tempfile.TemporaryDirectory(prefix="hostwatch-bench-") as folder,
        Broker(Path(folder) / "kafka") as broker,
    ):
        place = Place(bootstrap=broker.bootstrap, folder=Path(folder), peers=told.peers)
        bench = Bench(place, told.out, told.quick, only)
        bench.take_up()
        asyncio.run(drive(bench, begun))
        bench.results["finished"] = True
        bench.save()
    sys.stdout.write(json.dumps(bench.results["summary"]) + "\n")


if __name__ == "__main__":
    main()
