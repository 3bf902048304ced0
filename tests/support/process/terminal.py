"""The command `hostwatch` in a terminal of its own, with somebody at the keys."""

import asyncio
import fcntl
import os
import pty
import re
import struct
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from command import COMMAND

from agents.edges.child_process.processes import end, identify
from agents.edges.child_process.tether import tethered

LINES, COLUMNS = 80, 120
_SIZE = ("LINES", "COLUMNS")
"""They outrank the terminal's own size. Pytest's readline sets them for what it starts."""
_BYTES = 65_536
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True)
class Terminal:
    """A running command and what its terminal showed.

    Attributes:
        process: the command.
        text: everything that was ever shown, without the codes that place it.
    """

    process: asyncio.subprocess.Process
    text: str = ""
    _master: int = -1
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def press(self, keys: str) -> None:
        """Press keys, one after the other."""
        os.write(self._master, keys.encode())

    async def shows(self, what: str, *, after: int = 0) -> int:
        """Wait until something is shown that matches, and return where it ends in the text.

        Args:
            what: a regular expression.
            after: nothing before this place counts.
        """
        while (found := re.compile(what).search(self.text, after)) is None:
            self._news.clear()
            await self._news.wait()
        return found.end()

    def _read(self) -> None:
        with suppress(OSError):  # the other end is closed
            self.text += _CODES.sub("", os.read(self._master, _BYTES).decode("utf-8", "replace"))
        self._news.set()


@asynccontextmanager
async def at_a_terminal(folder: Path, *arguments: str, **variables: str) -> AsyncIterator[Terminal]:
    """Run a command in a terminal for the duration of the block.

    What it showed is in `shown.log` in the folder afterwards.

    Args:
        folder: its working folder.
        arguments: what stands behind `hostwatch`.
        variables: settings, such as KAFKA__BOOTSTRAP.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _SIZE and not name.startswith("HOSTWATCH_")
    }
    ours = {f"HOSTWATCH_{name}": value for name, value in variables.items()}
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *tethered([*COMMAND, *arguments]),
        cwd=folder,
        env={**kept, "TERM": "xterm", **ours},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    terminal = Terminal(process, _master=master)
    asyncio.get_running_loop().add_reader(master, terminal._read)
    try:
        yield terminal
    finally:
        found = identify(process.pid)
        if found is not None and process.returncode is None:
            await asyncio.to_thread(end, found, 20.0)
        await process.wait()
        (folder / "shown.log").write_text(terminal.text)
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
        os.close(slave)
