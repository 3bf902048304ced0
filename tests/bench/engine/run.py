"""The driver: one broker, one payload, all contestants in turns, then the real pipeline.

`make bench-engine` runs it, with the harness on PYTHONPATH: `run.py --out FILE --peers PYTHON
[--quick] [--only NAMES]`. Results are written as they come. A run that was interrupted is taken up
again by the same command; what `--only` names is measured anew and the rest of the file is kept.
Last line: one JSON object.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import figures
import ground
import job
import kill
import latency
import msgspec
import pipeline
import pipeline_delay
from bench_results import FAILURES
from harness import ROUNDS, median_of, reason_of, say
from race import CONTESTANTS, BenchEnvironment, Contestant, race, source_of, sources, spec_for, tidy
from results import PARTS, Results

from agents.edges.local_broker.broker import LocalBroker
from schemas.identity.ids import partition_of

CAP_S = 120.0
"""Wall time a contestant gets for one run; the slowest needs 20 s on a free machine."""

QUICK_S = 50.0
QUICK_CAP_S = 15.0
QUICK_RESERVE_S = 4.0
"""What ending the broker takes."""

LATENCY_S = 15.0
QUICK_LATENCY_S = 3.0
OFTEN = ("engine-tx", "hand-tx")
"""Whose delays are measured in every round: the stage with a transaction and its bare loop."""

QUICK_LATENCY_NEEDS_S = 10.0
QUICK_FIRST = 4
"""Contestants that the last line needs run before the delay is measured, the others after."""

LATENCY_RATE_MAX = 30_000.0
"""Beyond it the generator and the reader of the bench, on the same cores, are what is measured."""

KILLS = 3
KILL_CAP_S = 240.0
RUN_TIDY_S = 60.0
"""Beside a contestant's own time: making and deleting its topics."""

REPORTS = 60_000
OPEN_CASES = 20_000
RECOVERY_CASES = 1_000_000


class Bench:
    """One run.

    Args:
        place: where contestants run.
        results: where figures go.
        told: what the command line says.
        until: monotonic time at which measuring must be over.
    """

    def __init__(
        self, place: BenchEnvironment, results: Results, told: argparse.Namespace, until: float
    ) -> None:
        self.place = place
        self.results = results
        self.until = until
        self.told = told
        self.run = format(int(time.time()), "x")
        self.contestants = [
            one
            for one in CONTESTANTS
            if (not results.quick or one.quick_events)
            and any(results.wanted(part, one.name) for part in PARTS[:3])
        ]

    def left_s(self) -> float:
        """Return what is left of the time."""
        return self.until - time.monotonic()

    async def drive(self) -> None:
        """Measure everything that is wanted."""
        await self.fill_sources()
        await self.warm_up()
        if self.results.quick:
            await self.rounds(self.contestants[:QUICK_FIRST], 1)
            await self.latencies()
            await self.rounds(self.contestants[QUICK_FIRST:], 1)
            return
        await self.rounds(self.contestants, self.told.rounds)
        await self.latencies()
        await self.kills()
        await self.pipeline()

    async def warm_up(self) -> None:
        """Let one run uncounted, or the first that counts would run on a cold broker."""
        if self.contestants:
            with suppress(*FAILURES):
                await self._run(self.contestants[0], -1, min(QUICK_CAP_S, self.left_s()))

    async def rounds(self, contestants: Sequence[Contestant], count: int) -> None:
        """Let contestants run in turns, so that a noisy minute hits all of them."""
        for number in range(count):
            for contestant in contestants:
                if self.results.wanted("race", contestant.name):
                    await self.round(contestant, number)

    async def fill_sources(self) -> None:
        """Write the payload topics."""
        begun = time.monotonic()
        for topic, count in sources(self.contestants, quick=self.results.quick).items():
            await ground.create(self.place.bootstrap, [topic], job.PARTITIONS)
            await ground.fill(self.place.bootstrap, topic, payload(count))
        say(f"payload written ({time.monotonic() - begun:.0f} s)")

    async def round(self, contestant: Contestant, number: int) -> None:
        """Let a contestant run once, unless it has this round's figure or failed twice."""
        found = self.results.found["race"].setdefault(contestant.name, {"runs": []})
        if len(found["runs"]) > number or found.get("failed", 0) > 1:
            return
        begun = time.monotonic()
        cap_s = min(QUICK_CAP_S if self.results.quick else CAP_S, self.left_s())
        try:
            async with asyncio.timeout(cap_s + RUN_TIDY_S):
                found["runs"].append(await self._run(contestant, number, cap_s))
            found.pop("reason", None)
            found.update(figures.of_runs(found["runs"]))
            told = f"{found['eps']:,} events/s, {found['cpu_us']} us (medians)"
        except FAILURES as error:
            found |= {"reason": reason_of(error), "failed": found.get("failed", 0) + 1}
            told = f"null, {reason_of(error)}"
        self.results.save()
        say(f"round {number + 1} {contestant.name}: {told} ({time.monotonic() - begun:.0f} s)")

    async def _run(self, contestant: Contestant, number: int, cap_s: float) -> dict[str, Any]:
        if cap_s < QUICK_RESERVE_S:
            raise TimeoutError("no time left")
        events = contestant.quick_events if self.results.quick else contestant.events
        run = f"{self.run}-{number}"
        spec = await spec_for(self.place, contestant, run, source_of(events), events)
        try:
            return msgspec.to_builtins(await race(self.place, contestant, spec, cap_s))
        finally:
            await tidy(self.place, spec)

    async def latencies(self) -> None:
        """Measure each at half of its own rate; in a quick run the engine alone, for a moment."""
        quick = self.results.quick
        for contestant in self.contestants:
            eps = self.results.of("race", contestant.name, "eps")
            if contestant.floor or not eps:
                continue
            if quick and (contestant.name != "engine-tx" or self.left_s() < QUICK_LATENCY_NEEDS_S):
                continue
            rate = min(eps / 2, LATENCY_RATE_MAX)
            seconds = QUICK_LATENCY_S if quick else LATENCY_S
            work = partial(self._latency, contestant, rate, seconds)
            await self.results.measure("latency", contestant.name, work)

    async def _latency(self, contestant: Contestant, rate: float, seconds: float) -> dict[str, Any]:
        """Return delays of a contestant: the medians of all rounds, if it has a transaction.

        Those are held against each other, and what the machine's host does in a quarter of a
        minute moves a p99 by half.
        """
        often = contestant.name in OFTEN and not self.results.quick
        found = [
            await latency.of(self.place, contestant, f"{self.run}-{number}", rate, seconds)
            for number in range(self.told.rounds if often else 1)
        ]
        return median_of(found) if often else found[0]

    async def kills(self) -> None:
        """Kill each of them in the middle of its work."""
        for contestant in self.contestants:
            if contestant.kill_events:
                work = partial(kill.of, self.place, contestant, self.run, KILLS, KILL_CAP_S)
                await self.results.measure("kill", contestant.name, work)

    async def pipeline(self) -> None:
        """Measure the real pipeline."""
        at = self.place.bootstrap, self.place.folder, self.run
        measure = partial(self.results.measure, "pipeline")
        reports, cases, recovery = (
            int(count * self.told.scale) for count in (REPORTS, OPEN_CASES, RECOVERY_CASES)
        )
        await measure("reports", self.often(pipeline.throughput, reports))
        await measure("two-workers", self.often(pipeline.throughput, reports, 2))
        await measure("profile", partial(pipeline.throughput, *at, reports, profile=True))
        await measure("observations", self.often(pipeline.observations, cases))
        await measure(
            "observations-profile", partial(pipeline.observations, *at, cases, profile=True)
        )
        per_s = self.results.of("pipeline", "reports", "per_s")
        if per_s:
            await measure("delay", partial(pipeline_delay.of, *at, per_s / 2, LATENCY_S))
        await measure("recovery", partial(pipeline.recovery, *at, recovery))

    def often(
        self, work: Callable[..., Awaitable[dict[str, Any]]], *told: int
    ) -> Callable[[], Awaitable[dict[str, Any]]]:
        """Return a measurement that is done in every round, on topics of its own."""

        async def done() -> dict[str, Any]:
            found = [
                await work(self.place.bootstrap, self.place.folder, f"{self.run}-{number}", *told)
                for number in range(self.told.rounds)
            ]
            return median_of(found)

        return done


def payload(count: int) -> ground.Payload:
    """Yield the records of so many events."""
    placed: dict[str, tuple[int, bytes]] = {}
    for event in job.events(count):
        where = placed.get(event.key)
        if where is None:
            key = event.key.encode()
            placed[event.key] = where = partition_of(key, job.PARTITIONS), key
        yield *where, job.ENCODER.encode(event)


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="JSON of results; table beside it")
    parser.add_argument("--peers", type=Path, required=True, help="Python that has the peers")
    parser.add_argument("--quick", action="store_true", help=f"one round in {QUICK_S:.0f} s")
    parser.add_argument(
        "--publish", type=Path, help="folder of the repository whose documents are printed anew"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of a full run")
    parser.add_argument("--scale", type=float, default=1.0, help="of the pipeline's records")
    parser.add_argument("--only", default="", help="names and parts, separated by commas")
    return parser.parse_args()


def main() -> None:
    """Run the bench."""
    until = time.monotonic() + (QUICK_S - QUICK_RESERVE_S)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leader at first
    told = arguments()
    results = Results(told.out, [one for one in told.only.split(",") if one], quick=told.quick)
    results.take_up()
    with (
        tempfile.TemporaryDirectory(prefix="hostwatch-bench-") as folder,
        LocalBroker(Path(folder) / "kafka") as broker,
    ):
        place = BenchEnvironment(bootstrap=broker.bootstrap, folder=Path(folder), peers=told.peers)
        bench = Bench(place, results, told, until if told.quick else float("inf"))
        asyncio.run(bench.drive())
        results.save(finished=True)
    if told.publish:
        results.publish(told.publish)
    sys.stdout.write(json.dumps(results.found["summary"]) + "\n")


if __name__ == "__main__":
    main()
