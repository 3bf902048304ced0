"""Product processes of tests, forked from a server that has imported the product already.

Importing a worker's modules takes most of a core's second, and `make test` starts hundreds of
processes. `multiprocessing` has the server. It forks before anything of the product runs, so each
process is as a new one: it has its own session, folder and environment, and real signals end it.
Only the seed of its hashes is that of the server. Tests of the start itself run the command anew.
"""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_OUT, _ERR = 1, 2

HOSTWATCH: Final = "from agents.cli import main; main()"

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["agents.cli", "agents.serve", "agents.worker"])


def server_pid() -> int:
    """Return the process id of the server, the parent of all that it forks."""
    forkserver.ensure_running()
    pid = forkserver._forkserver._forkserver_pid
    assert pid is not None
    return pid


def _become(
    program: str,
    arguments: Sequence[str],
    folder: str,
    environment: dict[str, str],
    out: Connection,
) -> None:
    """Be a program with arguments; runs in the forked process."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # the server dies with the tests
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(out.fileno(), _OUT)
    os.dup2(_OUT, _ERR)
    out.close()
    sys.argv = ["hostwatch", *arguments]
    exec(program, {"__name__": "__main__"})  # noqa: S102 - statements of the test's own


class ForkedProcess:
    """A running process, with the methods of asyncio's that tests use.

    Attributes:
        pid: its process id.
        stdout: what it writes, errors with it; None if that goes to a file.
    """

    def __init__(self, process: ForkServerProcess, stdout: asyncio.StreamReader | None) -> None:
        """Take a process that was started; `start` makes one."""
        assert process.pid is not None
        self.pid: int = process.pid
        self.stdout = stdout
        self._process = process
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._note_end)

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._ended.set()

    @property
    def returncode(self) -> int | None:
        """The code it ended with, minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Wait until it has ended and return its code."""
        await self._ended.wait()
        code = self._process.exitcode
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing happens once it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)


async def start(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    log: int | None = None,
    program: str = HOSTWATCH,
) -> ForkedProcess:
    """Start the command `hostwatch`, or another program, as a process that dies with the tests.

    Args:
        arguments: of the program.
        folder: its working folder.
        environment: all of its variables.
        log: where it writes, a file descriptor; None = a pipe, `stdout`.
        program: its statements.
    """
    reader, end = None, None
    if log is None:
        reader, end = await _pipe()
    out = Connection(os.dup(log) if end is None else end, readable=False)
    process = _CONTEXT.Process(
        target=_become, args=(program, list(arguments), str(folder), dict(environment), out)
    )
    with _without_main():
        process.start()
    out.close()
    return ForkedProcess(process, reader)


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program that runs the tests: a forked process would import it again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def script(file: str) -> str:
    """Return the program that is a file."""
    return f"import runpy; runpy.run_path({file!r}, run_name='__main__')"


async def _pipe() -> tuple[asyncio.StreamReader, int]:
    begin, end = os.pipe()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(begin, "rb"))
    return reader, end
