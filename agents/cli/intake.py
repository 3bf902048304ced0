"""`hostwatch intake serve`: records of hotlines over HTTP; `intake_key.py` has their keys."""

import asyncio
import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

import typer

from agents.cli import intake_key
from agents.cli.shared.connected import reached, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from agents.config import Settings

STOP_DEADLINE_S: Final = 50.0
"""The units give 60 s (TimeoutStopSec, terminationGracePeriodSeconds, stop_grace_period)."""

DISCONNECT_DEADLINE_S: Final = 8.0
"""For each of the two connections; requests in hand had 15 s before."""

_app = typer.Typer(no_args_is_help=True, help="Take records of hotlines over HTTP.")
_app.add_typer(intake_key.app, name="key")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="intake")


@_app.command()
def serve(ctx: typer.Context) -> None:
    """Take records of hotlines over HTTP until Ctrl-C or SIGTERM.

    Requests in hand get their answer first.

    Example: hostwatch intake serve

    Exit codes: 0 stopped on request; 2 a mistake, named in one line; 70 it stopped itself on an
    unexpected error.
    """
    from agents.process.log import configure

    settings = writing(ctx)
    configure(settings.log)
    with reached():
        asyncio.run(_serve(settings))


async def _serve(settings: "Settings") -> None:
    from agents.edges.intake_http.feedback.changes_reader import ChangesReader
    from agents.edges.intake_http.feedback.operations import FeedbackOperations
    from agents.edges.intake_http.intake_server import IntakeServer, keys_file_of
    from agents.edges.kafka.topic_admin import TopicAction, plan, wanted
    from agents.edges.registry.hotlines import entries_of_registry
    from agents.engine.produce.broker_time import BrokerClock
    from agents.engine.produce.outbox import KafkaOutbox
    from agents.engine.produce.timekeeper import Timekeeper
    from agents.engine.supervision import Supervisor
    from agents.errors import UserError

    keys_file_of(settings.intake)  # before a broker is asked, whose client may log a retry
    entries = await entries_of_registry(settings)
    hotlines = [entry.id for entry in entries]
    missing = await plan(settings, wanted(settings, hotlines))
    if any(change.action is TopicAction.CREATE for change in missing):
        raise UserError("topics are missing: run `hostwatch topics apply` first")
    async with contextlib.AsyncExitStack() as stack:
        keeper = Timekeeper(settings)
        await keeper.start()
        stack.push_async_callback(_given_up, keeper.stop)
        outbox = KafkaOutbox(settings, "hostwatch-intake")
        await outbox.start()
        stack.push_async_callback(_given_up, outbox.stop)
        clock = BrokerClock(settings.clock.clock(), keeper.time)
        inboxes = {entry.id: entry.until for entry in entries}
        server = IntakeServer(settings.intake, outbox, inboxes, clock=clock)
        reader = ChangesReader(settings, hotlines, settings.intake.feedback_index_records_max)
        feedback = FeedbackOperations(reader, server.in_progress)
        server.add(feedback.routes(), feedback.collectors())
        following = Supervisor(reader.run(), "feedback")
        stack.push_async_callback(_given_up, following.end)
        stack.push_async_callback(server.stop)
        await server.start()
        typer.echo(f"taking records at port {server.port}", err=True)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        _end_within(STOP_DEADLINE_S)


async def _given_up(stop: "Callable[[], Coroutine[Any, Any, None]]") -> None:
    """Wait for what disconnects from the broker, but not for a broker that is away."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DISCONNECT_DEADLINE_S):
            await stop()


def _end_within(seconds: float) -> None:
    """End the process after so long, whatever it waits for: nothing acknowledged is in its hands.

    Args:
        seconds: wall time.
    """
    from agents.engine.failures import EXIT_CRASHED
    from agents.process.log import log

    def give_up() -> None:
        log("intake").error("the stop took too long: what was not answered is sent again")
        os._exit(EXIT_CRASHED)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True  # a stop that comes to its end does not wait for it
    timer.start()
