"""`hostwatch intake key create|list|revoke`: the keys that hotlines send over HTTP."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from agents.cli.shared.context import settings_of
from agents.cli.shared.results import wrapping_table

if TYPE_CHECKING:
    from pathlib import Path

    from agents.edges.intake_http.api_keys import ApiKey
    from schemas.moments import Instant

VALID_DAYS: Final = 365
VALID_DAYS_MAX: Final = 3_650

app = typer.Typer(
    invoke_without_command=True,
    help="Make, show and revoke the keys that hotlines send over HTTP.",
)

_Hotline = Annotated[str, typer.Option(metavar="ID", help="The hotline that gets the key.")]


@app.callback()
def key(
    ctx: typer.Context,
    hotline: Annotated[
        str | None, typer.Option(metavar="ID", hidden=True, help="As `create --hotline`.")
    ] = None,
) -> None:
    """Make, show and revoke the keys that hotlines send over HTTP."""
    if ctx.invoked_subcommand is not None:
        return
    if hotline is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(2)
    typer.echo("`intake key --hotline` ends with this release: use `intake key create`", err=True)
    create(ctx, hotline)


@app.command()
def create(
    ctx: typer.Context,
    hotline: _Hotline,
    valid_days: Annotated[
        int, typer.Option(min=1, max=VALID_DAYS_MAX, help="Days until the key expires.")
    ] = VALID_DAYS,
    sandbox: Annotated[
        bool,
        typer.Option(help="Records that come with the key are judged, and written nowhere."),
    ] = False,
) -> None:
    """Make a key for a hotline, and show it once.

    The file keeps an id and a digest of it. A hotline may have several keys. The id and the end
    of the key go to standard error, the key alone to standard output.

    Example: hostwatch intake key create --hotline example-hotline --valid-days 365

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import re

    from agents.clock import Clock
    from agents.config import ID
    from agents.edges.intake_http.key_changes import create as make
    from schemas.moments import DAY_MS, rfc3339

    if not re.fullmatch(ID, hotline):
        raise typer.BadParameter(
            "an id has lower-case letters, digits and dashes", param_hint="--hotline"
        )
    expires_at = Clock().now() + valid_days * DAY_MS
    text, made = make(_file(ctx), hotline, expires_at, sandbox=sandbox)
    typer.echo(f"key {made.id} of {hotline} expires {rfc3339(expires_at)}", err=True)
    typer.echo(text)


@app.command("list")
def list_keys(
    ctx: typer.Context,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON array instead of a table.")
    ] = False,
) -> None:
    """Show the keys: id, hotline, when each expires, and which are revoked or expired.

    Example: hostwatch intake key list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import msgspec
    from rich.console import Console

    from agents.clock import Clock
    from agents.edges.intake_http.api_keys import read_keys

    now = Clock().now()
    rows = [_row(key, now) for key in read_keys(_file(ctx))]
    if json:
        typer.echo(msgspec.json.encode(rows).decode())
        return
    table = wrapping_table("key", "hotline", "state", "expires", "sandbox")
    for row in rows:
        table.add_row(*(str(value or "-") for value in row.values()))
    Console(soft_wrap=True).print(table)


@app.command()
def revoke(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id, as `list` shows it.")],
) -> None:
    """Revoke a key: it lets nobody in from the next request on, without a restart.

    Its line stays in the file and says when it was revoked.

    Example: hostwatch intake key revoke 3f9c1a07

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.clock import Clock
    from agents.edges.intake_http.key_changes import revoke as revoke_key
    from schemas.moments import rfc3339

    revoked = revoke_key(_file(ctx), id, Clock().now())
    typer.echo(f"key {id} of {revoked.hotline} is revoked since {rfc3339(revoked.revoked_at or 0)}")


def _row(key: "ApiKey", now: "Instant") -> dict[str, Any]:
    from schemas.moments import rfc3339

    state = "valid" if key.holds(now) else "expired"
    return {
        "id": key.id,
        "hotline": key.hotline,
        "state": state if key.revoked_at is None else "revoked",
        "expires": None if key.expires_at is None else rfc3339(key.expires_at),
        "sandbox": key.sandbox,
    }


def _file(ctx: typer.Context) -> "Path":
    from agents.errors import UserError

    file = settings_of(ctx).intake.keys_file
    if file is None:
        raise UserError("name the file of keys first: intake.keys_file in the settings")
    return file
