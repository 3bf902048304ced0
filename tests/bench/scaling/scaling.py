"""The driver: one broker, then all points, the smallest first.

`python tests/bench/scaling/scaling.py --out FILE [--only NAMES] [--publish FOLDER]`. Results are written
as they come. A run that was interrupted is taken up again by the same command; what `--only` names
is measured anew and the rest of the file is kept. `--publish` makes the document's tables, its
picture and the copy of the results that the model's test reads. Last line: one JSON object.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import scaling_cases
import scaling_pipeline
import scaling_probe
from scaling_results import PARTS, Results, say

from agents.edges.broker import Broker


async def drive(results: Results, broker: Broker, folder: Path) -> None:
    """Measure everything that is wanted."""
    at, pid = broker.bootstrap, broker.process.pid
    for partitions in scaling_pipeline.PARTITIONS:
        for workers in scaling_pipeline.WORKERS:
            work = partial(scaling_pipeline.point, at, folder, pid, partitions, workers)
            await results.measure("pipeline", f"p{partitions}-w{workers}", work)
    table = scaling_cases.Table(at, folder)
    for cases in scaling_cases.CASES:
        await results.measure("cases", f"c{cases}", partial(table.point, cases))
    await results.measure("probe", "nginx", scaling_probe.point)


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="JSON of results")
    parser.add_argument("--only", default="", help=f"{', '.join(PARTS)}, or points such as p12-w1")
    parser.add_argument("--publish", type=Path, help="the folder of documents")
    return parser.parse_args()


def main() -> int:
    """Run the bench; the exit code is 1 if a point has no figure."""
    begun = time.monotonic()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # new topics have no leader at first
    told = arguments()
    results = Results(told.out, [one for one in told.only.split(",") if one])
    results.take_up()
    with (
        tempfile.TemporaryDirectory(prefix="hostwatch-bench-") as folder,
        Broker(Path(folder) / "kafka", lasting=True) as broker,
    ):
        asyncio.run(drive(results, broker, Path(folder)))
    results.save(finished=True)
    failed = [
        name for part in PARTS for name, one in results.found[part].items() if "reason" in one
    ]
    say(f"{time.monotonic() - begun:.0f} s")
    sys.stdout.write(json.dumps({"failed": failed}) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
