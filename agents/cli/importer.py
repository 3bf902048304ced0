"""`hostwatch import FILE --hotline ID`: a file of records into a hotline's inbox."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from agents.cli.shared.connected import reached, writing

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.importer import Imported, Settled

_FAILED: Final = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(run)


def run(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Records, one a line; plain or gzip.")],
    *,
    hotline: Annotated[
        str, typer.Option(metavar="ID", help="The hotline that the records belong to.")
    ],
    wait: Annotated[bool, typer.Option(help="Wait for the outcomes.")] = True,
    idle_s: Annotated[
        float,
        typer.Option(min=1, help="Stop waiting when no outcome has come for so many seconds."),
    ] = 15.0,
    json: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Result as JSON; - = standard output.")
    ] = None,
) -> None:
    """Write the records of FILE to a hotline's inbox, and wait for their outcomes.

    The same file again goes on where the first run ended, and counts no record twice.

    Example: hostwatch import records.jsonl --hotline example-hotline

    Exit codes: 0 done; 1 the file has no records, or all were quarantined; 2 a mistake, named
    in one line.
    """
    with reached():
        imported, settled = asyncio.run(_import(writing(ctx), file, hotline, wait, idle_s))
    if json is not None:
        _write(json, _result(imported, settled))
    if json is None or str(json) != "-":
        _say(imported, settled)
    failure = _failure(imported, settled)
    if failure:
        typer.echo(f"hostwatch: {failure}", err=True)
        raise typer.Exit(_FAILED)


def _failure(imported: "Imported", settled: "Settled | None") -> str:
    """Return why an import that went through is none; empty = it is one."""
    records = imported.sent + imported.found
    if not records:
        return "the file has no records: nothing was handed in"
    if settled is not None and settled.quarantined.total() == records:
        return "all records of the file were refused: docs/operator.md, Quarantine, says why"
    return ""


async def _import(
    settings: "Settings", file: Path, hotline: str, wait: bool, idle_s: float
) -> "tuple[Imported, Settled | None]":
    from rich.console import Console
    from rich.progress import Progress

    from agents.engine.produce.outbox import KafkaOutbox
    from agents.tools.importer import await_outcomes, import_file

    await _check(settings, hotline)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        with Progress(console=Console(stderr=True)) as bars:
            bar = bars.add_task("handed in", total=None)
            imported = await import_file(
                settings,
                file,
                hotline,
                outbox,
                lambda done, total: bars.update(bar, completed=done, total=total),
            )
            if not wait:
                return imported, None
            second = bars.add_task("settled", total=None)
            settled = await await_outcomes(
                settings,
                imported,
                idle_s,
                lambda done, total: bars.update(second, completed=done, total=total),
            )
            return imported, settled
    finally:
        await outbox.stop()


async def _check(settings: "Settings", hotline: str) -> None:
    from agents.edges.registry.reader import read_registry
    from agents.errors import UserError
    from agents.spelling import meant
    from schemas.records.registry import HotlineEntry

    book = await read_registry(settings)
    if book.newest("hotline", hotline) is None:
        known = meant(
            hotline, {one.id for one in book.all_newest() if isinstance(one, HotlineEntry)}
        )
        raise UserError(
            f"the registry knows no hotline {hotline}{known}: add it to your TOML file"
            " and run `hostwatch registry apply`"
        )


def _result(imported: "Imported", settled: "Settled | None") -> dict[str, Any]:
    result: dict[str, Any] = {"sent": imported.sent, "found": imported.found}
    if settled is not None:
        result |= {
            "accepted": settled.accepted,
            "duplicate": settled.duplicate,
            "quarantined": dict(sorted(settled.quarantined.items())),
            "doubted": settled.doubted,
            "outstanding": settled.outstanding,
        }
    return result


def _write(target: Path, result: dict[str, Any]) -> None:
    import msgspec

    from agents.errors import UserError

    text = msgspec.json.encode(result).decode()
    if str(target) == "-":
        typer.echo(text)
        return
    try:
        target.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"--json: {target} cannot be written ({error.strerror})") from None


def _say(imported: "Imported", settled: "Settled | None") -> None:
    typer.echo(f"handed in {imported.sent}; {imported.found} were in the inbox already")
    if settled is None:
        typer.echo("outcomes follow as a worker takes them in")
        return
    typer.echo(f"accepted     {settled.accepted}")
    typer.echo(f"duplicate    {settled.duplicate}")
    typer.echo(f"quarantined  {settled.quarantined.total()}")
    for reason, count in sorted(settled.quarantined.items()):
        typer.echo(f"  {reason:<15} {count}")
    if settled.doubted:
        typer.echo(f"doubted      {settled.doubted} of these: their ids may lack the first digits")
    if settled.outstanding:
        typer.echo(
            f"{settled.outstanding} have no outcome yet: no intake seems to run;"
            " outcomes follow when `hostwatch worker` does"
        )
