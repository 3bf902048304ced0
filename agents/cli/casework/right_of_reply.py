"""`hostwatch dossier override|confirm-override`: two persons let a report name who may reply.

`agents.cli.casework.dossier` adds both.
"""

import asyncio
from typing import Annotated

import typer

from agents.cli.shared.connected import reached, writing
from agents.cli.shared.days import day_of
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


def override(
    ctx: typer.Context,
    hoster: Annotated[str, typer.Argument(metavar="HOSTER", help="Whom the report names.")],
    *,
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="Of the report.")],
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="Of the report.")],
    reason: Reason,
    person: Person,
    out: ProposalOutOption = OUT_DEFAULT,
) -> None:
    """Propose that a report names a hoster though it may still reply, or disputes a case.

    It takes no effect until another person confirms it. Then `report --override REASON` publishes.

    Example: hostwatch dossier override acme --from 2026-01-01 --to 2026-04-01
    --reason "it replied, and has nothing to add" --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.dossier.right_of_reply import Period, propose_override

    period = Period(day_of("--from", from_), day_of("--to", to))
    settings, key, why = writing(ctx), key_of(person), reason_of(reason)
    with reached():
        proposal = asyncio.run(propose_override(settings, hoster, period, why, key))
    write_proposal(out, proposal, "dossier confirm-override")


def confirm_override(
    ctx: typer.Context, proposal: ProposalFile, *, person: Person, yes: Yes = False
) -> None:
    """Sign what another person proposed by `dossier override`, and write it to the ledger.

    Example: hostwatch dossier confirm-override proposal.json --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from schemas.signing import SignedKind

    settings = writing(ctx)
    with reached():
        asyncio.run(confirm_file(settings, proposal, SignedKind.OVERRIDE, person, sure=yes))
    typer.echo("the report may be published with --override and this reason")
