"""`hostwatch load --rate 2000/s --for 5m`: a flood of made-up reports into a practice ledger."""

import asyncio
import re
import signal
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.cli.shared.connected import reached, writing
from agents.cli.shared.results import JsonOption, write_result

if TYPE_CHECKING:
    from agents.config import Settings
    from sim.load.practice import Practice
    from sim.load.run import LoadOptions, LoadResult
    from sim.load.sender import SendProgress

RATE_MAX: Final = 1_000_000
RECORDS_MAX: Final = 200_000_000
"""Two bytes are held of each."""

_FAILED: Final = 1
_RATE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:/(s|m|h))?")
_SPAN: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|h)?")
_UNITS_S: Final = {None: 1, "s": 1, "m": 60, "h": 3_600}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="load")(run)


def run(
    ctx: typer.Context,
    *,
    rate: Annotated[
        str, typer.Option(metavar="N/s", help="Rate of records, such as 2000/s or 600/m.")
    ] = "500/s",
    span: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long, such as 90s, 5m or 1h.")
    ] = "1m",
    hotlines: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Number of hotlines; default: the ledger's, or 3."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the made-up records.")] = 1,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Make the practice ledger, and send nothing.")
    ] = False,
    idle_s: Annotated[
        float,
        typer.Option(min=1, help="Stop waiting when no outcome has come for so many seconds."),
    ] = 15.0,
    json: JsonOption = None,
) -> None:
    """Send made-up records at a fixed rate into a practice ledger, and account for each.

    It takes the settings of the workers under test. Their kafka.topic_prefix begins with
    "practice". The rate does not fall if the workers are slow. Ctrl-C ends the sending, and the
    command waits for the outcomes; a second Ctrl-C ends that too.

    Example: hostwatch load --rate 2000/s --for 5m

    Exit codes: 0 all records were sent, and each has the one expected outcome; 1 not so; 2 a
    mistake, named in one line.
    """
    from sim.load.run import LoadOptions

    options = LoadOptions(per_s=_per_s(rate), seconds=_seconds(span), seed=seed, idle_s=idle_s)
    if options.total > RECORDS_MAX:
        raise typer.BadParameter(f"more than {RECORDS_MAX:,} records", param_hint="--for")
    settings = writing(ctx)
    with reached():
        place = asyncio.run(_placed(settings, hotlines))
        if place.new:
            typer.echo("a practice ledger was made: workers started now serve it", err=True)
        if prepare:
            return
        try:
            done = asyncio.run(_load(settings, place, options))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
    if json is not None:
        import msgspec

        write_result(json, msgspec.json.encode(done.as_json()) + b"\n")
    if json != "-":
        _print(done)
    raise typer.Exit(0 if done.ok else _FAILED)


async def _placed(settings: "Settings", hotlines: int | None) -> "Practice":
    from sim.load.practice import practice

    return await practice(settings, hotlines)


async def _load(settings: "Settings", place: "Practice", options: "LoadOptions") -> "LoadResult":
    from rich.console import Console
    from rich.progress import Progress

    from sim.load.run import run as play

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    whole = asyncio.current_task()

    def interrupted() -> None:
        if stop.is_set() and whole is not None:
            whole.cancel()
        stop.set()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    with Progress(console=Console(stderr=True)) as bars:
        sent_bar = bars.add_task("sent", total=options.total)
        settled_bar = bars.add_task("in the ledger", total=options.total)

        begun = False

        def say(sent: "SendProgress", settled: int) -> None:
            nonlocal begun
            if sent.sent and not begun:
                begun = True
                lines = len(place.hotlines)
                bars.console.print(f"sending {options.per_s:,g}/s to {lines} practice hotlines")
            late = f", {sent.behind:,} behind" if sent.behind > options.per_s else ""
            bars.update(sent_bar, completed=sent.acknowledged, description=f"sent{late}")
            total = sent.sent if stop.is_set() else options.total
            bars.update(settled_bar, completed=settled, total=total)

        return await play(settings, place, options, stop, say)


def _print(done: "LoadResult") -> None:
    sent, balance = done.sent, done.balance
    rows = [
        (
            f"sent          {sent.sent:,} of {sent.due:,} due, {sent.acknowledged:,} acknowledged,"
            f" {sent.failed:,} failed"
        ),
        (
            f"rate          {done.per_s:,.0f}/s of {done.wanted_per_s:,.0f}/s wanted,"
            f" at most {sent.behind_max:,} behind"
        ),
        f"produce       p50 {_ms(sent.waits.at(0.5))}, p99 {_ms(sent.waits.at(0.99))}",
    ]
    if balance is None:
        rows.append("ledger        cannot be read: what became of them is not known")
    else:
        refused = ", ".join(f"{n:,} {r.value}" for r, n in sorted(balance.quarantined.items()))
        rows += [
            f"accepted      {balance.accepted:,}",
            f"duplicate     {balance.duplicate:,}",
            f"quarantined   {sum(balance.quarantined.values()):,} ({refused or 'none'})",
            f"to the ledger p50 {_ms(done.delays.at(0.5))}, p99 {_ms(done.delays.at(0.99))}",
            (
                f"backlog       {balance.outstanding:,}; unaccounted {done.unaccounted:,},"
                f" otherwise than made for {balance.otherwise:,}, twice {balance.twice:,}"
            ),
        ]
        if balance.outstanding and not balance.settled:
            rows.append("no intake seems to run: start `hostwatch worker` with the same settings")
    for row in rows:
        typer.echo(row)


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} ms"


def _per_s(rate: str) -> float:
    found = _RATE.fullmatch(rate.strip())
    per_s = float(found[1]) / _UNITS_S[found[2]] if found else 0.0
    if not 0 < per_s <= RATE_MAX:
        raise typer.BadParameter("a rate such as 2000/s or 600/m", param_hint="--rate")
    return per_s


def _seconds(span: str) -> float:
    found = _SPAN.fullmatch(span.strip())
    if found is None or not float(found[1]):
        raise typer.BadParameter("a time such as 90s, 5m or 1h", param_hint="--for")
    return float(found[1]) * _UNITS_S[found[2]]
