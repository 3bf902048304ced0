"""`hostwatch simulate`: the rules of all stages over a practice world in memory, virtual time."""

import re
import time
from typing import Annotated, Final

import typer

from agents.cli.results import write_result
from agents.errors import UserError

_BROKEN: Final = 1
_RANGE: Final = re.compile(r"(\d+)\.\.(\d+)")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="simulate")(run)


def run(
    scenario: Annotated[str, typer.Option(help="calm, storm or dominant.")] = "storm",
    seed: Annotated[int, typer.Option(min=0, help="Of the world and of what goes wrong.")] = 1,
    seeds: Annotated[
        str | None, typer.Option(metavar="A..B", help="Several, one after the other.")
    ] = None,
    days: Annotated[
        float, typer.Option(min=0.1, max=400, help="How long the hotlines report.")
    ] = 5.0,
    json: Annotated[
        str | None, typer.Option(metavar="OUT", help="Where the result goes; - = stdout.")
    ] = None,
) -> None:
    """Play a practice world through the rules of all stages, and hold it against the truth.

    Nothing lost, nothing doubled, every (L, R] right, nobody published better or worse than it is,
    and the same states when the ledger is folded again in another order. Exit code 0: all of
    it holds for every seed; 1: something does not.
    """
    from sim.memory.run import play
    from sim.memory.scenarios import SCENARIOS
    from sim.memory.summary import Total, line

    chosen = SCENARIOS.get(scenario)
    if chosen is None:
        raise UserError(f"--scenario: {scenario} is none of {', '.join(SCENARIOS)}")
    total = Total()
    for number in _numbers(seed, seeds):
        began = time.monotonic()
        played = play(chosen, number, days)
        total.add(played, days, time.monotonic() - began)
        typer.echo(line(number, played), err=json == "-")
        if not played.ok:
            again = f"hostwatch simulate --scenario {scenario} --seed {number} --days {days:g}"
            typer.echo(f"again: {again}", err=json == "-")
    if json is not None:
        write_result(json, total.as_json())
    raise typer.Exit(0 if total.ok else _BROKEN)


def _numbers(seed: int, seeds: str | None) -> range:
    if seeds is None:
        return range(seed, seed + 1)
    found = _RANGE.fullmatch(seeds.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise typer.BadParameter("a range such as 1..20", param_hint="--seeds")
    return range(int(found[1]), int(found[2]) + 1)
