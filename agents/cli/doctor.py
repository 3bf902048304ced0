"""`hostwatch doctor`: what is missing on this machine, and whether the settings hold."""

import shutil
from typing import TYPE_CHECKING

import typer

from agents.cli.context import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.config import Settings

_MISSING = 1
_PROGRAMS = (
    ("java", "the local broker", "default-jre-headless", True),
    ("mvn", "the local broker's jars, once", "maven", True),
    ("prometheus", "alerts in the demo", "prometheus", False),
    ("prometheus-alertmanager", "tests of who is told of alerts", "prometheus-alertmanager", False),
    ("promtool", "checks of the alert rules", "prometheus", False),
    ("chromium", "tests of the page", "chromium", False),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(ctx: typer.Context) -> None:
    """Look for what is missing on this machine; exit code 1 if it is needed."""
    from rich.console import Console
    from rich.table import Table

    settings = settings_of(ctx)
    table = Table("", "what", "said")
    sound = True
    for good, needed, what, said in _looks(settings):
        table.add_row("ok" if good else ("missing" if needed else "none"), what, said)
        sound = sound and (good or not needed)
    Console().print(table)
    if not sound:
        raise typer.Exit(_MISSING)


def _looks(settings: "Settings") -> "Iterator[tuple[bool, bool, str, str]]":
    """Yield (it is there, it is needed, what it is, what to say)."""
    from agents.edges.broker import bootstrap_of
    from agents.errors import UserError

    local = settings.kafka.bootstrap is None
    for program, purpose, package, needed in _PROGRAMS:
        path = shutil.which(program)
        said = f"{purpose}: {path or f'apt-get install {package}'}"
        yield path is not None, needed and local, program, said
    try:
        yield True, False, "broker", bootstrap_of(settings)
    except UserError as error:
        yield False, False, "broker", str(error)
    there = settings.key_file.is_file()
    yield there, False, "key file", str(settings.key_file) if there else "made at the first start"
