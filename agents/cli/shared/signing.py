"""What the commands that two persons sign have in common."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.errors import UserError

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.edges.crypto.person_key import PersonKey
    from agents.tools.proposals import Proposal, SignedRecord
    from schemas.signing import SignedKind

Person = Annotated[
    Path, typer.Option("--person", metavar="FILE", help="Your key; it stays on your machine.")
]
OUT_DEFAULT = Path("proposal.json")
ProposalOutOption = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="File for the proposal; hand it to another person."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words; no URL.")]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without a question.")]
ProposalFile = Annotated[
    Path, typer.Argument(metavar="PROPOSAL", help="File of another person's proposal.")
]

REASON_LENGTH_MAX = 500
_AROUND = ".,;:!?()\"'<>"
_NOT_SHOWN = ("v", "founders", "signatures")


def key_of(file: Path) -> "PersonKey":
    """Read a person's key, and ask for its passphrase where it has one.

    Raises:
        UserError: it cannot be used.
    """
    from agents.edges.crypto.person_key import PersonKey

    return PersonKey.load(file, lambda: str(typer.prompt("passphrase", hide_input=True, err=True)))


def reason_of(text: str) -> str:
    """Return a reason that may be written.

    Raises:
        UserError: it is empty, too long or holds an address.
    """
    from streams.feedback.record_ids import may_hold_address

    if not 1 <= len(text.strip()) <= REASON_LENGTH_MAX:
        raise UserError(f"--reason: 1 to {REASON_LENGTH_MAX} characters")
    if any(may_hold_address(word.strip(_AROUND)) for word in text.split()):
        raise UserError(
            "--reason: it may hold no URL, mail address or host name, because it is kept unsealed"
            " for ever"
        )
    return text.strip()


def write_proposal(out: Path, proposal: "Proposal", command: str) -> None:
    """Write a proposal and say what comes next.

    Raises:
        UserError: there is such a file, or it cannot be written.
    """
    from agents.tools.proposals import encode

    try:
        with out.open("xb") as opened:
            opened.write(encode(proposal))
    except FileExistsError:
        raise UserError(f"--out: {out} is there already; name another file") from None
    except OSError:
        raise UserError(f"--out: {out} cannot be written") from None
    first = proposal.signatures[0].person
    typer.echo(f"{out}: proposed by {first}")
    typer.echo(f"another person confirms it: hostwatch {command} {out} --person FILE")


def shown_fields(record: "SignedRecord") -> list[str]:
    """Return the lines in which the second person sees what is to be signed."""
    import msgspec

    fields = msgspec.to_builtins(record)
    return [
        f"{name}: {value}"
        for name, value in fields.items()
        if name not in _NOT_SHOWN and value not in (None, "")
    ]


async def confirm_file(
    settings: "Settings", file: Path, kind: "SignedKind", person: Path, *, sure: bool
) -> "Sequence[SignedRecord]":
    """Show a proposal, sign it as the second person and write it to the ledger.

    Raises:
        UserError: it cannot be confirmed, or the person says no.
    """
    from agents.tools.proposals import read, records_of
    from agents.tools.two_person import confirm

    proposal = read(file, kind)
    records = records_of(proposal)
    for record in records:
        typer.echo("\n".join(shown_fields(record)))
    typer.echo(f"proposed by: {proposal.signatures[0].person}")
    key = key_of(person)
    if not sure and not typer.confirm("sign it?"):
        raise UserError("not signed")
    return await confirm(settings, proposal, key)
