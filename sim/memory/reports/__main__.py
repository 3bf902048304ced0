"""`python -m sim.memory.reports --worlds 20 --jobs 2 [--write docs/methods.md]`.

Plays worlds through all stages, makes a report of each, and holds it against the truth. A world
takes half a minute of CPU. Ended before, it goes on where it was the next time.

Exit codes: 0 the table was printed or written; 2 a mistake.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from agents.process.hardening import harden
from sim.memory.reports.compared import world_result
from sim.memory.reports.played_worlds import PlayedWorlds
from sim.memory.reports.table import table
from sim.oracle.report_truth import between

BEGIN: Final = "<!-- worlds: python -m sim.memory.reports -->\n"
END: Final = "<!-- end of worlds -->\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Play what is missing, and print the table or write it into a document."""
    parser = argparse.ArgumentParser(prog="python -m sim.memory.reports", description=__doc__)
    parser.add_argument("--worlds", type=int, default=20, help="how many, of seeds 1 and on")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--done", type=Path, default=Path(".hostwatch/report-worlds"))
    parser.add_argument("--write", type=Path, help="the document that has the table")
    options = parser.parse_args(arguments)
    seeds = range(1, options.worlds + 1)
    kept = PlayedWorlds(options.done)
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(world_result, seed) for seed in kept.missing(seeds)]
        for future in as_completed(running):
            world = future.result()
            kept.add(world)
            sys.stderr.write(f"world {world.seed}: {world.cases} cases, {world.cpu_s:.0f} s\n")
    found = table([kept.worlds[seed] for seed in seeds])
    if options.write is None:
        sys.stdout.write(found)
    else:
        text = options.write.read_text()
        options.write.write_text(between(text, (BEGIN, END), found))


if __name__ == "__main__":
    harden()
    main()
