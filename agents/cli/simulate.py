"""`hostwatch simulate`: all stages over a practice world in memory, virtual time."""

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from math import inf
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from agents.cli.results import write_result
from agents.errors import UserError

if TYPE_CHECKING:
    from sim.memory.run import Told
    from sim.memory.seeds import Ended, Task
    from sim.memory.summary import Total

_BROKEN: Final = 1
_INTERRUPTED: Final = 130  # 128 + SIGINT, what a shell gives a command ended by Ctrl-C
_RANGE: Final = re.compile(r"(\d+)(?:\.\.(\d+))?")
_LINES_MAX: Final = 20
"""With more seeds than these only those are printed at which something is wrong."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="simulate")(run)


def run(
    scenario: Annotated[str, typer.Option(help="Its name; a wrong one lists them.")] = "storm",
    seed: Annotated[int, typer.Option(min=0, help="Of the world and of what goes wrong.")] = 1,
    seeds: Annotated[str | None, typer.Option(metavar="A..B", help="Several.")] = None,
    days: Annotated[
        float, typer.Option(min=0.1, max=400, help="How long the hotlines report.")
    ] = 5.0,
    rate: Annotated[
        float | None, typer.Option(min=1, max=100_000, help="URLs reported a day.")
    ] = None,
    hosters: Annotated[
        int | None, typer.Option(min=1, help="So many of the scenario's, drawn by the seed.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes, each with a seed.")] = 1,
    within: Annotated[
        float, typer.Option(min=0, metavar="S", help="No seed is begun later than this.")
    ] = inf,
    json: Annotated[
        str | None, typer.Option(metavar="OUT", help="Where the result goes; - = stdout.")
    ] = None,
) -> None:
    """Play a practice world through all stages over a broker in memory, with faults, and judge it.

    Partitions change hands, owners die or stand still at any point between fetch and commit,
    records come twice, late and in another order. Nothing may be lost or doubled; fates, states
    and figures must be those without faults; every (L, R] must be right, and nobody published
    better or worse than it is. Exit code 0: all of it holds with every seed; 1: something does
    not. Ctrl-C ends it with what was done so far.
    """
    from sim.memory.run import Size
    from sim.memory.scenarios import SCENARIOS
    from sim.memory.seeds import Task
    from sim.memory.summary import Total

    if scenario not in SCENARIOS:
        raise UserError(f"--scenario: {scenario} is none of {', '.join(SCENARIOS)}")
    task = Task(scenario=scenario, days=days, size=Size(hosters=hosters, rate=rate))
    total, to_stderr = Total(), json == "-"
    numbers = _numbers(seed, seeds)
    ended = _play(task, _Course(numbers, jobs, within), total, to_stderr=to_stderr)
    if len(numbers) > 1:
        typer.echo(total.line, err=to_stderr)
    first = next((number for number in numbers if number not in ended), None)
    if first is not None:
        typer.echo(f"left: {task.rest(first, numbers[-1])}", err=to_stderr)
    if json is not None:
        write_result(json, total.as_json())
    if total.interrupted:
        raise typer.Exit(_INTERRUPTED)
    raise typer.Exit(0 if total.ok else _BROKEN)


class _Course(NamedTuple):
    """Which seeds are played.

    Attributes:
        numbers: the seeds.
        jobs: processes.
        within_s: no seed is begun later than this after the start.
    """

    numbers: Sequence[int]
    jobs: int
    within_s: float


def _play(task: "Task", course: _Course, total: "Total", *, to_stderr: bool) -> set[int]:
    """Play the seeds, say what they come to, and return those that were played to their end."""
    from rich.console import Console
    from rich.progress import Progress

    began_s, numbers = time.monotonic(), course.numbers
    done: set[int] = set()
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(task.scenario, total=len(numbers))

        def told(share: float) -> None:
            bars.update(bar, completed=share)

        def say(line: str) -> None:
            typer.echo(line, err=to_stderr)

        try:
            with closing(_ended(task, course, told)) as ended:
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
                        say(f"again: {task.again(seed)}")
                    bars.update(bar, completed=len(done))
        except KeyboardInterrupt:
            total.interrupted = True
    total.wall_s = time.monotonic() - began_s
    return done


def _ended(task: "Task", course: _Course, told: "Told") -> Generator["Ended", None, None]:
    """Give the seeds as they end; a single one is played here, so that an error can be read."""
    from sim.memory.seeds import Ended, play_all

    if len(course.numbers) == 1:
        yield Ended(course.numbers[0], task.run(course.numbers[0], told))
    else:
        yield from play_all(task, course.numbers, course.jobs, course.within_s)


def _numbers(seed: int, seeds: str | None) -> range:
    if seeds is None:
        return range(seed, seed + 1)
    found = _RANGE.fullmatch(seeds.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise typer.BadParameter("a range such as 1..20", param_hint="--seeds")
    return range(first, last + 1)
