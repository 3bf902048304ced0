"""A contestant as a child process of a test; its end kills it."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import contestant_process
import fork_server
from contestants import IN, LAW_DEADLINE_S, ROLE
from fork_server import ForkedProcess
from groups import Offsets, offsets

from agents.config import Settings
from agents.edges.child_process.processes import end, identify
from agents.engine.failures import EXIT_CRASHED


@dataclass(frozen=True, slots=True)
class Child:
    """A contestant at work."""

    offsets: Offsets
    process: ForkedProcess
    folder: Path

    def begun(self, offset: int = 0) -> bool:
        """Say whether a record of partition 0 was met."""
        file = self.folder / "done"
        return file.exists() and f"0 {offset}" in file.read_text().splitlines()

    def said(self, words: str) -> bool:
        """Say whether words stand in its log."""
        return words in (self.folder / "said").read_text(errors="replace")

    def let_go(self) -> None:
        """Let what is held go on, now and after a restart."""
        (self.folder / "go").touch()

    async def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        await self.process.wait()

    async def ended_or(self, true: Callable[[], Awaitable[bool]]) -> None:
        """Wait until the process has stopped itself or something is true."""
        while self.process.returncode is None and not await true():
            await asyncio.sleep(0.05)
        assert self.process.returncode in {None, EXIT_CRASHED}


@asynccontextmanager
async def child(settings: Settings, contestant: str, folder: Path) -> AsyncIterator[Child]:
    """Run a contestant for the duration of the block."""
    folder = folder / contestant
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "said").open("ab") as said:
        process = await fork_server.start(
            (contestant, settings.kafka.model_dump_json(), str(folder)),
            Path.cwd(),
            os.environ,
            log=said.fileno(),
            program=fork_server.script(contestant_process.__file__),
        )
    try:
        async with asyncio.timeout(LAW_DEADLINE_S), offsets(settings, ROLE, IN) as found:
            yield Child(found, process, folder)
    finally:
        named = identify(process.pid)
        if named is not None and process.returncode is None:
            await asyncio.to_thread(end, named, 0)
        await process.wait()
