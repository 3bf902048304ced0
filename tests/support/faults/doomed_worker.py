"""A worker whose tasks a test can kill: `python doomed_worker.py CONFIG ROLE...`.

On standard input it takes lines: `list` has it print the names of its tasks, `cancel NAME` cancels
one of them, `raise NAME` has an error come up where it waits. Nothing of the product is changed
but the factory of tasks, which puts each coroutine into a shell that can raise.
"""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

from agents.cli.shared.errors import load_settings
from agents.engine.supervision import called
from agents.process.log import configure
from agents.serve import StopDeadline, serve

LISTED = "TASKS "


class Killed(Exception):
    """Comes up in a task that a test kills."""


class Shell(Coroutine[Any, Any, Any]):
    """Runs a coroutine; an error that was set comes up in it at the next cancel, in its place."""

    def __init__(self, inside: Any) -> None:
        """Take the coroutine."""
        self._inside = inside
        self.__qualname__ = getattr(inside, "__qualname__", "?")
        self.error: BaseException | None = None

    def send(self, value: Any) -> Any:
        """Go on."""
        return self._inside.send(value)

    def throw(self, *what: Any) -> Any:
        """Go on with an error."""
        if self.error is not None and isinstance(what[0], asyncio.CancelledError):
            what, self.error = (self.error,), None
        return self._inside.throw(*what)

    def close(self) -> None:
        """End."""
        self._inside.close()

    def __await__(self) -> Generator[Any, None, Any]:
        """Await the coroutine."""
        return self._inside.__await__()


def shelled(loop: asyncio.AbstractEventLoop, inside: Any, **named: Any) -> asyncio.Task[Any]:
    """Make a task of a coroutine in its shell."""
    return asyncio.Task(Shell(inside), loop=loop, **named)


def say(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def obey(loop: asyncio.AbstractEventLoop) -> None:
    """Do what a line says."""
    what, _, name = sys.stdin.readline().strip().partition(" ")
    if not what:  # the test has gone
        loop.remove_reader(0)
        return
    tasks = {called(task): task for task in asyncio.all_tasks(loop)}
    if what == "list":
        say(LISTED + " ".join(sorted(tasks)))
        return
    victim = tasks.get(name)
    if victim is None:
        say(f"NONE {name}")
        return
    shell = victim.get_coro()
    if what == "raise" and isinstance(shell, Shell):  # the first task is older than the factory
        shell.error = Killed()
    victim.cancel()


async def main(config: str, *roles: str) -> None:
    """Run the roles until told to stop."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.set_task_factory(shelled)
    settings = load_settings(Path(config))
    configure(settings.log)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(0, obey, loop)
    await serve(settings, roles, stop, StopDeadline())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
