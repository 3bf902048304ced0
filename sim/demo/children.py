"""The demo's child processes: each with its log, each dead when the demo is."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from agents.edges.child_process.processes import end, identify
from agents.edges.child_process.tether import tethered
from agents.errors import UserError

STOP_GRACE_S: Final = 15.0
"""A worker finishes its batch and leaves its groups in a few seconds."""

COMMAND: Final = (sys.executable, "-c", "from agents.cli import main; main()")
"""`hostwatch` of this very interpreter, wherever its script stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A running child.

    Attributes:
        name: what it is to the reader of messages.
        log: where it writes.
        process: the process itself.
    """

    name: str
    log: Path
    process: asyncio.subprocess.Process

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], log: Path, *, talks: bool = False
    ) -> Self:
        """Start a child that dies with this process and hears no Ctrl-C of the terminal.

        Args:
            name: what it is.
            command: what it runs.
            log: where its standard error goes, and its standard output unless it talks.
            talks: standard input and output are pipes.
        """
        pipe = asyncio.subprocess.PIPE
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *tethered(list(command)),
                stdin=pipe if talks else asyncio.subprocess.DEVNULL,
                stdout=pipe if talks else file,
                stderr=file,
                env=_environment(),
                start_new_session=True,
            )
        return cls(name=name, log=log, process=process)

    async def tell(self, line: bytes) -> None:
        """Write to a child that talks.

        Raises:
            UserError: it does not listen any more.
        """
        pipe = self.process.stdin
        try:
            if pipe is None:
                raise BrokenPipeError
            pipe.write(line)
            await pipe.drain()
        except ConnectionError:
            raise UserError(f"the {self.name} ended by itself: see {self.log}") from None

    async def heard(self) -> bytes:
        """Return the next line of a child that talks, empty if it ended."""
        pipe = self.process.stdout
        return await pipe.readline() if pipe is not None else b""

    async def ended(self) -> None:
        """Wait until the child ends by itself, which it must not.

        Raises:
            UserError: it did.
        """
        code = await self.process.wait()
        raise UserError(f"the {self.name} ended by itself with code {code}: see {self.log}")

    async def stop(self) -> None:
        """End the child, orderly and then by force."""
        if self.process.returncode is None:
            found = identify(self.process.pid)
            if found is not None:
                await asyncio.to_thread(end, found, STOP_GRACE_S)
            await self.process.wait()


def _environment() -> dict[str, str]:
    """Return the environment without settings: the child has its file."""
    return {name: value for name, value in os.environ.items() if not _ours(name)}


def _ours(name: str) -> bool:
    return name.startswith("HOSTWATCH_")
