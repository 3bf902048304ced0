"""`hostwatch topics plan|apply|acls|migrate`: the topics on the broker, and who may what."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.context import settings_of

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.edges.acl import Grant
    from agents.edges.admin import Change
    from agents.migrate import Migrated

_DIFFERS = 1

_app = typer.Typer(no_args_is_help=True, help="The topics on the broker.")
_Hotlines = Annotated[
    list[str] | None,
    typer.Option("--hotline", metavar="ID", help="A hotline's inbox; default: the registry's."),
]
_Vantages = Annotated[
    list[str] | None,
    typer.Option("--vantage", metavar="ID", help="A vantage's orders; default: the settings'."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="topics")


@_app.command()
def plan(ctx: typer.Context, hotline: _Hotlines = None, vantage: _Vantages = None) -> None:
    """Show what `apply` would do; exit code 1 if anything."""
    from agents.edges import admin

    settings = _settings(ctx, vantage)
    changes = asyncio.run(
        admin.plan(settings, admin.wanted(settings, _hotlines(settings, hotline)))
    )
    _show(changes)
    if changes:
        raise typer.Exit(_DIFFERS)


@_app.command()
def apply(ctx: typer.Context, hotline: _Hotlines = None, vantage: _Vantages = None) -> None:
    """Create and alter topics until they are as they must be."""
    from agents.edges import admin

    settings = _settings(ctx, vantage)
    wanted = admin.wanted(settings, _hotlines(settings, hotline))
    _show(asyncio.run(admin.apply(settings, wanted)))


@_app.command()
def acls(
    ctx: typer.Context,
    hotline: _Hotlines = None,
    vantage: _Vantages = None,
    give: Annotated[
        bool, typer.Option("--apply", help="Give them; else they are only shown.")
    ] = False,
) -> None:
    """Show the rights of the workers, the desk and each hotline at the broker.

    With --apply those that lack are given, and others of the same users are taken back. Where
    hotlines or vantages are named, rights are only given: the list is not whole then.
    """
    from rich.console import Console
    from rich.table import Table

    from agents.edges import acl

    settings = _settings(ctx, vantage)
    found = acl.grants(settings, _hotlines(settings, hotline), _over(settings, hotline))
    table = Table("user", "what", "name", "may")
    for grant in found:
        name = grant.name + "*" if grant.prefixed else grant.name
        table.add_row(grant.user, grant.kind.name.lower(), name, grant.operation.name.lower())
    Console().print(table)
    if give:
        asyncio.run(acl.allow(settings, found))
        typer.echo(f"{len(found)} rights are given")
        if not (hotline or vantage):
            asyncio.run(_take_back(settings, found))


async def _take_back(settings: "Settings", wanted: "list[Grant]") -> None:
    from agents.edges.surplus import surplus, take_back

    held = await surplus(settings, wanted)
    await take_back(settings, held)
    for one in held:
        user, kind, name, operation = one.words()
        typer.echo(f"taken back from {user}: {operation} on {kind} {name}")


@_app.command()
def migrate(
    ctx: typer.Context,
    *,
    from_prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="Where the old ledger stands; '' = no prefix.")
    ],
    to_prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="Where the new one goes; '' = no prefix.")
    ],
    keep: Annotated[bool, typer.Option("--keep", help="Leave the old ledger where it is.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is removed.")] = False,
) -> None:
    """Copy a ledger to another topic prefix in this release's records, verify, remove the old one.

    Stop all workers first. A run that was stopped goes on where it was: give the command again.
    Example: hostwatch topics migrate --from-prefix '' --to-prefix v2.
    """
    from agents.cli.connected import reached

    if from_prefix == to_prefix:
        raise typer.BadParameter("the two are the same", param_hint="--to-prefix")
    settings = _settings(ctx, None)
    if not keep and not yes:
        typer.confirm("Remove the old ledger once the copy is verified?", abort=True)
    with reached():
        done = asyncio.run(_migrate(settings, from_prefix, to_prefix, keep=keep))
    for topic, count in done.records.items():
        typer.echo(f"{topic:<16}{count:>14,} records")
    typer.echo(f"{done.urls:,} URLs and {done.cases:,} cases agree in both ledgers")
    if done.unreadable:
        typer.echo(f"{done.unreadable:,} records are none, and stand in the copy as they were")
    typer.echo(
        f"{len(done.removed)} old topics removed" if done.removed else "the old ledger stays"
    )
    typer.echo(f'now set kafka.topic_prefix = "{to_prefix}"')


async def _migrate(
    settings: "Settings", from_prefix: str, to_prefix: str, *, keep: bool
) -> "Migrated":
    from rich.console import Console
    from rich.progress import Progress

    from agents.migrating import migrated

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("migrating", total=None)

        def say(step: str, done: int, total: int) -> None:
            bars.update(bar, description=step, completed=done, total=total)

        return await migrated(settings, (from_prefix, to_prefix), say, keep=keep)


def _settings(ctx: typer.Context, vantages: list[str] | None) -> "Settings":
    from agents.config import VantageSettings
    from agents.edges.broker import bootstrap_of

    settings = settings_of(ctx)
    kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap_of(settings)})
    update: dict[str, object] = {"kafka": kafka}
    if vantages:
        for name in vantages:
            _check_id("--vantage", name)
        update["vantages"] = tuple(VantageSettings(id=name) for name in vantages)
    return settings.model_copy(update=update)


def _hotlines(settings: "Settings", named: list[str] | None) -> list[str]:
    from agents.edges.hotlines import hotlines_of_registry

    if named:
        for name in named:
            _check_id("--hotline", name)
        return named
    return asyncio.run(hotlines_of_registry(settings))


def _over(settings: "Settings", named: list[str] | None) -> frozenset[str]:
    """Return the hotlines that have ended; one that is named by hand has not."""
    from agents.edges.hotlines import ended, entries_of_registry

    entries = [] if named else asyncio.run(entries_of_registry(settings))
    return ended(entries, settings.clock.clock().now())


def _check_id(option: str, text: str) -> None:
    import re

    from agents.config import ID

    if not re.fullmatch(ID, text):
        raise typer.BadParameter(
            "an id has lower-case letters, digits and dashes", param_hint=option
        )


def _show(changes: "list[Change]") -> None:
    from rich.console import Console
    from rich.table import Table

    if not changes:
        typer.echo("every topic is as it must be")
        return
    table = Table("topic", "action", "what", "present", "wanted")
    for change in changes:
        table.add_row(change.topic, change.action, change.what, change.present, change.wanted)
    Console().print(table)
