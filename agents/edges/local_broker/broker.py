"""A single-node Apache Kafka (KRaft) as an ordinary child process, its data in a folder.

Two ways to live: `with LocalBroker(folder)` dies with its parent, whatever ends that; a detached
one (`hostwatch kafka start`) goes on until `hostwatch kafka stop`. Both leave who and where they
are in the folder, so another command finds them and no signal ever reaches a foreign process.
"""

import asyncio
import os
import stat
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from agents.config import Settings
from agents.edges.child_process.ports import answers, free, reserved
from agents.edges.child_process.processes import ProcessId, alive, end, identify
from agents.edges.child_process.tether import tethered
from agents.edges.local_broker.broker_cache import rehearse
from agents.edges.local_broker.broker_record import Running, last, record, running
from agents.edges.local_broker.jars import Say, jars, locked, silent
from agents.edges.local_broker.kafka_server import (
    BrokerError,
    configure,
    lost_port,
    server_command,
    why_ended,
)

_READY_DEADLINE_S: Final = 90.0
"""A start takes 3 s on a free machine and 20 s on a busy one; recovery after a kill adds to it."""

STOP_GRACE_S: Final = 20.0
"""An idle broker ends in a second; one that must write much back takes longer."""

_ATTEMPTS: Final = 3  # a free port may be taken between the check and the broker's bind
_POLL_S: Final = 0.05

_FOLDER: Final = 0o700
_FILE: Final = 0o600
_UMASK: Final = 0o077
"""Inboxes stand in the broker's files in clear: its user alone may read them."""


class LocalBroker:
    """Starts and stops the broker of a folder; what is in the folder is used again.

    Args:
        folder: where data, log and state stand; made if missing.
        port: where clients connect; 0 = the last one if still free, else any free one.
        detached: it outlives this process.
        lasting: it is to run fast for hours rather than to start fast; a detached one is.
        say: is told about long steps.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        detached: bool = False,
        lasting: bool = False,
        say: Say = silent,
    ) -> None:
        self._folder = folder.resolve()
        self._port = port
        self._detached = detached
        self._lasting = lasting or detached
        self._say = say
        self._child: subprocess.Popen[bytes] | None = None
        self._running: Running | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients connect to.

        Raises:
            BrokerError: it is not started.
        """
        if self._running is None:
            raise BrokerError("the broker is not started")
        return self._running.bootstrap

    @property
    def process(self) -> ProcessId:
        """The broker's process; raises BrokerError if it is not started."""
        if self._running is None:
            raise BrokerError("the broker is not started")
        return self._running.process

    def start(self) -> None:
        """Prepare, launch and wait until it is ready.

        Raises:
            UserError: it cannot be started; the message says what to do.
        """
        self.prepare()
        self.launch()
        self.wait_ready()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def prepare(self) -> None:
        """Bring the jars and make the folder ready; takes seconds the first time.

        Raises:
            UserError: Java or Maven is missing, or the jars cannot be had.
        """
        jars(self._say)
        rehearse(self._say)
        self._folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER)

    def launch(self) -> None:
        """Format the data if they are new and start the process; returns before it is ready.

        A tethered broker dies with the thread that calls this, see
        `agents.edges.child_process.tether`.

        Raises:
            BrokerError: one is running in this folder, or the port is in use.
        """
        with locked(self._folder / "lock"):
            before = last(self._folder)
            if before is not None and before.orphaned:
                end(before.process, 0)
            elif before is not None and alive(before.process):
                raise BrokerError(
                    f"a broker already runs on {self._folder} (process {before.pid},"
                    f" {before.bootstrap}): stop it first"
                )
            port, controller = self._ports(before)
            configure(self._folder, port, controller)
            self._spawn(port, controller)
            _close_to_others(self._folder)

    def wait_ready(self) -> None:
        """Wait until the broker answers; on failure it is ended.

        Raises:
            BrokerError: it ended by itself, or was not ready in 90 s.
        """
        try:
            for attempt in range(1, _ATTEMPTS + 1):
                if self._came_up():
                    return
                if self._port or attempt == _ATTEMPTS or not lost_port(self._folder):
                    break
                self.launch()  # with other ports
            raise BrokerError(why_ended(self._folder))  # noqa: TRY301 - ends the child like the rest
        except BaseException:  # Ctrl-C too leaves no broker behind
            self.stop()
            raise

    def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """End the broker, orderly and then by force; nothing happens if none was started.

        Args:
            grace_s: seconds between the two; 0 for one whose data are given up.
        """
        if self._running is not None:
            end(self._running.process, grace_s)
        if self._child is not None:
            self._child.wait()
        self._running = self._child = None

    def _ports(self, before: Running | None) -> tuple[int, int]:
        if self._port and not free(self._port):
            raise BrokerError(
                f"port {self._port} is in use: choose another with --port, or leave it out"
            )
        wanted = (
            self._port or (before.port if before else 0),
            before.controller_port if before else 0,
        )
        with reserved(wanted[0]) as port, reserved(wanted[1]) as controller:
            return port, controller

    def _spawn(self, port: int, controller: int) -> None:
        command = server_command(lasting=self._lasting)
        with (self._folder / "broker.log").open("ab") as log:
            self._child = subprocess.Popen(
                command if self._detached else tethered(command),
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us first, we end it when we are done
                umask=_UMASK,
            )
        child = identify(self._child.pid)
        parent = None if self._detached else identify(os.getpid())
        if child is None:
            raise BrokerError(why_ended(self._folder))
        self._running = Running(
            pid=child.pid,
            started_ticks=child.started_ticks,
            port=port,
            controller_port=controller,
            parent_pid=parent.pid if parent else 0,
            parent_started_ticks=parent.started_ticks if parent else 0,
        )
        record(self._folder, self._running)

    def _came_up(self) -> bool:
        deadline = time.monotonic() + _READY_DEADLINE_S
        child, started = self._child, self._running
        while child is not None and started is not None and child.poll() is None:
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"the broker was not ready in {_READY_DEADLINE_S:.0f} s:"
                    f" see {self._folder / 'broker.log'}"
                )
            if answers(started.port):
                return True
            time.sleep(_POLL_S)
        return False


def _close_to_others(folder: Path) -> None:
    """Take rights of others from what stands in the folder, also from what older versions made."""
    folder.chmod(_FOLDER)
    for path in folder.rglob("*"):
        try:
            mode = path.lstat().st_mode
            if mode & _UMASK and not stat.S_ISLNK(mode):
                path.chmod(_FOLDER if stat.S_ISDIR(mode) else _FILE)
        except FileNotFoundError:  # the broker is at work there already
            continue


def folder_of(settings: Settings) -> Path:
    """Return the folder of the broker that belongs to these settings."""
    return settings.state_dir / "kafka"


def bootstrap_of(settings: Settings) -> str:
    """Return the broker to use: the configured one, else the one running in our folder.

    Raises:
        BrokerError: there is neither.
    """
    if settings.kafka.bootstrap:
        return settings.kafka.bootstrap
    found = running(folder_of(settings))
    if found is None:
        raise BrokerError(
            "no broker runs: start one with `hostwatch kafka start`,"
            " or name one in HOSTWATCH_KAFKA__BOOTSTRAP"
        )
    return found.bootstrap


@asynccontextmanager
async def broker_for(settings: Settings, say: Say = silent) -> AsyncIterator[str]:
    """Yield the address of the broker to use; start one for the duration if there is none.

    The configured broker and one started by `hostwatch kafka start` are left as they are.

    Raises:
        UserError: none is there and none can be started.
    """
    found = running(folder_of(settings))
    if settings.kafka.bootstrap or found is not None:
        yield bootstrap_of(settings)
        return
    broker = LocalBroker(folder_of(settings), say=say)
    await asyncio.to_thread(broker.prepare)
    broker.launch()  # from the loop's own thread: the broker dies with the thread that starts it
    try:
        await asyncio.to_thread(broker.wait_ready)
        yield broker.bootstrap
    finally:
        await asyncio.to_thread(broker.stop)
