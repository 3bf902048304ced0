"""`hostwatch skip propose|confirm|list`: set aside a record that stops a stage."""

import asyncio
import re
from typing import Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.results import JsonOption, wrapping_table, write_json
from agents.cli.shared.signing import (
    OUT_DEFAULT,
    Person,
    ProposalFile,
    ProposalOutOption,
    Reason,
    Yes,
    confirm_file,
    key_of,
    reason_of,
    write_proposal,
)
from agents.errors import UserError

_app = typer.Typer(
    no_args_is_help=True, help="Set aside a record that stops a stage, with two signatures."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="skip")


@_app.command()
def propose(
    ctx: typer.Context,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Topic as the log names it.")],
    partition: Annotated[int, typer.Argument(metavar="PARTITION", min=0)],
    offset: Annotated[int, typer.Argument(metavar="OFFSET", min=0)],
    *,
    digest: Annotated[
        str | None,
        typer.Option(
            "--digest",
            metavar="HEX",
            help="Digest as the log shows it. Without it the command reads the record, which needs"
            " the right to read the topic, and the key file.",
        ),
    ] = None,
    reason: Reason,
    person: Person,
    out: ProposalOutOption = OUT_DEFAULT,
) -> None:
    """Propose to set one record aside because it stops a stage.

    It takes no effect until another person confirms it. The worker's log names topic,
    partition, offset and digest.

    Example: hostwatch skip propose facts.v1 3 81220 --reason "damaged" --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.set_aside import propose_skip

    if digest is not None and not re.fullmatch("[0-9a-f]{32}", digest):
        raise UserError("--digest: 32 hex digits, as the worker's log has them")
    settings, key, why = writing(ctx), key_of(person), reason_of(reason)
    with reached():
        made = asyncio.run(propose_skip(settings, (topic, partition, offset), why, key, digest))
    write_proposal(out, made, "skip confirm")


@_app.command()
def confirm(
    ctx: typer.Context, proposal: ProposalFile, *, person: Person, yes: Yes = False
) -> None:
    """Sign the proposal of another person: the record is set aside for ever.

    A worker that waits at the record goes on at once. A worker that stopped goes on at its next
    start.

    Example: hostwatch skip confirm proposal.json --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from schemas.records.skips import Skip
    from schemas.signing import SignedKind

    with reached():
        written = asyncio.run(
            confirm_file(writing(ctx), proposal, SignedKind.SKIP, person, sure=yes)
        )
    for skip in written:
        if isinstance(skip, Skip):
            typer.echo(f"{skip.topic} {skip.partition} {skip.offset}: set aside")


@_app.command(name="list")
def list_(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show all records that are set aside.

    Example: hostwatch skip list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from rich.console import Console

    from agents.edges.registry.skips import SetAside, read_skips
    from agents.tools.two_person import persons_of
    from schemas.moments import rfc3339

    settings = connected(ctx)

    async def found() -> SetAside:
        return await read_skips(settings, await persons_of(settings))

    with reached():
        aside = asyncio.run(found())
    rows = [
        {
            "topic": skip.topic,
            "partition": skip.partition,
            "offset": skip.offset,
            "decided_at": rfc3339(skip.decided_at),
            "by": ", ".join(one.person for one in skip.signatures),
            "reason": skip.reason,
        }
        for skip in aside.all()
    ]
    if json is not None:
        write_json(json, rows)
    else:
        table = wrapping_table("topic", "partition", "offset", "decided", "by", "reason")
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        Console(soft_wrap=True).print(table)
    if aside.refused:
        said = f"{aside.refused} records of skips.v1 set nothing aside: not signed by two"
        typer.echo(said, err=json is not None)
