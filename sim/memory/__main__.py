"""`python -m sim.memory [NAME ...] [--seed N]`: plays scenarios and prints what each one shows.

Prints a table of Markdown for each, as `docs/scenarios.md` has it. Exit code 0: everything that a
scenario has to show was shown; 1: something was not.
"""

import argparse
import sys

from agents.process.hardening import harden
from sim.memory.acceptance.expects import CheckLine, held
from sim.memory.acceptance.shown import ShownRun
from sim.memory.acceptance.table import ACCEPTANCE
from sim.memory.run import play
from sim.memory.scenarios.catalogue import SCENARIOS


def table(name: str, seed: int) -> list[CheckLine]:
    """Play a scenario and return what it shows."""
    scenario = SCENARIOS[name]
    return held(ShownRun(play(scenario, seed, scenario.days)), ACCEPTANCE[name])


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sim.memory", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ACCEPTANCE))
    parser.add_argument("--seed", type=int, default=1, help="of the world and of what goes wrong")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(ACCEPTANCE)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: none of {', '.join(ACCEPTANCE)}")
    failed = False
    for name in chosen.names or [name for name in ACCEPTANCE if name != "burst-full"]:
        sys.stdout.write(
            f"\n{name}, seed {chosen.seed}\n\n| it must show | measured | |\n|---|---|---|\n"
        )
        for says, checked in table(name, chosen.seed):
            failed = failed or not checked.holds
            mark = "holds" if checked.holds else "FAILS"
            sys.stdout.write(f"| {says} | {checked.measured} | {mark} |\n")
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    harden()
    sys.exit(_main())
