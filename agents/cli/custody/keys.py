"""`hostwatch keys`: what seals and signs, and who had what opened."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from agents.cli.custody import persons
from agents.cli.custody.audit import audit
from agents.cli.shared.connected import connected, reached
from agents.cli.shared.context import settings_of
from agents.cli.shared.errors import UserError
from agents.cli.shared.results import JsonOption, write_json
from agents.cli.shared.signing import Person, Reason, reason_of

_app = typer.Typer(
    no_args_is_help=True, help="Manage the key file and the month keys of the ledger."
)


_NEXT: Final = (
    "Put {} on every other host now, in place of the one there, and destroy all older copies of it,"
    " backups too"
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    _app.add_typer(persons.app, name="person")
    app.add_typer(_app, name="keys")


@_app.command()
def create(ctx: typer.Context) -> None:
    """Make the key file.

    Without it nobody can open what is sealed, so copy it to another safe place.

    Example: hostwatch keys create

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.keys import Keyring

    ring = Keyring.create(settings_of(ctx).key_file)
    typer.echo(f"{ring.file}: made; keep a copy of it in another safe place")


@_app.command()
def status(ctx: typer.Context) -> None:
    """Show what the key file holds, without asking a broker.

    Example: hostwatch keys status

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.key_file import name_of
    from agents.edges.crypto.keys import Keyring

    ring = Keyring.load(settings_of(ctx).key_file)
    typer.echo(f"{ring.file}: master key {name_of(ring.content.master)}")
    if ring.content.months:
        typer.echo(
            f"{len(ring.content.months)} months of an older release: they are in keys.v1 after the"
            " next start, and leave the file when a month is destroyed"
        )
    if ring.content.successor is not None:
        typer.echo(
            "the master key's replacement was interrupted: run `keys destroy` or `keys rotate`"
            " again",
            err=True,
        )


@_app.command("list")
def list_(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show the months that the ledger has keys for, and whether the key file is the ledger's.

    Example: hostwatch keys list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.key_table import read_table
    from agents.edges.crypto.keys import Keyring
    from agents.edges.crypto.ledger_keys import check

    settings = connected(ctx)
    ring = Keyring.load(settings.key_file)
    with reached():
        table = asyncio.run(read_table(settings))
    check(table, ring.content)
    if table.ledger is None:
        typer.echo("the ledger names no key file yet", err=True)
    if table.odd:
        typer.echo(f"{table.odd} records of keys.v1 cannot be read: skipped", err=True)
    rows = [
        {
            "month": f"{month[:4]}-{month[4:]}",
            "key": "present" if record.wrapped else "destroyed",
        }
        for month, record in sorted(table.months.items())
    ]
    if json is not None:
        write_json(json, rows)
    else:
        for row in rows:
            typer.echo(f"{row['month']}  {row['key']}")
    held = sum(bool(record.wrapped) for record in table.held.values())
    if held:
        said = f"{held} URLs under legal hold have texts of destroyed months"
        typer.echo(said, err=json is not None)


_app.command()(audit)


@_app.command()
def bind(
    ctx: typer.Context,
    *,
    unproven: Annotated[
        bool,
        typer.Option("--unproven", help="Bind without a report that proves the key file right."),
    ] = False,
) -> None:
    """Bind the ledger to the key file, and copy an older file's month keys into the ledger.

    Run it once for each host's file of an older release, before `topics migrate`.

    Example: hostwatch keys bind

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto import key_binding

    settings = connected(ctx)
    with reached():
        table = asyncio.run(key_binding.bind_ledger(settings, unproven=unproven))
    typer.echo(f"the ledger is bound to this key file; {len(table.months)} months")


@_app.command()
def destroy(
    ctx: typer.Context,
    month: Annotated[str, typer.Argument(help="yyyymm, such as 202603.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy a month's data key for ever.

    Nobody can open afterwards what was sealed in that month. No figure changes. Then put the
    new key file on every other host, and destroy all older copies of it.

    Example: hostwatch keys destroy 202603

    Exit codes: 0 done; 1 you did not confirm; 2 a mistake, named in one line.
    """
    from agents.tools.month_keys import destroy as destroy_key

    settings = connected(ctx)
    if not yes:
        typer.confirm(f"Nothing sealed in {month} can be opened afterwards. Go on?", abort=True)
    with reached():
        asyncio.run(destroy_key(settings, month))
    typer.echo(f"{month}: destroyed. {_NEXT.format(settings.key_file)}")


@_app.command(hidden=True, deprecated=True)
def shred(
    ctx: typer.Context,
    month: Annotated[str, typer.Argument(help="yyyymm, such as 202603.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy a month's data key for ever: the older name of `keys destroy`.

    Example: hostwatch keys shred 202603

    Exit codes: 0 done; 1 you did not confirm; 2 a mistake, named in one line.
    """
    destroy(ctx, month, yes=yes)


@_app.command()
def rotate(
    ctx: typer.Context,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace the master key, as after somebody else may have seen the key file.

    All months stay. Keys of legal holds that were revoked are destroyed. Then put the new key file
    on every other host, and destroy all older copies of it.

    Example: hostwatch keys rotate

    Exit codes: 0 done; 1 you did not confirm; 2 a mistake, named in one line.
    """
    from agents.tools.month_keys import rotate as replace_master

    settings = connected(ctx)
    if not yes:
        typer.confirm("Every other host needs the new key file afterwards. Go on?", abort=True)
    with reached():
        asyncio.run(replace_master(settings))
    typer.echo(f"the master key is replaced. {_NEXT.format(settings.key_file)}")


@_app.command()
def hold(
    ctx: typer.Context,
    about: Annotated[
        str, typer.Argument(metavar="CASE", help="A case's id, or a URL's key (url_key).")
    ],
    *,
    reason: Reason,
    person: Person,
) -> None:
    """Propose a legal hold: what is sealed of the case's URL is kept when months are destroyed.

    It takes effect when another person confirms it by `hostwatch decide confirm`. Two persons end
    it by `hostwatch decide propose --action revoke`.

    Example: hostwatch keys hold 3f0c1a9b2d4e5f60718293a4 --reason "a court asks" --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.cli.custody.decide import propose_and_say
    from agents.tools.decisions.propose import DecisionRequest
    from schemas.closed_lists import DecisionAction

    propose_and_say(
        ctx, DecisionRequest(about, DecisionAction.LEGAL_HOLD, reason_of(reason)), person
    )


@_app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write; an older copy is replaced.")],
) -> None:
    """Copy the month keys of the ledger into FILE, beside an older backup of the broker.

    Example: hostwatch keys export month-keys.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.key_copy import copied, is_copy
    from agents.edges.crypto.key_table import read_table
    from agents.process.atomic_file import write_whole
    from agents.process.held_keys import holds_keys

    settings = connected(ctx)
    with reached():
        table = asyncio.run(read_table(settings))
    try:
        if holds_keys(file) and not is_copy(file.read_bytes()):
            raise UserError(f"{file} holds keys and is not replaced: name another file")
        write_whole(file, copied(table))
    except OSError:
        raise UserError(f"{file}: cannot be written") from None
    typer.echo(f"{file}: {len(table.months)} months")


@_app.command("restore")
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="File that `keys export` wrote.")],
) -> None:
    """Put the month keys of FILE back into a ledger that was restored from an older backup.

    Example: hostwatch keys restore month-keys.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.key_copy import COPY_BYTES_MAX, put_back, read_copy

    settings = connected(ctx)
    try:
        with file.open("rb") as opened:
            copy = read_copy(opened.read(COPY_BYTES_MAX + 1))
    except OSError:
        raise UserError(f"{file}: cannot be read") from None
    with reached():
        months = asyncio.run(put_back(settings, copy))
    typer.echo(f"{months} months can be opened again")
