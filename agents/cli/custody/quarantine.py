"""`hostwatch quarantine list|show|replay`: records of hotlines that could not be accepted."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.cli.shared.case_forms import safe
from agents.cli.shared.connected import connected, reached, writing
from agents.cli.shared.revealing import Reveal, Who, Why, authority, given
from agents.errors import UserError
from schemas.closed_lists import Quarantine

if TYPE_CHECKING:
    from agents.tools.sealed.quarantine import QuarantinedRecord, QuarantineFilter

LISTED_MAX: Final = 50
"""Lines of a table on a terminal; --json has all."""

_app = typer.Typer(
    no_args_is_help=True, help="Show records that could not be accepted, and hand them in again."
)
PlaceArgument = Annotated[
    str, typer.Argument(metavar="PLACE", help="Where it stood: topic/partition/offset.")
]
Because = Annotated[
    Quarantine | None, typer.Option("--because", help="Quarantined for this reason.")
]
HotlineOption = Annotated[str | None, typer.Option("--hotline", metavar="ID", help="Sent by it.")]
DayOption = Annotated[
    str | None,
    typer.Option("--day", metavar="YYYY-MM-DD", help="Received on this day, UTC."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="quarantine")


@_app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    because: Because = None,
    hotline: HotlineOption = None,
    day: DayOption = None,
    json: Annotated[bool, typer.Option("--json", help="All of them, as JSON.")] = False,
) -> None:
    """List quarantined records by reason, hotline and day: where each stood, and no content.

    Example: hostwatch quarantine list --because unknown_hotline --day 2026-03-09

    Exit codes: 0 done; 1 there are none; 2 a mistake, named in one line.
    """
    from agents.tools.sealed.quarantine import quarantined

    wanted, settings = _filter(because, hotline, day), connected(ctx)
    with reached():
        found = asyncio.run(quarantined(settings, wanted))
    if json:
        _json(found)
    else:
        _table(found)
    if not found:
        raise typer.Exit(1)


@_app.command()
def show(
    ctx: typer.Context,
    place: PlaceArgument,
    *,
    reveal: Reveal = False,
    reason: Why = None,
    person: Who = None,
) -> None:
    """Show a quarantined record. Who asks and why is written to `audit.v1` first.

    Example: hostwatch quarantine show hotline.alpha.v1/3/57 --reveal --reason "the hotline asks"
    --person anna.pem

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.sealed.quarantine import show as show_record

    by = authority(reveal, reason, person)
    if by is None:
        raise UserError("what it holds is sealed: add --reveal --reason TEXT --person FILE")
    settings = connected(ctx)
    with reached():
        shown = asyncio.run(show_record(settings, place, by))
    typer.echo(f"key: {safe(shown.key.decode(errors='backslashreplace'))}")
    typer.echo(safe(shown.value.decode(errors="backslashreplace")))


@_app.command()
def replay(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None, typer.Argument(metavar="[PLACE ...]", help="Only these.")
    ] = None,
    *,
    because: Because = None,
    hotline: HotlineOption = None,
    day: DayOption = None,
    reason: Why = None,
    person: Who = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Hand quarantined records to their inboxes once more, once the cause is mended.

    Each is a new record, received now, that names where it stood. It is handed in once, however
    often the command is run.

    Example: hostwatch quarantine replay --because unknown_hotline --hotline alpha
    --reason "alpha is in the registry now" --person anna.pem

    Exit codes: 0 done; 1 there is nothing to hand in; 2 a mistake, named in one line.
    """
    from agents.tools.sealed import quarantine

    wanted = _filter(because, hotline, day, places or ())
    by, settings = given(reason, person, "replay"), writing(ctx)
    with reached():
        found = asyncio.run(quarantine.quarantined(settings, wanted))
        new = sum(not one.replayed for one in found)
        if new and not yes:
            typer.confirm(f"{new} records are handed in again. Go on?", abort=True)
        done = asyncio.run(quarantine.replay(settings, wanted, by)) if new else None
    sent = done.sent if done else ()
    typer.echo(f"{len(sent)} handed in; {len(found) - new} were before")
    for why, count in Counter((done.left if done else {}).values()).items():
        typer.echo(f"{count} cannot be: {why}")
    if not sent:
        raise typer.Exit(1)


def _filter(
    because: Quarantine | None, hotline: str | None, day: str | None, places: Sequence[str] = ()
) -> "QuarantineFilter":
    from datetime import date

    from agents.tools.sealed.quarantine import QuarantineFilter

    if day is not None:
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError:
            raise UserError("--day: a date such as 2026-03-09") from None
    return QuarantineFilter(reason=because, hotline=hotline, day=day, places=frozenset(places))


def _json(found: "Sequence[QuarantinedRecord]") -> None:
    import msgspec

    from agents.tools.sealed.quarantine import place_of
    from schemas.moments import rfc3339

    said = [
        {
            "place": place_of(one.record.origin),
            "records": one.record.origin.records,
            "received_at": rfc3339(one.record.origin.appended_at),
            "hotline": one.record.hotline,
            "reason": one.record.reason,
            "replayed": one.replayed,
        }
        for one in found
    ]
    typer.echo(msgspec.json.encode(said).decode())


def _table(found: "Sequence[QuarantinedRecord]") -> None:
    from rich.console import Console

    from agents.cli.shared.results import wrapping_table
    from agents.tools.sealed.quarantine import place_of
    from schemas.moments import rfc3339

    table = wrapping_table("place", "received", "hotline", "reason", "handed in again")
    for record, replayed in found[:LISTED_MAX]:
        at = rfc3339(record.origin.appended_at)
        again = "yes" if replayed else ""
        table.add_row(place_of(record.origin), at, record.hotline, record.reason, again)
    Console(soft_wrap=True).print(table)
    counts = Counter(one.record.reason for one in found)
    by_reason = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
    shown = min(len(found), LISTED_MAX)
    rest = f"; {shown} shown, --json has all" if shown < len(found) else ""
    typer.echo(f"{len(found)} records: {by_reason or 'none'}{rest}", err=True)
