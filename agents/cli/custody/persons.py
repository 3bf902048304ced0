"""`hostwatch keys person create|show|propose|confirm|list`: who may sign decisions and skips."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.results import JsonOption, write_json
from agents.cli.shared.signing import (
    OUT_DEFAULT,
    Person,
    ProposalFile,
    ProposalOutOption,
    Yes,
    confirm_file,
    key_of,
    write_proposal,
)
from agents.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Manage the persons who sign decisions and skips.")
_File = Annotated[Path, typer.Argument(metavar="FILE", help="The key's file.")]


@app.command()
def create(
    file: _File,
    *,
    id: Annotated[str, typer.Option("--id", metavar="ID", help="Letters, digits, dashes.")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Name as the lists show it.")],
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase that encrypts the file.")
    ] = False,
) -> None:
    """Make your own key, and FILE.card, the card that you hand to others.

    Example: hostwatch keys person create anna.pem --id anna --name "Anna" --passphrase

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import re

    import msgspec

    from agents.config import ID
    from agents.edges.crypto.person_key import Card, PersonKey

    if not re.fullmatch(ID, id):
        raise UserError("--id: lower-case letters, digits and dashes")
    secret = ""
    if passphrase:
        secret = typer.prompt("passphrase", hide_input=True, confirmation_prompt=True, err=True)
    key = PersonKey.create(file, secret)
    card = file.with_name(f"{file.name}.card")
    content = msgspec.json.encode(Card(id=id, name=name, public_key=key.public_key))
    try:
        card.write_bytes(msgspec.json.format(content) + b"\n")
    except OSError:
        raise UserError(f"{card}: cannot be written") from None
    typer.echo(
        f"{file}: your key, give it to nobody; {card}: your card, for the persons who enter you"
    )


@app.command()
def show(file: _File) -> None:
    """Show the public key of your key file.

    Example: hostwatch keys person show anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    typer.echo(key_of(file).public_key)


@app.command()
def propose(
    ctx: typer.Context,
    cards: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CARD ...", help="Two cards for the first two persons, otherwise one."
        ),
    ] = None,
    *,
    end: Annotated[
        str | None, typer.Option("--end", metavar="ID", help="Person who may no longer sign.")
    ] = None,
    person: Person,
    out: ProposalOutOption = OUT_DEFAULT,
) -> None:
    """Propose the first two persons of a ledger, a further person, or the end of one.

    Example: hostwatch keys person propose anna.pem.card bram.pem.card --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.edges.crypto.person_key import card_of
    from agents.tools import two_person

    given = [card_of(card) for card in cards or ()]
    if bool(given) == bool(end) or len(given) > two_person.PERSONS_MIN:
        raise UserError("name two cards, one card, or --end ID")
    settings, key = writing(ctx), key_of(person)
    with reached():
        if end:
            made = asyncio.run(two_person.propose_end(settings, end, key))
        elif len(given) == 1:
            made = asyncio.run(two_person.propose_person(settings, given[0], key))
        else:
            made = asyncio.run(two_person.propose_founders(settings, given, key))
    write_proposal(out, made, "keys person confirm")


@app.command()
def confirm(
    ctx: typer.Context, proposal: ProposalFile, *, person: Person, yes: Yes = False
) -> None:
    """Sign the proposal of another person, and write it to the registry.

    Example: hostwatch keys person confirm proposal.json --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from schemas.moments import rfc3339
    from schemas.records.registry import PersonEntry
    from schemas.signing import SignedKind

    with reached():
        written = asyncio.run(
            confirm_file(writing(ctx), proposal, SignedKind.PERSON, person, sure=yes)
        )
    for entry in written:
        if isinstance(entry, PersonEntry):
            held = rfc3339(entry.valid_from) if entry.valid_from else "the start"
            what = "ends" if entry.ends_at is not None else "may sign"
            typer.echo(f"{entry.id} {what} from {held} on, 10 min from now at the earliest")


@app.command(name="list")
def list_(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Show who may sign. Compare the public keys with those on the persons' cards.

    Example: hostwatch keys person list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.two_person import persons_of
    from schemas.moments import rfc3339

    settings = connected(ctx)
    with reached():
        persons = asyncio.run(persons_of(settings))
    holding = persons.at(settings.clock.clock().now())
    rows = [
        {
            "id": held.entry.id,
            "name": held.entry.name,
            "may_sign": held.entry.id in holding,
            "from": rfc3339(held.from_at) if held.from_at else None,
            "until": None if held.entry.ends_at is None else rfc3339(held.entry.ends_at),
            "public_key": held.entry.public_key,
        }
        for held in persons.newest()
    ]
    to_stderr = json is not None
    if persons.founded_at is None:
        typer.echo("no persons yet: unsigned decisions still take effect", err=to_stderr)
    if json is not None:
        write_json(json, rows)
    else:
        for row in rows:
            since, until = row["from"] or "the start", row["until"]
            may = "may sign" if row["may_sign"] else "may not sign now"
            end = f" until {until}" if until else ""
            typer.echo(f"{row['id']} ({row['name']}): {may}; from {since}{end}")
            typer.echo(f"  public key {row['public_key']}")
    if persons.refused:
        said = f"{persons.refused} entries lack valid signatures; they take no effect"
        typer.echo(said, err=to_stderr)
