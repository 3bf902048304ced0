"""`hostwatch keys audit`: who had what opened that is sealed."""

import asyncio

import typer

from agents.cli.shared.connected import connected, reached
from agents.cli.shared.results import JsonOption, wrapping_table, write_json


def audit(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show who had what opened that is sealed, when and why, the newest last.

    Example: hostwatch keys audit

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from rich.console import Console

    from agents.tools.sealed.audit import read_audit
    from schemas.moments import rfc3339

    settings = connected(ctx)
    with reached():
        found = asyncio.run(read_audit(settings))
    rows = [
        {
            "person": entry.person,
            "at": rfc3339(at),
            "what": entry.what,
            "of": entry.url_key or entry.place,
            "reason": entry.reason,
            "signed": genuine,
        }
        for entry, at, genuine in found
    ]
    if json is not None:
        write_json(json, rows)
        return
    table = wrapping_table("person", "at", "what", "of", "reason", "signed")
    for row in rows:
        signed = "yes" if row["signed"] else "no: not by a person who may sign"
        table.add_row(*map(str, (row | {"signed": signed}).values()))
    Console(soft_wrap=True).print(table)
