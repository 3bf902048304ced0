"""`hostwatch order add|list`: an authority's orders, and where each stands."""

import asyncio
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.results import JsonOption
from agents.errors import UserError
from schemas.authority_orders import OrderStage
from schemas.closed_lists import ProofKind

if TYPE_CHECKING:
    from streams.dossier.authority_orders import OrderLine

URLS_MAX: Final = 10_000
"""Of one order; an authority orders one address at a time."""

_TERM: Final = re.compile(r"([1-9][0-9]{0,3})([hd])", re.ASCII)
_SECONDS: Final = {"h": 3_600, "d": 86_400}
_TERM_MAX_S: Final = 2_592_000  # 30 d, as the record has it

_app = typer.Typer(
    no_args_is_help=True, help="Record an authority's orders, show where they stand."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="order")


@_app.command()
def add(
    ctx: typer.Context,
    authority: Annotated[
        str, typer.Argument(metavar="AUTHORITY", help="Its id as a hotline of the registry.")
    ],
    hoster: Annotated[str, typer.Argument(metavar="HOSTER", help="To whom.")],
    *,
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="The authority's own; no URL.")
    ],
    term: Annotated[str, typer.Option("--term", metavar="TERM", help="Such as 12h or 2d.")],
    delivered_at: Annotated[
        str, typer.Option("--delivered-at", metavar="TIME", help="With its zone.")
    ],
    urls: Annotated[
        Path,
        typer.Option(
            "--urls", metavar="FILE", help="About which URLs, one a line; - = standard input."
        ),
    ],
    stage: Annotated[OrderStage, typer.Option("--stage", help="What the order is of.")] = (
        OrderStage.INSTRUCTION
    ),
    proof: Annotated[ProofKind, typer.Option("--proof", help="What shows its delivery.")] = (
        ProofKind.LETTER
    ),
    no_report: Annotated[
        bool,
        typer.Option("--no-report", help="The URLs were reported before: write no report of them."),
    ] = False,
) -> None:
    """Write an authority's order to that authority's own inbox.

    The order's own term is judged from its delivery on. The same order again is a duplicate. It
    needs the key file, and the right to write to the inbox.

    Example: hostwatch order add atkm acme --reference 2026-17 --term 12h
    --delivered-at 2026-03-01T10:00:00Z --urls urls.txt

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.authority_orders import AuthorityOrder, record

    if "://" in reference or not 1 <= len(reference) <= 128:
        raise UserError("--reference: 1 to 128 characters, and no URL")
    order = AuthorityOrder(
        authority=authority,
        hoster=hoster,
        reference=reference,
        stage=stage,
        term_s=_term_s(term),
        delivered_at=_time(delivered_at),
        proof=proof,
        reports=not no_report,
    )
    about = _urls(urls)
    settings = writing(ctx)
    with reached():
        written = asyncio.run(record(settings, order, about))
    typer.echo(f"{len(about)} URLs, {written} records in the inbox of {authority}")


def _term_s(text: str) -> int:
    found = _TERM.fullmatch(text)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= _TERM_MAX_S:
        raise UserError("--term: hours or days such as 12h or 2d, 30 days at most")
    return seconds


def _time(text: str) -> int:
    from schemas.moments import instant

    try:
        at = instant(datetime.fromisoformat(text))
    except ValueError:
        at = -1
    if at < 0:
        raise UserError("--delivered-at: a time with its zone, like 2026-03-01T10:00Z")
    return at


def _urls(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file}: cannot be read") from None
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(found) <= URLS_MAX:
        raise UserError(f"--urls: 1 to {URLS_MAX:,} URLs, one a line")
    return found


@_app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    authority: Annotated[
        str | None, typer.Option("--authority", metavar="ID", help="Of this one only.")
    ] = None,
    hoster: Annotated[
        str | None, typer.Option("--hoster", metavar="ID", help="To this one only.")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Show where each order stands: its stage, its term, whether it was kept, what may follow.

    Stages are instruction, penalty and fine. The next may follow on an order that was broken in
    public, and whose case supports a fine.

    Example: hostwatch order list --hoster acme

    Exit codes: 0 done; 1 there is none; 2 a mistake, named in one line.
    """
    from agents.tools.authority_orders import orders

    settings = connected(ctx)
    with reached():
        found = asyncio.run(orders(settings))
    mine = [
        one for one in found if authority in (None, one.authority) and hoster in (None, one.hoster)
    ]
    _show(mine, json)
    if not mine:
        raise typer.Exit(1)


def _show(found: "list[OrderLine]", json: str | None) -> None:
    from agents.cli.shared.results import write_json
    from schemas.moments import rfc3339

    if json is not None:
        write_json(json, found)
        return
    for one in found:
        due = "" if one.due_at is None else f", due {rfc3339(one.due_at)}"
        following = f"; {one.next_stage} may follow" if one.next_stage else ""
        typer.echo(
            f"{one.authority}, {one.stage} to {one.hoster}, delivered {rfc3339(one.noticed_at)}"
            f"{due}: {one.status}{following} (case {one.case_id or 'none'},"
            f" reference {one.reference})"
        )
