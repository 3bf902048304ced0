"""`hostwatch letter HOSTER`: what was measured, how, since when, and how to answer."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.revealing import Reveal, Who, Why, authority
from agents.edges.web.messages import LANGUAGES
from agents.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(letter)


def letter(
    ctx: typer.Context,
    hoster: Annotated[str, typer.Argument(metavar="HOSTER", help="Its id, or its owner's.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it is written.")],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help="en or nl; default: both.")
    ] = None,
    sender: Annotated[
        str, typer.Option("--sender", metavar="TEXT", help="Whom to answer, in words.")
    ] = "hostwatch",
    reveal: Reveal = False,
    reason: Why = None,
    person: Who = None,
) -> None:
    """Write a letter to a hoster, and the list of its cases by the hotlines' references.

    DIR gets the letter as HTML, as PDF with the extra hostwatch[report], and cases.csv. A URL is in
    the list with --reveal alone. It needs the key file. The legal wording is to be reviewed by a
    lawyer before it is sent.

    Example: hostwatch letter acme --out acme-letter --sender "the casework desk"

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.letter.letter import made, write

    if lang not in (None, *LANGUAGES):
        raise UserError(f"--lang: one of {', '.join(LANGUAGES)}")
    by = authority(reveal, reason, person)
    settings = connected(ctx) if by is None else writing(ctx)
    with reached():
        found = asyncio.run(made(settings, hoster, sender, by))
    written = write(found, out, [*LANGUAGES] if lang is None else [lang])
    typer.echo(f"{len(found.told.cases)} cases; {', '.join(written)}")
