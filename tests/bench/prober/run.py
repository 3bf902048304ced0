"""The driver: one nginx, all contestants in turns, each a process of its own.

`make bench-prober` runs it, with the harness on PYTHONPATH: `run.py --out FILE [--peers PYTHON]
[--quick]`. Wall rates are those of a machine that nginx and the contestant share; CPU per probe is
the figure that carries over. The last line is one JSON object: `*_pps` is probes a second of wall
time, `*_cpu_us` microseconds of CPU a probe. Each is the median of the rounds, and null where one
could not run; standard error says why.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
from harness import ROUNDS, Failed, Measured, process, result_of, say
from measured import Spec
from target import Missing, nginx

from agents.edges.child_process.tether import tethered

HERE = Path(__file__).parent
AT_ONCE = 64
QUICK_ROUNDS = 2
CAP_S = 60.0
QUICK_CAP_S = 12.0
QUICK_S = 47.0
"""A quick run begins nothing that could end later."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who takes part.

    Attributes:
        name: prefix of its figures.
        script: file beside this one, with arguments behind the spec.
        probes, quick_probes: how many it makes in a round.
        peer: it runs in the environment of the peers, not in the project's.
    """

    name: str
    script: tuple[str, ...]
    probes: int
    quick_probes: int
    peer: bool = False


CONTESTANTS = (
    Contestant("hostwatch", ("contest_hostwatch.py",), 20_000, 6_000),
    Contestant("aiohttp_uvloop", ("contest_aiohttp.py", "uvloop"), 20_000, 4_000, peer=True),
    Contestant("aiohttp_asyncio", ("contest_aiohttp.py", "asyncio"), 20_000, 4_000, peer=True),
    Contestant("blackbox", ("contest_blackbox.py",), 8_000, 2_000),
)


async def race(contestant: Contestant, peers: Path, spec: Spec, cap_s: float) -> Measured:
    """Let a contestant run once, and see that each of its probes was answered.

    Raises:
        Failed: it ended without a result, or was not done in time.
    """
    script, *more = contestant.script
    python = str(peers) if contestant.peer else sys.executable
    said = msgspec.json.encode(spec).decode()
    async with process(tethered([python, str(HERE / script), said, *more]), HERE) as child:
        result = await result_of(child, Measured, cap_s)
    if result.events != spec.probes:
        raise Failed(f"{spec.probes - result.events} of {spec.probes} probes had no 200")
    return result


async def rounds(options: argparse.Namespace, port: int) -> dict[str, list[Measured]]:
    """Let all contestants run in turns, so that a noisy minute hits all of them."""
    found: dict[str, list[Measured]] = {one.name: [] for one in CONTESTANTS}
    quick = options.quick
    wanted = options.rounds or (QUICK_ROUNDS if quick else ROUNDS)
    until = time.monotonic() + (QUICK_S if quick else 1e9)
    for number in range(wanted):
        for one in CONTESTANTS:
            left_s = until - time.monotonic()
            if left_s < 3 or (number and not found[one.name]):
                continue
            spec = Spec(
                port=port, probes=one.quick_probes if quick else one.probes, at_once=AT_ONCE
            )
            try:
                result = await race(
                    one, options.peers, spec, min(left_s, QUICK_CAP_S if quick else CAP_S)
                )
            except Failed as failed:
                say(f"round {number + 1} {one.name}: null, {failed}")
                continue
            found[one.name].append(result)
            say(f"round {number + 1} {one.name}: {result.per_s:,} probes/s, {result.cpu_us} us CPU")
    return found


def summary(found: dict[str, list[Measured]]) -> dict[str, float | None]:
    """Return the figures: medians of the rounds, and how many times the CPU of others is ours."""
    figures: dict[str, float | None] = {}
    for name, results in found.items():
        rates = [one.per_s for one in results]
        costs = [one.cpu_us for one in results]
        figures[f"{name}_pps"] = round(statistics.median(rates)) if rates else None
        figures[f"{name}_cpu_us"] = round(statistics.median(costs), 1) if costs else None
    ours = figures["hostwatch_cpu_us"]
    for name in ("aiohttp_uvloop", "blackbox"):
        theirs = figures[f"{name}_cpu_us"]
        figures[f"{name}_times"] = round(theirs / ours, 2) if ours and theirs else None
    return figures


async def drive(options: argparse.Namespace) -> dict[str, float | None]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        async with nginx(Path(folder)) as port:
            return summary(await rounds(options, port))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="where the figures go, JSON")
    parser.add_argument(
        "--peers", type=Path, default=Path(sys.executable), help="interpreter with aiohttp, uvloop"
    )
    parser.add_argument("--quick", action="store_true", help="two rounds, 50 s at most")
    parser.add_argument("--rounds", type=int, default=0, help="how often each runs")
    options = parser.parse_args()
    try:
        figures = asyncio.run(drive(options))
    except Missing as missing:
        say(f"bench-prober: {missing}")
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="ascii")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
