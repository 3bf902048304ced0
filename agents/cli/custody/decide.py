"""`hostwatch decide propose|confirm|reject|list`: what two persons decide about a case."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.results import JsonOption, wrapping_table, write_json
from agents.cli.shared.signing import Person, Reason, Yes, key_of, reason_of
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.edges.registry.proposals import Proposed
    from agents.tools.decisions.propose import DecisionRequest
    from schemas.records.facts import Decision

_app = typer.Typer(no_args_is_help=True, help="Decide about a case, with two signatures.")
ProposalArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The proposal's id; `decide list` shows it.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="decide")


@_app.command()
def propose(
    ctx: typer.Context,
    about: Annotated[
        str,
        typer.Argument(
            metavar="CASE", help="A case's id; a URL's key (url_key) for all cases of the URL."
        ),
    ],
    *,
    action: Annotated[
        str,
        typer.Option(
            "--action",
            help="accept_dispute, reject_dispute, confirm_backdated, exclude, reattribute,"
            " legal_hold or revoke.",
        ),
    ],
    hoster: Annotated[
        str | None, typer.Option("--hoster", metavar="ID", help="The new hoster, for reattribute.")
    ] = None,
    revokes: Annotated[
        str | None,
        typer.Option("--revokes", metavar="ID", help="The decision to revoke, for revoke."),
    ] = None,
    reason: Reason,
    person: Person,
) -> None:
    """Propose a decision about a case.

    It takes no effect until another person confirms it.

    Example: hostwatch decide propose 3f0c1a9b2d4e5f60718293a4 --action exclude
    --reason "our test" --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.decisions.propose import DecisionRequest
    from schemas.closed_lists import DecisionAction

    if action not in list(DecisionAction):
        raise UserError(f"--action: one of {', '.join(DecisionAction)}")
    if (action == DecisionAction.REATTRIBUTE) != (hoster is not None):
        raise UserError("--hoster goes with --action reattribute, and only with it")
    if (action == DecisionAction.REVOKE) != (revokes is not None):
        raise UserError("--revokes goes with --action revoke, and only with it")
    why = reason_of(reason)
    propose_and_say(
        ctx, DecisionRequest(about, DecisionAction(action), why, hoster, revokes), person
    )


def propose_and_say(ctx: typer.Context, wanted: "DecisionRequest", person: Path) -> None:
    """Propose a decision, and say what comes next.

    Raises:
        UserError: it cannot be proposed.
    """
    from agents.tools.decisions.propose import propose as propose_decision

    settings, key = writing(ctx), key_of(person)
    with reached():
        made = asyncio.run(propose_decision(settings, wanted, key))
    typer.echo(f"{made.id}: {made.action} is proposed by {made.signatures[0].person}")
    typer.echo(f"another person confirms it: hostwatch decide confirm {made.id} --person FILE")


@_app.command()
def confirm(ctx: typer.Context, id: ProposalArgument, *, person: Person, yes: Yes = False) -> None:
    """Sign a decision that another person proposed, and write it to the ledger.

    Refused if the case has changed since: another owner, clock, end, verdict or decision.

    Example: hostwatch decide confirm d-0c4f3b7d5e2a1980 --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.cli.shared.signing import shown_fields
    from agents.tools.decisions.settle import confirm as confirm_proposal
    from agents.tools.decisions.settle import waiting

    settings = writing(ctx)
    with reached():
        found = asyncio.run(waiting(settings, id))
    typer.echo("\n".join(shown_fields(found.decision)))
    typer.echo(f"proposed by: {found.proposer}")
    key = key_of(person)
    if not yes and not typer.confirm("sign it?"):
        raise UserError("not signed")
    with reached():
        made = asyncio.run(confirm_proposal(settings, id, key))
    typer.echo(f"{made.id}: {made.action} is written")


@_app.command()
def reject(ctx: typer.Context, id: ProposalArgument, *, reason: Reason, person: Person) -> None:
    """End a proposal without effect. Whoever proposed it may reject it too.

    Example: hostwatch decide reject d-0c4f3b7d5e2a1980 --reason "wrong case" --person bram.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.decisions.settle import reject as reject_proposal

    why, settings, key = reason_of(reason), writing(ctx), key_of(person)
    with reached():
        asyncio.run(reject_proposal(settings, id, why, key))
    typer.echo(f"{id}: rejected")


@_app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only proposals that nobody confirmed or rejected.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Show all decisions and proposals: which wait, were rejected, take effect.

    Example: hostwatch decide list --waiting

    Exit codes: 0 done; 1 with --waiting, nothing waits; 2 a mistake, named in one line.
    """
    from rich.console import Console

    settings = connected(ctx)
    with reached():
        proposals, decisions = asyncio.run(_all(settings))
    rows: list[dict[str, str]] = []
    for one in proposals:
        if one.ended is None or (not waiting and one.ended.ending == "rejected"):
            state = "waits" if one.ended is None else f"rejected by {one.ended.person}"
            why = "" if one.ended is None else f"; rejected: {one.ended.reason}"
            rows.append(_row(one.decision, state, one.decision.reason + why))
    for decision, state in () if waiting else decisions:
        rows.append(_row(decision, state, decision.reason))
    if json is not None:
        write_json(json, rows)
    else:
        table = wrapping_table("id", "case or URL", "action", "by, at", "state", "reason")
        for row in rows:
            by_at = f"{row['by']}\n{row['decided_at']}"
            table.add_row(row["id"], row["of"], row["action"], by_at, row["state"], row["reason"])
        Console(soft_wrap=True).print(table)
    if waiting and not rows:
        raise typer.Exit(1)


def _row(decision: "Decision", state: str, reason: str) -> dict[str, str]:
    from schemas.moments import rfc3339

    by = [one.person for one in decision.signatures]
    what = decision.action
    if decision.hoster or decision.revokes:
        what += f" {decision.hoster or decision.revokes}"
    return {
        "id": decision.id,
        "of": decision.case_id or f"all of {decision.url_key}",
        "action": what,
        "by": ", ".join(by or (decision.proposed_by, decision.approved_by)),
        "decided_at": rfc3339(decision.decided_at),
        "state": state,
        "reason": reason,
    }


async def _all(settings: "Settings") -> "tuple[list[Proposed], list[tuple[Decision, str]]]":
    from agents.tools.decisions.settle import all_proposals
    from agents.tools.decisions.written import written_decisions

    proposals = (await all_proposals(settings)).all()
    return proposals, await written_decisions(settings)
