"""`hostwatch decide propose|confirm|list`: what two persons decide about a case."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.signing import (
    OUT_DEFAULT,
    Out,
    Person,
    Proposed,
    Reason,
    Yes,
    confirm_file,
    key_of,
    reason_of,
    wrapping_table,
    write_proposal,
)
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.config import Settings
    from schemas.records.facts import Decision

_app = typer.Typer(no_args_is_help=True, help="Decide about a case, with two signatures.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="decide")


@_app.command()
def propose(
    ctx: typer.Context,
    url_key: Annotated[str, typer.Argument(metavar="URL_KEY", help="The URL's keyed hash.")],
    *,
    action: Annotated[
        str,
        typer.Option(
            "--action",
            help="accept_dispute, reject_dispute, confirm_backdated, exclude, reattribute,"
            " legal_hold or revoke.",
        ),
    ],
    case: Annotated[
        str, typer.Option("--case", metavar="ID", help="One case; default: all cases of the URL.")
    ] = "",
    hoster: Annotated[
        str | None, typer.Option("--hoster", metavar="ID", help="The new hoster, for reattribute.")
    ] = None,
    revokes: Annotated[
        str | None,
        typer.Option("--revokes", metavar="ID", help="The decision to revoke, for revoke."),
    ] = None,
    reason: Reason,
    person: Person,
    out: Out = OUT_DEFAULT,
) -> None:
    """Propose a decision about a case.

    It takes no effect until another person confirms it.

    Example: hostwatch decide propose 0c4f3b7d5e2a1980 --action exclude --reason "our test"
    --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.two_person import propose_decision

    settings, key = writing(ctx), key_of(person)
    decision = _decision(settings, url_key, (case, action, hoster, revokes), reason_of(reason))
    with reached():
        made = asyncio.run(propose_decision(settings, decision, key))
    write_proposal(out, made, "decide confirm")


def _decision(
    settings: "Settings",
    url_key: str,
    what: tuple[str, str, str | None, str | None],
    reason: str,
) -> "Decision":
    """Return a decision, not signed.

    Raises:
        UserError: it says too little or too much.
    """
    import secrets

    import msgspec

    from schemas.reasons import DecisionAction
    from schemas.records.facts import Decision

    case, action, hoster, revokes = what
    if action not in list(DecisionAction):
        raise UserError(f"--action: one of {', '.join(DecisionAction)}")
    if (action == DecisionAction.REATTRIBUTE) != (hoster is not None):
        raise UserError("--hoster goes with --action reattribute, and only with it")
    if (action == DecisionAction.REVOKE) != (revokes is not None):
        raise UserError("--revokes goes with --action revoke, and only with it")
    fields = {
        "v": 2,
        "id": f"d-{secrets.token_hex(8)}",
        "url_key": url_key,
        "case_id": case,
        "decided_at": settings.clock.clock().now(),
        "action": action,
        "hoster": hoster,
        "revokes": revokes,
        "reason": reason,
    }
    try:
        return msgspec.convert(fields, Decision)
    except msgspec.ValidationError as error:
        raise UserError(f"no such decision: {error}") from None


@_app.command()
def confirm(ctx: typer.Context, proposal: Proposed, *, person: Person, yes: Yes = False) -> None:
    """Sign a decision that another person proposed, and write it to the ledger.

    Example: hostwatch decide confirm proposal.json --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from schemas.records.facts import Decision
    from schemas.signing import Kind

    with reached():
        written = asyncio.run(confirm_file(writing(ctx), proposal, Kind.DECISION, person, sure=yes))
    for decision in written:
        if isinstance(decision, Decision):
            typer.echo(f"{decision.id}: {decision.action} is written")


@_app.command(name="list")
def list_(ctx: typer.Context) -> None:
    """Show all decisions, and whether they take effect.

    Example: hostwatch decide list

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from rich.console import Console

    from schemas.moments import rfc3339

    with reached():
        found = asyncio.run(_decisions(connected(ctx)))
    table = wrapping_table(
        "id", "url_key", "case", "action", "decided", "by", "takes effect", "reason"
    )
    for decision, admitted in found:
        by = [one.person for one in decision.signatures]
        table.add_row(
            decision.id,
            decision.url_key,
            decision.case_id or "all",
            decision.action,
            rfc3339(decision.decided_at),
            ", ".join(by or (decision.proposed_by, decision.approved_by)),
            "yes" if admitted else "no: not signed by two persons who may",
            decision.reason,
        )
    Console(soft_wrap=True).print(table)


async def _decisions(settings: "Settings") -> "list[tuple[Decision, bool]]":
    from agents.engine.read.bulk import read_partitions
    from agents.tools.two_person import persons_of
    from schemas.codec import DECISION, Rejected
    from schemas.topics import DECISIONS

    persons, found = await persons_of(settings), []
    async for records in read_partitions(
        settings, DECISIONS.name, range(settings.kafka.partitions)
    ):
        for record in records:
            try:
                decision = DECISION.decode(record.value or b"")
            except Rejected:
                continue  # of a newer version, or none: lifecycle says so
            found.append((decision, persons.admits(decision, record.appended_at)))
    return sorted(found, key=lambda one: one[0].decided_at)
