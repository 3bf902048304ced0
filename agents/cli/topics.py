"""`hostwatch topics plan|apply|acls|migrate`: the topics on the broker, and who may what."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.context import settings_of
from agents.cli.shared.results import JsonOption, wrapping_table, write_json

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.edges.kafka.acl import Grant
    from agents.edges.kafka.topic_admin import TopicChange
    from agents.tools.migration.migrate import Migrated

_DIFFERS = 1

_app = typer.Typer(
    no_args_is_help=True, help="Create the topics on the broker, and grant rights to them."
)
_Hotlines = Annotated[
    list[str] | None,
    typer.Option("--hotline", metavar="ID", help="Hotline with an inbox; default: the registry's."),
]
_Vantages = Annotated[
    list[str] | None,
    typer.Option("--vantage", metavar="ID", help="Vantage with orders; default: the settings'."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="topics")


@_app.command()
def plan(
    ctx: typer.Context,
    hotline: _Hotlines = None,
    vantage: _Vantages = None,
    *,
    json: JsonOption = None,
) -> None:
    """Show the difference between the topics wanted and those on the broker.

    Example: hostwatch topics plan

    Exit codes: 0 no difference; 1 a difference that `topics apply` removes; 2 a mistake, named
    in one line.
    """
    from agents.edges.kafka import topic_admin

    settings = _settings(ctx, vantage)
    changes = asyncio.run(
        topic_admin.plan(settings, topic_admin.wanted(settings, _hotlines(settings, hotline)))
    )
    if json is not None:
        write_json(json, changes)
    else:
        _show(changes)
    if changes:
        raise typer.Exit(_DIFFERS)


@_app.command()
def apply(ctx: typer.Context, hotline: _Hotlines = None, vantage: _Vantages = None) -> None:
    """Create and alter topics on the broker until they are as wanted.

    Example: hostwatch topics apply

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.kafka import topic_admin

    settings = _settings(ctx, vantage)
    wanted = topic_admin.wanted(settings, _hotlines(settings, hotline))
    _show(asyncio.run(topic_admin.apply(settings, wanted)))


@_app.command()
def acls(
    ctx: typer.Context,
    hotline: _Hotlines = None,
    vantage: _Vantages = None,
    give: Annotated[
        bool, typer.Option("--apply", help="Grant the rights; default: only show them.")
    ] = False,
    *,
    json: JsonOption = None,
) -> None:
    """Show the rights of the workers, the desk and each hotline on the broker.

    With --apply the command grants missing rights and revokes other rights of the same users.
    If you name hotlines or vantages, it only grants, because the list is not complete.

    Example: hostwatch topics acls --apply

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from rich.console import Console

    from agents.edges.kafka import acl
    from agents.edges.kafka.surplus_acls import not_granted

    settings = _settings(ctx, vantage)
    found = acl.grants(settings, _hotlines(settings, hotline), _over(settings, hotline))
    rows = [
        {
            "user": grant.user,
            "what": grant.kind.name.lower(),
            "name": grant.name + "*" if grant.prefixed else grant.name,
            "may": grant.operation.name.lower(),
        }
        for grant in found
    ]
    if json is not None:
        write_json(json, rows)
    else:
        table = wrapping_table("user", "what", "name", "may")
        for row in rows:
            table.add_row(*row.values())
        Console().print(table)
    if give:
        new = asyncio.run(not_granted(settings, found))
        asyncio.run(acl.allow(settings, new))
        told = [f"{len(found)} rights stand, {len(new)} of them new"]
        if not (hotline or vantage):
            told += asyncio.run(_revoke(settings, found))
        for line in told:
            typer.echo(line, err=json is not None)


async def _revoke(settings: "Settings", wanted: "list[Grant]") -> list[str]:
    from agents.edges.kafka.surplus_acls import surplus, take_back

    held = await surplus(settings, wanted)
    await take_back(settings, held)
    revoked = (one.words() for one in held)
    return [
        f"revoked from {user}: {operation} on {kind} {name}"
        for user, kind, name, operation in revoked
    ]


@_app.command()
def migrate(
    ctx: typer.Context,
    *,
    from_prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="Prefix of the old ledger; '' = no prefix.")
    ],
    to_prefix: Annotated[
        str, typer.Option(metavar="PREFIX", help="Prefix of the new ledger; '' = no prefix.")
    ],
    keep: Annotated[bool, typer.Option("--keep", help="Keep the old ledger.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is removed.")] = False,
) -> None:
    """Copy a ledger of an older release to another topic prefix, verify it, remove the old one.

    Stop all workers first. If the run was interrupted, give the same command again: it goes on.

    Example: hostwatch topics migrate --from-prefix '' --to-prefix 2. --keep

    Exit codes: 0 done; 1 you did not confirm; 2 a mistake, named in one line.
    """
    from agents.cli.shared.connected import reached

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
        typer.echo(f"{done.unreadable:,} records cannot be read; the copy has them unchanged")
    typer.echo(
        f"{len(done.removed)} old topics removed" if done.removed else "the old ledger stays"
    )
    typer.echo(f'now set kafka.topic_prefix = "{to_prefix}"')


async def _migrate(
    settings: "Settings", from_prefix: str, to_prefix: str, *, keep: bool
) -> "Migrated":
    from rich.console import Console
    from rich.progress import Progress

    from agents.tools.migration.setup import migrated

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("migrating", total=None)

        def say(step: str, done: int, total: int) -> None:
            bars.update(bar, description=step, completed=done, total=total)

        return await migrated(settings, (from_prefix, to_prefix), say, keep=keep)


def _settings(ctx: typer.Context, vantages: list[str] | None) -> "Settings":
    from agents.config import VantageSettings
    from agents.edges.local_broker.broker import bootstrap_of

    settings = settings_of(ctx)
    kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap_of(settings)})
    update: dict[str, object] = {"kafka": kafka}
    if vantages:
        for name in vantages:
            _check_id("--vantage", name)
        update["vantages"] = tuple(VantageSettings(id=name) for name in vantages)
    return settings.model_copy(update=update)


def _hotlines(settings: "Settings", named: list[str] | None) -> list[str]:
    from agents.edges.registry.hotlines import hotlines_of_registry

    if named:
        for name in named:
            _check_id("--hotline", name)
        return named
    return asyncio.run(hotlines_of_registry(settings))


def _over(settings: "Settings", named: list[str] | None) -> frozenset[str]:
    """Return the hotlines that have ended; one that is named by hand has not."""
    from agents.edges.registry.hotlines import ended, entries_of_registry

    entries = [] if named else asyncio.run(entries_of_registry(settings))
    return ended(entries, settings.clock.clock().now())


def _check_id(option: str, text: str) -> None:
    import re

    from agents.config import ID

    if not re.fullmatch(ID, text):
        raise typer.BadParameter(
            "an id has lower-case letters, digits and dashes", param_hint=option
        )


def _show(changes: "list[TopicChange]") -> None:
    from rich.console import Console

    if not changes:
        typer.echo("every topic is as it must be")
        return
    table = wrapping_table("topic", "action", "what", "present", "wanted")
    for change in changes:
        table.add_row(change.topic, change.action, change.what, change.present, change.wanted)
    Console().print(table)
