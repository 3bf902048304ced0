"""`hostwatch judge`: what follows from a history of one URL that a person wrote."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.cli.shared.errors import UserError

if TYPE_CHECKING:
    from streams.history.judge import Told

HISTORY_BYTES_MAX: Final = 4 * 1024 * 1024
"""As much as `streams.history.read` takes; more is not read from the disk."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="judge")(run)


def run(
    history: Annotated[
        Path, typer.Argument(metavar="HISTORY", help="The history, JSON; - = standard input.")
    ],
    *,
    as_of_h: Annotated[
        float | None,
        typer.Option(metavar="H", help="Hour to judge at; default: 1 h after the last event."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Say what follows from the history of one URL by the rules of measurement.

    The file has what happened in hours after a start; schemas/contract/history has its form, and
    docs/examples has a history for every rule.

    Example: hostwatch judge docs/examples/04-removal.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import msgspec

    told = _told(history)
    outcome = told.at(told.as_of(as_of_h))
    text = msgspec.json.encode(outcome)
    typer.echo((text if json else msgspec.json.format(text, indent=2)).decode())


def _told(file: Path) -> "Told":
    from streams.history.judge import opened
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
        return opened(raw)
    except BadHistory as error:
        raise UserError(f"{file}: {error}") from None
