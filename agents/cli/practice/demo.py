"""`hostwatch demo`: the whole pipeline on a practice world whose truth is known."""

import asyncio
import re
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from agents.cli.shared.results import JsonOption, write_result

_DIFFERS: Final = 1
_NAME_WIDTH: Final = 16
_SPAN: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|h)?")
_UNITS_S: Final = {None: 1, "s": 1, "m": 60, "h": 3_600}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="demo")(run)


def run(
    span: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="Wall time, such as 90s or 2m; else Ctrl-C."),
    ] = None,
    speed: Annotated[
        float, typer.Option(min=1, max=100_000, help="World seconds per second of wall time.")
    ] = 3_600.0,
    kill_worker_every: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="kill -9 the worker this often and start it again."),
    ] = None,
    scenario: Annotated[
        str, typer.Option(metavar="NAME", help="What happens; `list` names them all.")
    ] = "calm",
    hosters: Annotated[
        int | None,
        typer.Option(metavar="N", min=3, help="Number of hosters; default: the scenario's."),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="R", min=1, help="Mean number of URLs reported per wall minute."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the practice world.")] = 1,
    json: JsonOption = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="An empty folder to keep; default: a temporary one."),
    ] = None,
) -> None:
    """Run a practice world of honest and cheating hosters, and compare the figures with the truth.

    Keys while it runs: p pauses the hotlines, b makes a hoster stop removing, k kills the
    worker, q ends the world.

    Example: hostwatch demo --for 2m

    Exit codes: 0 measured and true agree, and no hoster gained by cheating; 1 not so; 2 a
    mistake, named in one line.
    """
    from rich.console import Console

    from sim.demo.demo_settings import DemoOptions, prepared
    from sim.demo.run import run as play
    from sim.demo.summary import as_json

    options = DemoOptions(
        speed=speed,
        seed=seed,
        run_s=_seconds(span, "--for"),
        kill_every_s=_seconds(kill_worker_every, "--kill-worker-every"),
        scenario=_known(scenario),
        hosters=_fitting(hosters),
        rate=rate,
    )
    console = Console(stderr=json == "-")
    folder = prepared(data or Path(tempfile.mkdtemp(prefix="hostwatch-demo-")))
    try:
        run_report = asyncio.run(play(options, folder, console))
    except asyncio.CancelledError:
        _discard(folder.path, data)
        raise KeyboardInterrupt from None
    _discard(folder.path, data)
    if json is not None:
        write_result(json, as_json(run_report))
    raise typer.Exit(0 if run_report.ok else _DIFFERS)


def _list() -> NoReturn:
    from sim.live.planning import LIVE

    for name, scenario in LIVE.items():
        typer.echo(f"{name:<{_NAME_WIDTH}}{scenario.says}")
    raise typer.Exit


def _known(scenario: str) -> str:
    from sim.live.planning import LIVE

    if scenario == "list":
        _list()
    if scenario not in LIVE:
        names = ", ".join(LIVE)
        raise typer.BadParameter(f"one of {names}", param_hint="--scenario")
    return scenario


def _fitting(hosters: int | None) -> int | None:
    from sim.live.cast import MOST

    if hosters is not None and hosters > MOST:
        raise typer.BadParameter(f"at most {MOST}", param_hint="--hosters")
    return hosters


def _discard(folder: Path, kept: Path | None) -> None:
    """Remove a scratch folder; one with the logs of a failure stays, since nobody comes here."""
    if kept is None:
        shutil.rmtree(folder, ignore_errors=True)


def _seconds(span: str | None, option: str) -> float | None:
    if span is None:
        return None
    found = _SPAN.fullmatch(span.strip())
    if found is None or not float(found[1]):
        raise typer.BadParameter("a time such as 90s, 2m or 1h", param_hint=option)
    return float(found[1]) * _UNITS_S[found[2]]
