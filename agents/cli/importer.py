"""`hostwatch import FILE ... --hotline ID`: files of records into a hotline's inbox."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from agents.cli.shared.connected import reached, writing
from agents.cli.shared.import_result import ImportResult, Screen, failure_of, result_of, say, write
from agents.cli.shared.results import JsonOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from agents.config import Settings
    from agents.tools.importing.run import ImportRun
    from schemas.records.registry import HotlineEntry

_FAILED: Final = 1


class _Options:
    """What the command was asked for beside the files."""

    def __init__(self, **said: Any) -> None:
        self.hotline: str = said["hotline"]
        self.mapping: Path | None = said["mapping"]
        self.zone: str = said["zone"]
        self.mail_hosts: list[str] = said["mail_hosts"]
        self.probing: bool | None = said["probing"]
        self.watch: bool = said["watch"]
        self.wait: bool = said["wait"] and not said["watch"]
        self.idle_s: float = said["idle_s"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(run)


def run(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files and folders; plain or gzip.")
    ],
    *,
    hotline: Annotated[
        str, typer.Option(metavar="ID", help="The hotline that the records belong to.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="What the columns of the hotline's own CSV are."),
    ] = None,
    zone: Annotated[
        str, typer.Option(metavar="NAME", help="Zone of times without one: Europe/Amsterdam.")
    ] = "",
    mail_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Your own mail server; receipts of others are refused."),
    ] = None,
    probe: Annotated[
        bool | None,
        typer.Option(
            "--probe/--no-probing",
            help="Let the reported URLs be probed, or keep them unresolved and unprobed for good.",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and take files as they come to the folders.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the outcomes.")] = True,
    idle_s: Annotated[
        float,
        typer.Option(min=1, help="Stop waiting when no outcome has come for so many seconds."),
    ] = 15.0,
    json: JsonOption = None,
) -> None:
    """Write the records of files to a hotline's inbox, and wait for their outcomes.

    The same file again goes on where the first run ended, and counts no record twice. Before URLs
    of a new kind of file are probed it says how many, and goes on with --probe alone.

    Example: hostwatch import records.jsonl --hotline example-hotline --probe

    Exit codes: 0 done; 1 there are no records, all were refused, or a file cannot be read; 2 a
    mistake, named in one line.
    """
    from agents.process.log import hear_kafka_client

    if watch:
        hear_kafka_client()
    options = _Options(
        hotline=hotline,
        mapping=mapping,
        zone=zone,
        mail_hosts=mail_host or [],
        probing=probe,
        watch=watch,
        wait=wait,
        idle_s=idle_s,
    )
    with reached():
        done = asyncio.run(_import(writing(ctx), files, options))
    if json is not None:
        write(json, result_of(done.total, done.settled))
    if json != "-":
        say(done.total, done.settled)
    if failure := failure_of(done):
        typer.echo(f"hostwatch: {failure}", err=True)
        raise typer.Exit(_FAILED)


async def _import(settings: "Settings", paths: list[Path], options: _Options) -> ImportResult:

    from rich.console import Console
    from rich.progress import Progress

    from agents.edges.files.reading import using
    from agents.engine.produce.outbox import KafkaOutbox
    from agents.errors import UserError
    from agents.tools.importing.folders import files_of
    from agents.tools.importing.inbox import read_inbox
    from agents.tools.importing.outcomes import await_outcomes
    from agents.tools.importing.run import ImportRun

    entry = await _check(settings, options.hotline)
    inbox = await read_inbox(settings, options.hotline, notices=bool(options.mail_hosts))
    read_with = using(options.mapping, options.zone, options.mail_hosts, inbox.noticed)
    files = [] if options.watch else files_of(paths)
    if options.watch and not all(path.is_dir() for path in paths):
        raise UserError("--watch takes folders")
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        with Progress(console=Console(stderr=True)) as bars:
            run = ImportRun(
                settings=settings,
                hotline=options.hotline,
                outbox=outbox,
                using=read_with,
                probing=entry.probing and options.probing is not False,
                may_probe=_asked(options, bars),
                told=Screen(bars, single=len(files) == 1 and not options.watch),
                inbox=inbox,
            )
            if options.watch:
                await _watch(run, paths)
            await run.take(files)
            if not options.wait:
                return ImportResult(run.total, None, run.failed)
            bar = bars.add_task("settled", total=None)
            settled = await await_outcomes(
                settings,
                await run.imported(),
                options.idle_s,
                lambda done, total: bars.update(bar, completed=done, total=total),
            )
            return ImportResult(run.total, settled, run.failed)
    finally:
        await outbox.stop()


async def _watch(run: "ImportRun", folders: list[Path]) -> None:
    """Take files as they come until the process is told to end."""
    import signal

    from agents.tools.importing.folders import watched

    async def work() -> None:
        async for files in watched(folders):
            if run.using.mail_hosts:
                await run.refresh()
            await run.take(files)
            run.digests.clear()  # nobody waits for their outcomes

    told = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, told.set)
    working, ending = asyncio.create_task(work()), asyncio.create_task(told.wait())
    await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        ending.cancel()
        await working  # says why it ended
    working.cancel()
    await asyncio.wait((working,))


def _asked(options: _Options, bars: "Progress") -> "Callable[[int, str], bool]":
    """Return what is asked before URLs are probed for the first time."""

    def may_probe(urls: int, format: str) -> bool:
        said = f"{urls} URLs of hotline {options.hotline} are going to be resolved and probed"
        if options.probing or (sys.stdin.isatty() and not options.watch):
            bars.stop()
            typer.echo(f"{said}, the first of its {format} files", err=True)
            return bool(options.probing) or typer.confirm("Go on?", err=True)
        return False

    return may_probe


async def _check(settings: "Settings", hotline: str) -> "HotlineEntry":
    from agents.edges.registry.reader import read_registry
    from agents.errors import UserError
    from agents.spelling import meant
    from schemas.records.registry import HotlineEntry

    registry_history = await read_registry(settings)
    entry = registry_history.newest("hotline", hotline)
    if isinstance(entry, HotlineEntry):
        return entry
    known = meant(
        hotline, {one.id for one in registry_history.all_newest() if isinstance(one, HotlineEntry)}
    )
    raise UserError(
        f"the registry knows no hotline {hotline}{known}: add it to your TOML file"
        " and run `hostwatch registry apply`"
    )
