"""`hostwatch roots write|check`: signed hourly roots of the ledger."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import reached, writing
from agents.cli.shared.signing import key_of

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.roots.write import RootKey
    from schemas.moments import Instant

_app = typer.Typer(no_args_is_help=True, help="Sign what the ledger took in, hour by hour.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="roots")


@_app.command()
def write(
    ctx: typer.Context,
    *,
    key: Annotated[
        Path,
        typer.Option(
            "--key", metavar="FILE", help="A key of `keys person create` that is no person's."
        ),
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the key is called in the roots.")
    ] = "roots",
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Bring this file for outsiders up to date."),
    ] = None,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key", help="Allow a key other than the one that signed the roots before."
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: write the root of every hour that ends.")
    ] = False,
) -> None:
    """Write the roots of the hours that are over, each once, to `roots.v1` and to a file.

    It may be ended at any point and run again; an hour never gets a second root.

    Example: hostwatch roots write --key roots.pem --file roots.ndjson --watch

    Exit codes: 0 done; 2 a mistake, named in one line; 130 Ctrl-C.
    """
    from agents.process.log import hear_kafka_client
    from agents.tools.roots.write import RootKey

    if watch:
        hear_kafka_client()
    by = RootKey(key_of(key), name, new_key)
    settings = writing(ctx)
    with reached():
        asyncio.run(_write(settings, by, file, watch=watch))


async def _write(settings: "Settings", by: "RootKey", file: Path | None, *, watch: bool) -> None:
    from agents.tools.roots.published import publish
    from agents.tools.roots.write import GRACE_MS, HOURS_MAX, write_roots
    from schemas.moments import HOUR_MS, rfc3339

    clock = settings.clock.clock()
    while True:
        done = await write_roots(settings, by, clock.now())
        if file is not None:
            publish(file, done.roots)
        last = f", up to {rfc3339(done.roots[-1].hour_at + HOUR_MS)}" if done.roots else ""
        typer.echo(f"{done.new} roots written, {len(done.roots)} in all{last}")
        if done.new == HOURS_MAX:
            continue  # there are more hours that are over
        if not watch:
            return
        left_ms = HOUR_MS - (clock.now() - GRACE_MS) % HOUR_MS
        await asyncio.sleep(clock.wall_seconds(left_ms))


@_app.command()
def request(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of roots.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the request is written.")
    ] = Path(),
) -> None:
    """Write a request for a timestamp (RFC 3161) of the newest root of a file.

    Send it to a timestamp authority, and keep the answer beside it as root-HOUR.tsr. Nothing is
    sent from here. It needs the program openssl.

    Example: hostwatch roots request roots.ndjson --out stamps

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.errors import UserError
    from agents.tools.roots.published import read_published
    from agents.tools.roots.stamps import request as write_request

    roots = read_published(file)
    if not roots:
        raise UserError(f"{file}: it has no root yet")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UserError(f"{out} cannot be written") from None
    typer.echo(f"{write_request(roots[-1], out)}: keep the answer beside it, as .tsr")


@_app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of roots.")],
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            metavar="HEX",
            help="A published key; may be given several times. Every root has to be signed by"
            " one of them.",
        ),
    ] = None,
    within_h: Annotated[
        float | None,
        typer.Option(
            "--within",
            metavar="HOURS",
            min=0,
            help="Fail if the newest root's hour ended more than HOURS ago.",
        ),
    ] = None,
) -> None:
    """Check a file of roots: no hour is missing, each is signed and follows on the one before.

    It needs no broker. With --within it fails too where no root was added lately; a file without a
    root is of a ledger without a record. Health checks ask that.

    Example: hostwatch roots check roots.ndjson

    Exit codes: 0 all is right; 1 something is not; 2 a mistake, named in one line.
    """
    from agents.clock import Clock
    from agents.edges.crypto.person_key import genuine
    from agents.tools.roots.published import read_published
    from schemas.chain.hour_log import objection

    roots = read_published(file)
    found = {one.public_key for one in roots}
    keys = ", ".join(sorted(found)) or "nobody"
    said = objection(roots, genuine)
    if said is None and key and not found <= {*key}:
        said = "they are signed by another key than the published one; --key may be given again"
    if said is None and within_h is not None and roots:
        said = _overdue(roots[-1].hour_at, within_h, Clock().now())
    typer.echo(f"{len(roots)} roots, signed by {keys}: {said or 'all is right'}")
    raise typer.Exit(0 if said is None else 1)


def _overdue(hour_at: "Instant", within_h: float, now: "Instant") -> str | None:
    """Return what is wrong with the age of the newest root; None = nothing.

    Args:
        hour_at: when its hour began.
        within_h: hours since the end of its hour, at most.
        now: the present instant.
    """
    from schemas.moments import HOUR_MS

    age_h = (now - hour_at) / HOUR_MS - 1
    return None if age_h <= within_h else f"the newest hour ended {age_h:.1f} h ago"
