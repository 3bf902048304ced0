"""What the commands of reports share: the extra, the reading of the ledger, the recheck."""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from agents.cli.shared.connected import connected, reached
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.report.context import ReportContext
    from agents.tools.report.publication import PeriodReport, ReadOptions
    from streams.report.cohort import Cohort

SHOWN_MAX: Final = 20
"""Differences shown; who has more than these has another report."""

_EXTRA: Final = ("pyarrow", "scipy", "weasyprint", "font_source_sans_pro")


def needs_extra() -> None:
    """Ask for the libraries of reports.

    Raises:
        UserError: they are not installed.
    """
    if not all(map(find_spec, _EXTRA)):
        raise UserError("a report needs the extra: pip install 'hostwatch[report]'")


async def made(
    settings: "Settings",
    cohort: "Cohort",
    share: float,
    context: "ReportContext",
    reading: "ReadOptions | None" = None,
) -> "PeriodReport":
    """Make a report from the ledger, with a progress bar.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        cohort: its period and norm.
        share: the threshold, 0 to 1.
        context: what it says besides its figures.
        reading: how the ledger is read; None = as it stands, and nothing is kept.

    Raises:
        UserError: as `agents.tools.report.publication.reported` has it.
    """
    from rich.console import Console
    from rich.progress import Progress

    from agents.tools.report.publication import AS_IT_STANDS, reported

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("partitions read", total=None)

        def step(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total)

        return await reported(
            settings, cohort, share, step, context, reading=reading or AS_IT_STANDS
        )


def recheck(ctx: typer.Context, folder: Path, *, from_cases: bool) -> bool:
    """Say in which lines a published report differs; return whether it does in any.

    Args:
        ctx: of the command.
        folder: the report.
        from_cases: make it again from its own cases; else from the ledger.
    """
    needs_extra()
    from agents.tools.report import recheck as tool

    if from_cases:
        again = tool.from_cases(folder)
    else:
        from agents.tools.report.publication import ReadOptions

        asked = tool.parameters_of(folder)
        methods = None if asked.bridge is None else asked.bridge.methods
        said = (asked.cohort, asked.threshold, asked.context)
        with reached():
            reading = ReadOptions(methods, asked.positions or None)
            again = asyncio.run(made(connected(ctx), *said, reading))
    found = tool.differences(folder, again)
    if not found and tool.pdf_differs(folder, again):
        found = ["report.pdf: made again with the libraries that are installed here, it differs"]
    for line in found[:SHOWN_MAX]:
        typer.echo(line)
    typer.echo(f"{len(found)} differences" if found else "the report agrees", err=True)
    return bool(found)
