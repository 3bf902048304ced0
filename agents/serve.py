"""Runs a worker as the process of its own that it is: told to stop, it stops in time or ends."""

import asyncio
import threading
from collections.abc import Sequence

from agents.config import Settings
from agents.engine.deadlines import end_after
from agents.process.log import log
from agents.process.vantage_names import doubts
from agents.worker import Worker

STOP_DEADLINE_S = 50.0
"""For a whole stop; what manages the process gives it a minute (deploy/systemd)."""


class StopDeadline:
    """Ends the process if its stop takes longer than it may; the caller ends it with the loop.

    It is left running while the loop is closed, which waits for the tasks that are left.
    """

    def __init__(self) -> None:
        """Run nothing yet."""
        self._timers: list[threading.Timer] = []

    def begin(self, what: str) -> None:
        """Let the time run."""
        self._timers.append(end_after(STOP_DEADLINE_S, "worker", what))

    def cancel(self) -> None:
        """Let nothing end the process any more."""
        for timer in self._timers:
            timer.cancel()


async def serve(
    settings: Settings, roles: Sequence[str], stop: asyncio.Event, deadline: StopDeadline
) -> None:
    """Run the roles until told to stop; say where the page is.

    Told while it starts, it gives the start up. A stop that takes longer than `STOP_DEADLINE_S`
    ends the process.

    Args:
        settings: with `kafka.bootstrap` set.
        roles: to run.
        stop: set when it is to stop.
        deadline: of the stop; cancelled by the caller when the loop is closed.
    """
    say = log("worker")
    watcher = asyncio.create_task(_on_stop(stop, asyncio.current_task(), deadline))
    try:
        async with Worker(settings, serving=True).run(roles) as worker:
            watcher.cancel()
            _greet(worker, roles)
            await stop.wait()
            say.info("stopping")
            deadline.begin("its stop")
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    except BaseException:  # asyncio ends what tasks are left, and waits for them
        deadline.begin("its end")
        raise
    finally:
        watcher.cancel()
    say.info("stopped")


async def _on_stop(
    stop: asyncio.Event, start: asyncio.Task[object] | None, deadline: StopDeadline
) -> None:
    """Give up a start that is to stop."""
    await stop.wait()
    deadline.begin("its stop")
    if start is not None:
        start.cancel()


def _greet(worker: Worker, roles: Sequence[str]) -> None:
    say, allowed = log("worker"), worker.settings.probe.allow_networks
    if worker.web is not None:
        what = "page and figures" if worker.rollup is not None else "figures"
        say.info(f"{what} at {worker.web.url}", page=worker.web.url)
    if allowed:
        networks = ", ".join(allowed)
        say.warning(f"WARNING: the gate lets probes into {networks}", networks=networks)
    for doubt in doubts(worker.settings.vantages):
        say.warning(f"WARNING: {doubt}")
    say.info(f"running: {', '.join(roles)}", roles=" ".join(roles))
