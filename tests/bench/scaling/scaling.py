"""The driver: one broker, then all points, the smallest first.

`make bench-scaling` runs `scaling.py --out FILE [--only NAMES] [--publish FOLDER]`. Results are
written as they come. A run that was interrupted is taken up again by the same command; what
`--only` names is measured anew and the rest of the file is kept. `--publish` makes the document's
tables, its picture and the copy of the results that the model's test reads. Last line: one JSON
object.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import scaling_cases
import scaling_document
import scaling_pipeline
import scaling_probe
from bench_results import FAILURES, Results, machine
from harness import say
from scaling_pipeline import BenchEnvironment

from agents.edges.local_broker.broker import LocalBroker

POINTS = {
    "pipeline": [
        *(f"p{partitions}-w{workers}" for partitions, workers in scaling_pipeline.SHARES),
        "observations",
    ],
    "cases": [f"c{cases}" for cases in scaling_cases.CASES],
    "probe": ["nginx"],
}
"""By part, in the order of measuring."""

PARTS = tuple(POINTS)

WARM_UP_REPORTS = 60_000
"""Until the broker's second compiler is done with most, which costs more than the reports."""


async def drive(results: Results, place: BenchEnvironment) -> None:
    """Measure everything that is wanted."""
    await warm_up(results, place)
    for partitions, workers in scaling_pipeline.SHARES:
        work = partial(scaling_pipeline.point, place, partitions, workers)
        await results.measure("pipeline", f"p{partitions}-w{workers}", work)
    await results.measure("pipeline", "observations", partial(scaling_pipeline.observations, place))
    table = scaling_cases.Table(place.bootstrap, place.folder)
    for cases in scaling_cases.CASES:
        await results.measure("cases", f"c{cases}", partial(table.point, cases))
    await results.measure("probe", "nginx", scaling_probe.point)


async def warm_up(results: Results, place: BenchEnvironment) -> None:
    """Let one point run uncounted, or the first that counts would pay for the broker's compiler."""
    if any(results.missing("pipeline", name) for name in POINTS["pipeline"]):
        say("warming up")
        with suppress(*FAILURES):
            await scaling_pipeline.point(place, 12, 1, WARM_UP_REPORTS)


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="JSON of results")
    parser.add_argument("--only", default="", help=f"{', '.join(PARTS)}, or points such as p12-w1")
    parser.add_argument("--publish", type=Path, help="the folder of documents")
    return parser.parse_args()


def main() -> int:
    """Run the bench; the exit code is 1 if a point has no figure, and nothing is published then."""
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was made goes away with us
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leader at first
    told = arguments()
    only = [one for one in told.only.split(",") if one]
    results = Results(told.out, only, PARTS, {"machine": machine()})
    results.take_up()
    with (
        tempfile.TemporaryDirectory(prefix="hostwatch-bench-") as folder,
        LocalBroker(Path(folder) / "kafka", lasting=True) as broker,
    ):
        place = BenchEnvironment(
            bootstrap=broker.bootstrap, broker_pid=broker.process.pid, folder=Path(folder)
        )
        asyncio.run(drive(results, place))
    missing = results.without_figures(POINTS)
    results.save(finished=not missing)
    if told.publish and not missing:
        scaling_document.publish(results.found, told.publish, results.text())
    say(f"{time.monotonic() - begun:.0f} s")
    sys.stdout.write(json.dumps({"missing": missing}) + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
