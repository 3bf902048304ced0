"""`hostwatch judge`: what follows from a history of one URL that a person wrote."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.cli.shared.connected import connected, reached
from agents.errors import UserError

if TYPE_CHECKING:
    from schemas.moments import Instant
    from streams.history.judge import ReadHistory

HISTORY_BYTES_MAX: Final = 4 * 1024 * 1024
"""As much as `streams.history.read` takes; more is not read from the disk."""

SHUFFLES_MAX: Final = 100_000

HOURS_MAX: Final = 1_000_000
"""A century, which no case outlives."""

_DIFFERS: Final = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="judge")(run)


def run(
    ctx: typer.Context,
    history: Annotated[
        Path | None,
        typer.Argument(metavar="HISTORY", help="The history, JSON; - = standard input."),
    ] = None,
    *,
    as_of_h: Annotated[
        float | None,
        typer.Option(
            metavar="H",
            min=0,
            max=HOURS_MAX,
            help="Hour to judge at; default: 1 h after the last event.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    shuffle: Annotated[
        int,
        typer.Option(
            min=0, max=SHUFFLES_MAX, metavar="N", help="Fold the records in N orders and batches."
        ),
    ] = 0,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare with the second program's reading.")
    ] = False,
    from_ledger: Annotated[
        str | None,
        typer.Option(
            metavar="CASE_ID",
            help="Write a real case's history, its URL left out; judge none.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Only with --from-ledger: a new file for the history."),
    ] = None,
) -> None:
    """Say what follows from the history of one URL by the rules of measurement.

    The file has what happened, in hours after a start; schemas/contract/history has its form, and
    docs/examples a history for every rule. Without --json each change is a line: when, whose case,
    what, and in brackets the number of the rule in docs/measurement.md.

    Example: hostwatch judge docs/examples/04-removal.json --shuffle 100 --verify

    Exit codes: 0 done, and all agree; 1 orders or the second reading differ; 2 a mistake, named in
    one line.
    """
    if from_ledger is not None:
        if history is not None or shuffle or verify or json or as_of_h is not None:
            raise UserError(
                "--from-ledger judges nothing: give it --out FILE alone, then judge that file"
            )
        _write(ctx, from_ledger, out)
        return
    if out is not None:
        raise UserError("--out takes the history that --from-ledger names")
    if history is None:
        raise UserError("name the file of a history, or a case by --from-ledger")
    told = _told(history)
    as_of = told.as_of(as_of_h)
    _show(told, as_of, json=json)
    agree = _agree(told, as_of, shuffle, second=verify)
    raise typer.Exit(0 if agree else _DIFFERS)


def _told(file: Path) -> "ReadHistory":
    from streams.history.judge import decoded
    from streams.history.read import BadHistory

    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(HISTORY_BYTES_MAX + 1)
        else:
            with file.open("rb") as stream:
                raw = stream.read(HISTORY_BYTES_MAX + 1)
    except OSError:
        raise UserError(f"{file}: there is no such file, or it cannot be read") from None
    try:
        return decoded(raw)
    except BadHistory as error:
        raise UserError(f"{file}: {error}") from None


def _show(told: "ReadHistory", as_of: "Instant", *, json: bool) -> None:
    import msgspec

    if json:
        typer.echo(msgspec.json.encode(told.at(as_of)).decode())
        return
    from streams.history.timeline import lines

    for line in lines(told, as_of):
        typer.echo(line)


def _agree(told: "ReadHistory", as_of: "Instant", times: int, *, second: bool) -> bool:
    """Say on standard error whether all orders and the second reading agree."""
    agree = True
    if times:
        from streams.history.shuffle import disagreeing

        wrong = disagreeing(told.known(as_of), times)
        agree = not wrong
        numbers = ", ".join(map(str, wrong[:10]))
        typer.echo(
            f"{len(wrong)} of {times} orders give another state: {numbers}"
            if wrong
            else f"all {times} orders give the same state",
            err=True,
        )
    if second:
        from agents.tools.judge import second_reading

        found = second_reading(told, as_of)
        for one in found:
            said = f"{one.case} {one.what}".strip()
            typer.echo(f"{said}: fold {one.fold}, second reading {one.second}", err=True)
        typer.echo(
            f"the second reading differs in {len(found)} values"
            if found
            else "the second reading agrees",
            err=True,
        )
        agree = agree and not found
    return agree


def _write(ctx: typer.Context, case_id: str, file: Path | None) -> None:
    """Write the history of a real case, to a new file or to standard output."""
    import msgspec

    from agents.tools.judge import case_history

    if file is not None and file.exists():
        raise UserError(f"--out: {file} is there already; name another file")
    settings = connected(ctx)
    with reached():
        found = asyncio.run(case_history(settings, case_id))
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    if file is None:
        typer.echo(text)
        return
    try:
        with file.open("x") as stream:
            stream.write(text + "\n")
    except OSError:
        raise UserError(f"--out: {file} cannot be written") from None
