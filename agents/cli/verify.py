"""`hostwatch verify`: the figures worked out a second time, from the ledger alone."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from agents.cli.shared.connected import connected, reached
from agents.cli.shared.methods import show_methods
from agents.cli.shared.results import JsonOption, wrapping_table, write_result
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.verification.verify import Verified

SHOWN_MAX: Final = 20
"""Differences shown on a screen; the JSON has the first hundred."""

_DIFFERS: Final = 1


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="verify")(run)


def run(
    ctx: typer.Context,
    *,
    settle: Annotated[
        float,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="Wait so long until the pipeline has processed what Kafka holds now.",
        ),
    ] = 0.0,
    method: Annotated[
        str | None,
        typer.Option(metavar="N", help="Compute the figures by this method version alone."),
    ] = None,
    bridge: Annotated[
        bool,
        typer.Option("--bridge", help="Show each figure by the method before and by the newest."),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Recompute a published report instead.")
    ] = None,
    from_cases: Annotated[
        bool,
        typer.Option(
            "--from-cases", help="Only with --report: from its own cases, not the ledger."
        ),
    ] = False,
    json: JsonOption = None,
) -> None:
    """Compute all figures a second time, from the ledger alone, and compare them.

    It changes nothing and may run beside workers. --method and --bridge compare nothing with what
    is published. They show what one method, or two of them, make of the ledger.

    --report DIR says where a report of `hostwatch report --out` differs from what the ledger gives,
    or with --from-cases from what its own cases give.

    Example: hostwatch verify --settle 60

    Exit codes: 0 all agree; 1 something differs, or --settle ran out; 2 a mistake, named in one
    line.
    """
    from rich.console import Console

    if from_cases and report is None:
        raise UserError("--from-cases goes with --report")
    if report is not None:
        from agents.cli.shared.reports import recheck

        raise typer.Exit(_DIFFERS if recheck(ctx, report, from_cases=from_cases) else 0)
    console = Console(stderr=json == "-")
    if method is not None or bridge:
        show_methods(connected(ctx), method=None if bridge else method, json=json)
        return
    with reached():
        verified = asyncio.run(_verify(connected(ctx), settle))
    if json is not None:
        write_result(json, _as_json(verified))
    _show(verified, console)
    raise typer.Exit(0 if verified.agrees else _DIFFERS)


async def _verify(settings: "Settings", settle_s: float) -> "Verified":
    from rich.console import Console
    from rich.progress import Progress

    from agents.engine.read.log_reader import LogShrunk
    from agents.tools.verification.verify import verify

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("verifying", total=None)

        def say(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total)

        try:
            return await verify(settings, say, settle_s=settle_s)
        except LogShrunk:
            raise UserError("a topic was made anew while it was read: run it again") from None


def _out(verified: "Verified") -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(verified)
    return {"agrees": verified.agrees, **found}


def _as_json(verified: "Verified") -> bytes:
    import msgspec

    return msgspec.json.encode(_out(verified)) + b"\n"


def _show(verified: "Verified", console: Any) -> None:

    from schemas.moments import rfc3339

    for hotline, n in verified.hotlines.items():
        console.print(
            f"{hotline}: {n['received']} received = {n['accepted']} accepted"
            f" + {n['duplicate']} duplicate + {n['quarantined']} quarantined"
            f" + {n['set_aside']} set aside"
        )
    told = verified.told
    if told.compared or told.untold:
        console.print(
            f"told to hotlines: {told.compared} records compared, {told.untold} told nothing,"
            f" {told.retold} told the same again, {told.behind} not come to yet"
        )
    if "*" in told.closed:
        console.print("what hotlines were told is not compared: key_file is not at hand")
    elif told.closed:
        console.print(
            f"what {', '.join(told.closed)} were told is not compared: this user may not read it"
        )
    for sample in verified.samples:
        console.print(
            f"{sample.hoster} {sample.role}: estimated from a sample, p = {sample.inclusion:.2g},"
            f" {sample.sampled} of {sample.cases} cases",
            highlight=False,
        )
    if verified.differences:
        table = wrapping_table("url_key", "case", "hoster", "what", "ledger", "published")
        for d in verified.differences[:SHOWN_MAX]:
            hoster = f"{d.hoster} {d.role}".strip()
            table.add_row(d.url_key, d.case_id, hoster, d.what, d.ledger, d.published)
        console.print(table)
    if not verified.settled:
        console.print("not all that stood in Kafka went through in time")
    if verified.unread:
        console.print(
            f"{verified.unread} offsets of inboxes have no outcome, and this user may not read what"
            " stands there: verify as one that may"
        )
    answer = "all agree" if verified.agrees else f"{verified.difference_count} differences"
    console.print(
        f"{answer}: {verified.events} records, {verified.cases} cases,"
        f" {verified.compared} values compared as of {rfc3339(verified.as_of)}"
        f" in {verified.seconds:.1f} s",
        highlight=False,
        soft_wrap=True,
    )
