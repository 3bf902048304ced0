"""Writes what a command found: a table on the terminal, or to where `--json` or `--out` says."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.errors import UserError
from agents.process.held_keys import holds_keys

if TYPE_CHECKING:
    from rich.table import Table


def result_file(out: str | None) -> str | None:
    """Return where a result is to go; the command has not begun, so no work is lost.

    Raises:
        UserError: nothing can be written there, or it holds keys.
    """
    if out is None or out == "-":
        return out
    file = Path(out)
    try:
        held = holds_keys(file)
    except OSError:
        raise UserError(f"{out} cannot be written") from None
    if held:
        raise UserError(f"{out} holds keys and is not replaced: name another file")
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UserError(f"{out} cannot be written")
    return out


JsonOption = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="OUT", callback=result_file, help="Result as JSON; - = standard output."
    ),
]


def write_result(out: str, text: bytes) -> None:
    """Write a result to a file, or to standard output if that is `-`.

    Raises:
        UserError: the file cannot be written, or it holds keys, which nobody could make anew.
    """
    if out == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
        return
    result_file(out)
    try:
        Path(out).write_bytes(text)
    except OSError:
        raise UserError(f"{out} cannot be written") from None


def write_json(out: str, found: object) -> None:
    """Write what a command found as indented JSON, in the same places.

    Raises:
        UserError: what `write_result` raises.
    """
    import msgspec

    write_result(out, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def wrapping_table(*headers: str, whole: int = 1) -> "Table":
    """Return a table that shows all of each value, over several lines where it must.

    Args:
        headers: of its columns.
        whole: so many of the first ones never break, because an id is copied from there.
    """
    from rich.table import Column, Table

    return Table(
        *(Column(one, no_wrap=True) for one in headers[:whole]),
        *(Column(one, overflow="fold") for one in headers[whole:]),
    )
