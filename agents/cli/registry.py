"""`hostwatch registry apply|show|suggest`: hosters, hotlines, norms, methods, inclusion."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.results import (
    JsonOption,
    result_file,
    wrapping_table,
    write_json,
    write_result,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table as RichTable

    from agents.config import Settings
    from schemas.records.registry import Registry
    from streams.schedule.inclusion_suggestion import InclusionSuggestion

_app = typer.Typer(
    no_args_is_help=True,
    help="Write and show hosters, hotlines, norms, methods and inclusion probabilities.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="registry")


RequestsPerProbe = Annotated[
    float, typer.Option(min=1, help="HEAD requests that one probe takes, redirects included.")
]
SuggestionsOut = Annotated[
    str | None,
    typer.Option(
        metavar="OUT", callback=result_file, help="A file for `registry apply`; - = stdout."
    ),
]


@_app.command()
def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="TOML, see deploy/hosters.example.toml; or JSON.")],
) -> None:
    """Write the new and changed entries of FILE to the registry.

    They hold from 10 min later, or at once while the ledger is empty.

    Example: hostwatch registry apply hosters.toml

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.registry.registry_file import RegistryFileError, parse
    from schemas.moments import rfc3339

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RegistryFileError(f"{file}: cannot be read as a text file") from None
    try:
        entries = parse(text)
        with reached():
            written = asyncio.run(_apply(writing(ctx), entries))
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
def show(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show the newest version of every registry entry.

    Example: hostwatch registry show

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.registry.reader import read_registry

    with reached():
        entries = asyncio.run(read_registry(connected(ctx))).all_newest()
    if json is not None:
        write_json(json, entries)
        return
    _table(entries)


@_app.command()
def suggest(
    ctx: typer.Context,
    *,
    requests_per_look: RequestsPerProbe = 1.0,
    json: SuggestionsOut = None,
) -> None:
    """Suggest inclusion probabilities for hosters with more cases than can be probed on time.

    Nothing is written to the registry: `hostwatch registry apply OUT` does that.

    Example: hostwatch registry suggest --json inclusion.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from rich.console import Console

    from agents.edges.registry.registry_file import written
    from schemas.records.registry import InclusionEntry

    settings = connected(ctx)
    per_minute = settings.probe.requests_per_minute / requests_per_look
    console = Console(stderr=json == "-")
    with reached():
        suggestions = asyncio.run(_suggested(settings, per_minute))
    if json is not None:
        entries = (
            InclusionEntry(
                id=one.hoster, version=1, valid_from=0, probability=one.probability, seed=one.seed
            )
            for one in suggestions
        )
        write_result(json, written(entries))
    if not suggestions:
        console.print("no hoster has more probes planned than politeness allows")
        return
    console.print(_table_of(suggestions))


@_app.command(hidden=True, deprecated=True)
def propose(
    ctx: typer.Context,
    *,
    requests_per_look: RequestsPerProbe = 1.0,
    json: SuggestionsOut = None,
) -> None:
    """Suggest inclusion probabilities: the older name of `registry suggest`.

    Example: hostwatch registry propose --json inclusion.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    suggest(ctx, requests_per_look=requests_per_look, json=json)


async def _suggested(settings: "Settings", per_minute: float) -> "list[InclusionSuggestion]":
    from rich.console import Console
    from rich.progress import Progress

    from agents.edges.registry.reader import read_registry
    from agents.tools.inclusion import open_cases
    from schemas.records.registry import InclusionEntry
    from streams.schedule.inclusion_suggestion import suggest as suggestions_for

    held = {
        entry.id: entry
        for entry in (await read_registry(settings)).all_newest()
        if isinstance(entry, InclusionEntry)
    }
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("reading cases", total=None)
        cases = await open_cases(settings, lambda count: bars.update(bar, completed=count))
    return suggestions_for(cases, held, per_minute, settings.probe.cross_check_share)


def _table_of(suggestions: "Iterable[InclusionSuggestion]") -> "RichTable":

    table = wrapping_table(
        "hoster",
        "open cases",
        "requests in the busiest hour",
        "allowed",
        "now",
        "suggested",
        "sample",
    )
    for one in suggestions:
        room = ", more than there is room for" if one.tight else ""
        table.add_row(
            one.hoster,
            f"{one.open:,}",
            f"{one.planned:,}",
            f"{one.allowed:,}",
            f"{one.held:g}",
            f"{one.probability:g}",
            f"{one.sampled:,}{room}",
        )
    return table


async def _apply(settings: "Settings", entries: "list[Registry]") -> "list[Registry]":
    from agents.engine.produce.outbox import KafkaOutbox
    from agents.tools.apply_registry import apply_entries

    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        return await apply_entries(settings, entries, outbox)
    finally:
        await outbox.stop()


def _table(entries: "Iterable[Registry]") -> None:
    from rich.console import Console

    from schemas.moments import rfc3339
    from streams.registry.snapshot import kind_of

    table = wrapping_table("kind", "id", "version", "holds from", "what", whole=2)
    for entry in entries:
        held = rfc3339(entry.valid_from) if entry.valid_from else "the start"
        what = _what(entry) + _end(entry)
        table.add_row(kind_of(entry), entry.id, str(entry.version), held, what)
    Console().print(table)


def _end(entry: "Registry") -> str:
    from schemas.moments import rfc3339

    until: int | None = getattr(entry, "until", None)  # methods have none
    return "" if until is None else f"; until {rfc3339(until)}"


def _what(entry: "Registry") -> str:
    from schemas.records.registry import (
        HosterEntry,
        HotlineEntry,
        InclusionEntry,
        MethodEntry,
        NormEntry,
        PersonEntry,
    )

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
        case PersonEntry():
            return f"{entry.name}, key {entry.public_key[:16]}"
