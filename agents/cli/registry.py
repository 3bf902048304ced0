"""`hostwatch registry apply|show`: hosters, hotlines, norms and methods."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.connected import connected, reached

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.config import Settings
    from schemas.registry import Registry

_app = typer.Typer(no_args_is_help=True, help="Hosters, hotlines, norms and methods.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="registry")


@_app.command()
def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="TOML; deploy/hosters.example.toml shows how.")],
) -> None:
    """Write what is new in FILE; it holds in 10 min, or at once while the ledger is empty."""
    from agents.edges.registry_file import RegistryFileError, parse
    from schemas.moments import rfc3339

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RegistryFileError(f"{file}: cannot be read as a text file") from None
    try:
        entries = parse(text)
        with reached():
            written = asyncio.run(_apply(connected(ctx), entries))
    except RegistryFileError as error:
        lines = (f"{file}: {line}" for line in str(error).splitlines())
        raise RegistryFileError("\n".join(lines)) from None
    if not written:
        typer.echo("nothing has changed")
        return
    _table(written)
    held = written[0].valid_from
    typer.echo(f"{len(written)} written; they hold from {rfc3339(held) if held else 'the start'}")


@_app.command()
def show(ctx: typer.Context) -> None:
    """Show the newest version of every entry."""
    from agents.edges.registry import read_book

    with reached():
        book = asyncio.run(read_book(connected(ctx)))
    _table(book.all_newest())


async def _apply(settings: "Settings", entries: "list[Registry]") -> "list[Registry]":
    from agents.engine.outbox import KafkaOutbox
    from agents.registry import apply_entries

    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        return await apply_entries(settings, entries, outbox)
    finally:
        await outbox.stop()


def _table(entries: "Iterable[Registry]") -> None:
    from rich.console import Console
    from rich.table import Table

    from schemas.moments import rfc3339
    from streams.registry import kind_of

    table = Table("kind", "id", "version", "holds from", "what")
    for entry in entries:
        held = rfc3339(entry.valid_from) if entry.valid_from else "the start"
        table.add_row(kind_of(entry), entry.id, str(entry.version), held, _what(entry))
    Console().print(table)


def _what(entry: "Registry") -> str:
    from schemas.registry import HosterEntry, HotlineEntry, InclusionEntry, MethodEntry, NormEntry

    match entry:
        case HosterEntry():
            return f"{entry.name} ({entry.type}, {entry.country}, {len(entry.asns)} networks)"
        case HotlineEntry():
            return f"{entry.name} ({entry.mode}, norms of {entry.jurisdiction})"
        case NormEntry():
            return f"{', '.join(f'{norm / 3_600:g} h' for norm in sorted(entry.norms_s))}"
        case MethodEntry():
            return entry.summary
        case InclusionEntry():
            return f"{entry.probability:g}"
