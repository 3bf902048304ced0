"""The command `hostwatch` as a child process of a test."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import fork_server
from fork_server import HOSTWATCH, ForkedProcess

from agents.edges.child_process.processes import end, identify
from agents.edges.child_process.tether import tethered

COMMAND = (sys.executable, "-c", HOSTWATCH)


@asynccontextmanager
async def hostwatch(
    folder: Path, *arguments: str, **variables: str
) -> AsyncIterator[ForkedProcess | asyncio.subprocess.Process]:
    """Run a command for the duration of the block; what it says goes to `said.log` in the folder.

    Args:
        folder: its working and state folder.
        arguments: what stands behind `hostwatch`.
        variables: settings, such as KAFKA__BOOTSTRAP; those of the environment are not passed on.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOSTWATCH_")}
    ours = {f"HOSTWATCH_{name}": value for name, value in variables.items()}
    process: ForkedProcess | asyncio.subprocess.Process
    with (folder / "said.log").open("ab") as log:
        if "LD_PRELOAD" in kept:  # a library comes in at a program's start alone
            process = await asyncio.create_subprocess_exec(
                *tethered([*COMMAND, *arguments]),
                cwd=folder,
                env={**kept, **ours},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        else:
            process = await fork_server.start(arguments, folder, {**kept, **ours}, log=log.fileno())
    try:
        yield process
    finally:
        found = identify(process.pid)
        if found is not None and process.returncode is None:
            await asyncio.to_thread(end, found, 20.0)
        await process.wait()


def said(folder: Path) -> str:
    """Return what the commands of a folder said."""
    return (folder / "said.log").read_text(encoding="utf-8", errors="replace")
