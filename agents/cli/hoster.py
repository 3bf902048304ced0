"""`hostwatch hoster link create|list|revoke`: links to hosters' own pages."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import connected, reached
from agents.cli.shared.context import settings_of
from agents.cli.shared.results import JsonOption, wrapping_table, write_result

if TYPE_CHECKING:
    from pathlib import Path

    from agents.config import Settings

_app = typer.Typer(no_args_is_help=True, help="Let hosters see their own cases.")
_links = typer.Typer(no_args_is_help=True, help="Make, show and revoke links to their pages.")

By = Annotated[str, typer.Option("--by", metavar="ID", help="The person who does it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    _app.add_typer(_links, name="link")
    app.add_typer(_app, name="hoster")


@_links.command()
def create(
    ctx: typer.Context,
    hoster: Annotated[str, typer.Argument(metavar="HOSTER", help="Whose page it opens.")],
    *,
    by: By,
    days: Annotated[int, typer.Option(min=1, max=400, help="After so many days it ends.")] = 30,
) -> None:
    """Make a link to a hoster's own page, and show it once.

    Whoever has the link reads the page and answers for the hoster. The journal
    hoster_page.links_file keeps who made it and when it ends, and nothing that opens the page.

    Example: hostwatch hoster link create acme --days 30 --by anna

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.keys import Keyring
    from agents.edges.hoster_web.links import Link, created, new_id
    from agents.errors import UserError
    from schemas.moments import DAY_MS, rfc3339

    settings = connected(ctx)
    file, person = _journal(settings), _person(by)
    if settings.hoster_page.public_url is None:
        raise UserError("name what links begin with: hoster_page.public_url in the settings")
    with reached():
        asyncio.run(_known(settings, hoster))
    now = settings.clock.clock().now()
    link = Link(
        id=new_id(), hoster=hoster, made_at=now, made_by=person, expires_at=now + days * DAY_MS
    )
    token = created(file, Keyring.load(settings.key_file).hash, link)
    typer.echo(f"{settings.hoster_page.public_url.rstrip('/')}/h/{token}")
    typer.echo(f"link {link.id} opens {hoster}'s page until {rfc3339(link.expires_at)}", err=True)


@_links.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    json: JsonOption = None,
) -> None:
    """Show every link that was made: whose, until when, by whom, and whether it still opens.

    Example: hostwatch hoster link list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import msgspec
    from rich.console import Console

    from agents.edges.hoster_web.links import links_of, read
    from schemas.moments import rfc3339

    settings = settings_of(ctx)
    now = settings.clock.clock().now()
    rows = [
        {
            "id": link.id,
            "hoster": link.hoster,
            "state": "opens" if link.opens(now) else "revoked" if link.revoked_at else "ended",
            "made_at": rfc3339(link.made_at),
            "made_by": link.made_by,
            "expires_at": rfc3339(link.expires_at),
            "revoked_at": "" if link.revoked_at is None else rfc3339(link.revoked_at),
            "revoked_by": link.revoked_by,
        }
        for link in links_of(read(_journal(settings))).values()
    ]
    if json is not None:
        write_result(json, msgspec.json.encode(rows) + b"\n")
        return
    table = wrapping_table("link", "state", "hoster", "made, by", "ends", "revoked, by", whole=2)
    for row in rows:
        made, revoked = (
            f"{row[f'{what}_at']}\n{row[f'{what}_by']}" for what in ("made", "revoked")
        )
        table.add_row(row["id"], row["state"], row["hoster"], made, row["expires_at"], revoked)
    Console().print(table)


@_links.command()
def revoke(
    ctx: typer.Context,
    link: Annotated[str, typer.Argument(metavar="LINK", help="Its id, as `list` shows it.")],
    *,
    by: By,
) -> None:
    """Take a link back: it opens nothing from the next request on.

    Example: hostwatch hoster link revoke 3f0c1a9b2d4e5f60 --by anna

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.hoster_web.links import revoked

    settings = settings_of(ctx)
    revoked(_journal(settings), link, _person(by), settings.clock.clock().now())
    typer.echo(f"link {link} opens nothing any more")


def _journal(settings: "Settings") -> "Path":
    from agents.errors import UserError

    if settings.hoster_page.links_file is None:
        raise UserError("name the journal of links first: hoster_page.links_file in the settings")
    return settings.hoster_page.links_file


def _person(by: str) -> str:
    from agents.config import ID

    if not re.fullmatch(ID, by):
        raise typer.BadParameter(
            "an id has lower-case letters, digits and dashes", param_hint="--by"
        )
    return by


async def _known(settings: "Settings", hoster: str) -> None:
    """Return if the registry knows a hoster, or if it is named after its network.

    Raises:
        UserError: nobody knows it.
    """
    from agents.edges.registry.reader import read_registry
    from agents.errors import UserError
    from agents.spelling import meant
    from schemas.records.registry import HosterEntry

    registry_history = await read_registry(settings)
    known = {entry.id for entry in registry_history.all_newest() if isinstance(entry, HosterEntry)}
    if hoster not in known and not re.fullmatch("as[0-9]+", hoster):
        raise UserError(f"the registry has no such hoster{meant(hoster, known)}")
