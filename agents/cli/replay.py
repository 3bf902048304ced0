"""`hostwatch replay --urlhaus FILE ...`: real old reports through the real pipeline."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.shared.connected import reached
from agents.cli.shared.context import settings_of
from agents.cli.shared.results import JsonOption, write_result
from agents.errors import UserError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from agents.tools.replay import ReplayResult
    from agents.tools.replay_ledger import ReplayLedger
    from streams.views.replay_figures import ReplayGroup

TABLE_ROWS_MAX = 25
"""Networks shown on a screen; the JSON has all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="replay")(run)


def run(
    ctx: typer.Context,
    *,
    urlhaus: Annotated[Path, typer.Option(metavar="FILE", help="URLhaus CSV, plain or gzip.")],
    asn: Annotated[Path | None, typer.Option(metavar="MMDB", help="Address to network.")] = None,
    country: Annotated[
        Path | None, typer.Option(metavar="MMDB", help="Address to country.")
    ] = None,
    dns: Annotated[
        Path | None,
        typer.Option(metavar="JSON", help="Recorded DNS answers; default: no name resolves."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the broker and the keys; the same one resumes."
        ),
    ] = None,
    run_id: Annotated[
        str, typer.Option("--run", metavar="ID", help="Topic prefix on a configured broker.")
    ] = "replay",
    json: JsonOption = None,
) -> None:
    """Send a dump of old reports through the pipeline.

    No host of the dump is resolved or contacted. The same --data DIR or --run ID resumes an
    interrupted replay.

    Example: hostwatch replay --urlhaus dump.csv.gz --asn asn.mmdb

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.config import DatasetSettings

    for file in (urlhaus, asn, country, dns):
        if file is not None and not file.is_file():
            raise UserError(f"there is no file {file}")
    datasets = DatasetSettings(asn=asn, country=country)
    settings = settings_of(ctx).model_copy(update={"datasets": datasets})
    files = (urlhaus, dns)
    started_s = time.monotonic()
    from agents.tools.replay_ledger import placed

    with reached():
        if data is None and settings.kafka.bootstrap is None:
            with tempfile.TemporaryDirectory(prefix="hostwatch-replay-") as scratch:
                place = placed(settings, Path(scratch), run_id, lasting=False)
                result = asyncio.run(_replay(place, files))
        else:
            folder = data or settings.state_dir / f"replay-{run_id}"
            result = asyncio.run(_replay(placed(settings, folder, run_id), files))
    _show(result, time.monotonic() - started_s, json)


async def _replay(
    place: "AbstractAsyncContextManager[ReplayLedger]", files: tuple[Path, Path | None]
) -> "ReplayResult":
    from rich.console import Console
    from rich.progress import Progress

    dump, dns = files
    with Progress(console=Console(stderr=True)) as bars:
        known = {
            name: bars.add_task(name, total=None) for name in ("handed in", "taken in", "placed")
        }

        def say(name: str, done: int, total: int) -> None:
            bars.update(known[name], completed=done, total=total)

        async with place as there:
            from agents.tools.replay import Source, replay  # takes as long as the broker's start

            return await replay(await there.ready(), Source(dump=dump, recording=dns), say)


def _show(result: "ReplayResult", wall_s: float, json: str | None) -> None:
    import msgspec

    from streams.views.replay_figures import groups

    found = groups(result.rows)
    if json is not None:
        write_result(json, msgspec.json.encode(_out(result, found, wall_s)) + b"\n")
    if json != "-":
        _print(result, found, wall_s)


def _out(result: "ReplayResult", found: "list[ReplayGroup]", wall_s: float) -> dict[str, Any]:
    settled = result.settled
    return {
        "accepted": settled.accepted,
        "duplicate": settled.duplicate,
        "quarantined": {reason.value: n for reason, n in sorted(settled.quarantined.items())},
        "groups": [
            {
                "by": group.by,
                "id": group.id,
                "reported": group.reported,
                "removed": group.removed,
                "online": group.online,
                "never_online": group.never_online,
                "km": dict(zip(("p25_s", "p50_s", "p75_s"), group.quartiles_s, strict=True)),
            }
            for group in found
        ],
        "events": result.events,
        "events_per_s": round(result.events / wall_s, 1),
        "wall_s": round(wall_s, 2),
    }


def _print(result: "ReplayResult", found: "list[ReplayGroup]", wall_s: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title="Networks by reports, time from report to last sighting",
        caption="IP Geolocation by DB-IP (https://db-ip.com) where its data were given",
    )
    for head in (
        "network",
        "reported",
        "removed",
        "online",
        "never online",
        "25 %",
        "50 %",
        "75 %",
    ):
        table.add_column(head, justify="left" if head == "network" else "right")
    shown = [g for g in found if g.by == "all"] + [g for g in found if g.by == "asn"]
    for group in shown[: TABLE_ROWS_MAX + 1]:
        counts = (group.reported, group.removed, group.online, group.never_online)
        table.add_row(group.id, *map(str, counts), *map(_span, group.quartiles_s))
    console = Console()
    console.print(table)
    settled = result.settled
    refused = ", ".join(f"{n} {reason.value}" for reason, n in sorted(settled.quarantined.items()))
    console.print(
        f"{settled.accepted} accepted, {settled.duplicate} duplicate, quarantined: "
        f"{refused or 'none'}; {len(shown) - 1} networks; {wall_s:.1f} s"
    )


def _span(seconds: int | None) -> str:
    if seconds is None:
        return "not reached"
    days, rest = divmod(seconds, 86_400)
    return f"{days} d {rest / 3_600:.1f} h" if days else f"{rest / 3_600:.1f} h"
