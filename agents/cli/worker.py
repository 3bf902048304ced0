"""`hostwatch worker [ROLE ...]`: run all stages in one process, or the ones given."""

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.connected import connected, reached

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.serve import StopDeadline


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="worker")(run)


def run(
    ctx: typer.Context,
    roles: Annotated[
        list[str] | None,
        typer.Argument(
            help="intake, attribution, lifecycle, feedback, `probe-<vantage>`, rollup; none = all."
        ),
    ] = None,
) -> None:
    """Run all stages, or the roles given, until Ctrl-C or SIGTERM.

    Both finish and commit the records in hand.

    Example: hostwatch worker intake attribution

    Exit codes: 0 stopped on request; 2 a mistake, named in one line; 70 it stopped itself on an
    unexpected error; 78 another worker has the same kafka.instance.
    """
    from agents.engine.fault_points import arm
    from agents.process.log import configure
    from agents.process.tracing import TRACING
    from agents.serve import StopDeadline
    from agents.worker import roles_of

    arm(os.environ, lambda line: typer.echo(line, err=True))
    settings = connected(ctx)
    configure(settings.log)
    deadline = StopDeadline()
    try:
        with reached(), TRACING.to(settings.log.traces_endpoint):
            asyncio.run(_serve(settings, tuple(roles or roles_of(settings)), deadline))
    finally:
        deadline.cancel()


async def _serve(settings: "Settings", roles: tuple[str, ...], deadline: "StopDeadline") -> None:
    from agents.serve import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, roles, stop, deadline)
