"""`hostwatch doctor`: what is missing on this machine, and whether what is there holds."""

import asyncio
import shutil
from typing import TYPE_CHECKING

import typer

from agents.cli.shared.context import settings_of
from agents.cli.shared.results import JsonOption, wrapping_table, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.config import Settings
    from agents.tools.doctor_broker import Finding

_MISSING = 1
_PROGRAMS = (
    ("java", "the local broker", "default-jre-headless", True),
    ("mvn", "the local broker's jars, once", "maven", True),
    ("prometheus", "alerts in the demo", "prometheus", False),
    ("prometheus-alertmanager", "tests of who is told of alerts", "prometheus-alertmanager", False),
    ("promtool", "checks of the alert rules", "prometheus", False),
    ("nginx", "tests of the proxy", "nginx-light", False),
    ("chromium", "tests of the page", "chromium", False),
    ("faketime", "tests of a wrong clock", "faketime", False),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(ctx: typer.Context, *, json: JsonOption = None) -> None:
    """Check programs, keys, databases, disk, clock, vantages, broker, rights, kept offsets, norms.

    It says what is missing and what to do, and changes nothing.

    Example: hostwatch doctor

    Exit codes: 0 nothing that is needed is missing; 1 something is missing or broken; 2 a
    mistake, named in one line.
    """
    from agents.tools.doctor_broker import Health

    settings = settings_of(ctx)
    found = (*_programs(settings), *asyncio.run(_found(settings)))
    if json is not None:
        write_json(json, found)
    else:
        _show(found)
    if any(finding.state is Health.BROKEN for finding in found):
        raise typer.Exit(_MISSING)


def _show(found: "Iterable[Finding]") -> None:
    from rich.console import Console

    table = wrapping_table("", "what", "said")
    for finding in found:
        table.add_row(finding.state, finding.what, finding.said)
    Console().print(table)


def _programs(settings: "Settings") -> "Iterator[Finding]":
    from agents.edges.local_broker.broker import bootstrap_of
    from agents.errors import UserError
    from agents.tools.doctor_broker import Finding, Health

    local = settings.kafka.bootstrap is None
    for program, purpose, package, needed in _PROGRAMS:
        path = shutil.which(program)
        lacking = Health.BROKEN if needed and local else Health.DOUBTFUL
        said = f"{purpose}: {path or f'apt-get install {package}'}"
        yield Finding(lacking if path is None else Health.WELL, program, said)
    try:
        bootstrap_of(settings)
    except UserError as error:  # one that is named is connected to, further down
        yield Finding(Health.DOUBTFUL, "broker", str(error))


async def _found(settings: "Settings") -> "list[Finding]":
    from agents.edges.local_broker.broker import bootstrap_of
    from agents.errors import UserError
    from agents.tools.doctor import examine

    try:
        kafka = settings.kafka.model_copy(update={"bootstrap": bootstrap_of(settings)})
        settings = settings.model_copy(update={"kafka": kafka})
    except UserError:
        pass  # said already
    return [finding async for finding in examine(settings)]
