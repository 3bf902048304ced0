"""`hostwatch simulate`: all stages over a practice world in memory, virtual time."""

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from agents.cli.shared.results import JsonOption, write_result
from agents.errors import UserError

if TYPE_CHECKING:
    from sim.memory.done import DoneSeeds
    from sim.memory.run import OnProgress, Size
    from sim.memory.seeds import Course, PlayedSeed
    from sim.memory.summary import Total

_BROKEN: Final = 1
_INTERRUPTED: Final = 130  # 128 + SIGINT, what a shell gives a command ended by Ctrl-C
_RANGE: Final = re.compile(r"([0-9]+)(?:\.\.([0-9]+))?")
_LINES_MAX: Final = 20
"""With more seeds than these only those are printed at which something is wrong."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="simulate")(run)


def run(
    scenario: Annotated[
        str, typer.Option(help="Name of the scenario; all = small worlds of every scenario.")
    ] = "storm",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the world and of its faults.")] = 1,
    seeds: Annotated[str | None, typer.Option(metavar="A..B", help="Several seeds.")] = None,
    days: Annotated[
        float, typer.Option(min=0.1, max=400, help="How long the hotlines report.")
    ] = 5.0,
    rate: Annotated[
        float | None, typer.Option(min=1, max=100_000, help="URLs reported per day.")
    ] = None,
    hosters: Annotated[
        int | None, typer.Option(min=1, help="Number of hosters; default: the scenario's.")
    ] = None,
    surge: Annotated[
        int | None, typer.Option(min=1, help="Largest number of URLs in a burst or a flood.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Number of processes.")] = 1,
    within: Annotated[
        float, typer.Option(min=0, metavar="S", help="Start no seed after so many seconds.")
    ] = inf,
    json: JsonOption = None,
    done: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Records the seeds that held, so that the command can go on."
        ),
    ] = None,
) -> None:
    """Play a practice world through all stages in virtual time, with faults, and check it.

    Partitions change owners, owners die or pause, and records come twice, late and in another
    order. The run checks that nothing is lost or counted twice, that the figures equal those
    without faults, and that every (L, R] is right.

    Example: hostwatch simulate --scenario storm --seeds 1..20 --jobs 2

    Exit codes: 0 all of it holds with every seed; 1 something does not; 2 a mistake, named in
    one line; 130 Ctrl-C.
    """
    from sim.memory.run import Size
    from sim.memory.summary import Total

    course = _course(scenario, days, Size(hosters=hosters, rate=rate, surge=surge))
    total, to_stderr = Total(), json == "-"
    numbers = _numbers(seed, seeds)
    known = _known(course, done)
    before = known.seeds & set(numbers) if known is not None else set()
    if before:
        typer.echo(f"{len(before)} seeds held before, by {done}", err=to_stderr)
    many = _Many([number for number in numbers if number not in before], jobs, within)
    ended = before | _play(course, many, total, known, to_stderr=to_stderr)
    if len(numbers) > 1:
        typer.echo(total.line, err=to_stderr)
    first = next((number for number in numbers if number not in ended), None)
    if first is not None:
        typer.echo(f"left: {course.rest(first, numbers[-1])}", err=to_stderr)
    if known is not None:
        known.finish(numbers)
    if json is not None:
        write_result(json, total.as_json())
    if total.interrupted:
        raise typer.Exit(_INTERRUPTED)
    raise typer.Exit(0 if total.ok else _BROKEN)


def _course(scenario: str, days: float, size: "Size") -> "Course":
    from sim.memory.scenarios.catalogue import SCENARIOS
    from sim.memory.seeds import Task
    from sim.memory.small import SeedPlan

    if scenario == SeedPlan.scenario:
        return SeedPlan()
    if scenario not in SCENARIOS:
        names = ", ".join((*SCENARIOS, SeedPlan.scenario))
        raise UserError(f"--scenario: {scenario} is none of {names}")
    return Task(scenario=scenario, days=days, size=size)


def _known(course: "Course", path: Path | None) -> "DoneSeeds | None":
    from sim.memory.done import DoneSeeds

    if path is None:
        return None
    try:
        return DoneSeeds(path, course.rest(0, 0))
    except (OSError, ValueError):
        raise UserError(f"--done: {path} cannot be read and written") from None


class _Many(NamedTuple):
    """Which seeds are played.

    Attributes:
        numbers: the seeds.
        jobs: processes.
        within_s: no seed is begun later than this after the start.
    """

    numbers: Sequence[int]
    jobs: int
    within_s: float


def _play(
    course: "Course", many: _Many, total: "Total", known: "DoneSeeds | None", *, to_stderr: bool
) -> set[int]:
    """Play the seeds, say what they come to, and return those that were played to their end."""
    from rich.console import Console
    from rich.progress import Progress

    began_s, numbers = time.monotonic(), many.numbers
    done: set[int] = set()
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(course.scenario, total=len(numbers))

        def on_progress(share: float) -> None:
            bars.update(bar, completed=share)

        def say(line: str) -> None:
            typer.echo(line, err=to_stderr)

        try:
            with closing(_ended(course, many, on_progress)) as ended:
                for seed, result, error in ended:
                    done.add(seed)
                    if result is None:
                        total.broken_off.append(seed)
                        say(f"seed {seed}: the run ended in {error}")
                    else:
                        total.add(result)
                        if not result.ok or len(numbers) <= _LINES_MAX:
                            say(result.line)
                    if result is None or not result.ok:
                        say(f"again: {course.again(seed)}")
                    elif known is not None:
                        known.add(seed)
                    bars.update(bar, completed=len(done))
        except KeyboardInterrupt:
            total.interrupted = True
    total.wall_s = time.monotonic() - began_s
    return done


def _ended(
    course: "Course", many: _Many, on_progress: "OnProgress"
) -> Generator["PlayedSeed", None, None]:
    """Give the seeds as they end; a single one is played here, so that an error can be read."""
    from sim.memory.seeds import PlayedSeed, play_all

    if len(many.numbers) == 1:
        yield PlayedSeed(many.numbers[0], course.run(many.numbers[0], on_progress))
    else:
        yield from play_all(course, many.numbers, many.jobs, many.within_s)


def _numbers(seed: int, seeds: str | None) -> range:
    if seeds is None:
        return range(seed, seed + 1)
    found = _RANGE.fullmatch(seeds.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise typer.BadParameter("a range such as 1..20", param_hint="--seeds")
    return range(first, last + 1)
