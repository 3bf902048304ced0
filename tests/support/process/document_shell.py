"""Terminals in a fresh clone: the blocks of a document are typed there as they stand."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).parents[3]
BLOCK: Final = re.compile(
    r"(?P<before>.*?)^```sh test\n(?P<typed>.*?)^```", re.MULTILINE | re.DOTALL
)
ENDLESS: Final = ("hostwatch worker", "hostwatch intake serve")
"""What a block may end with that runs until Ctrl-C."""
STOPPED: Final = "Ctrl-C in the first two terminals"
"""Text in front of a block that is typed once those have ended."""
BLOCK_DEADLINE_S: Final = 120.0
DONE: Final = "block-is-done"


def fresh_clone(folder: Path) -> Path:
    """Return a copy of the files that git knows, with an environment that imports them.

    The environment holds the packages of the one that runs the tests, as `make setup` would
    install them; so `make setup` finds nothing to do, and no test downloads a package.

    Args:
        folder: an empty one.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (source := ROOT / name).is_file():  # deleted and not yet committed ones are not
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    _environment_of(folder)
    return folder


def _environment_of(clone: Path) -> None:
    venv = clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = venv / "lib" / version / "site-packages"
    places = [place for place in sys.path if Path(place).name == "site-packages"]
    (packages / "clone.pth").write_text("\n".join([str(clone), *places]) + "\n")
    program = venv / "bin" / "hostwatch"
    program.write_text(f"#!{venv}/bin/python\nfrom agents.cli import main\nmain()\n")
    program.chmod(0o755)
    (venv / "ready").touch()


class DocumentShell:
    """A shell in which blocks are typed; it ends at the first line that fails."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.busy = False

    @classmethod
    async def opened(cls, clone: Path, environment: dict[str, str]) -> Self:
        """Open one in the root folder of a clone."""
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-e",
            cwd=clone,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        return cls(process)

    async def type(self, block: str) -> str:
        """Type a block and return what it printed; one that runs until Ctrl-C leaves it busy."""
        assert self._process.stdin is not None
        self.busy = block.splitlines()[-1].split(" #")[0].strip() in ENDLESS
        # what the shell reads next is not for the block's programs to read
        self._process.stdin.write(
            f"{{\n{block}\n}} </dev/null\nprintf '\\n%s\\n' {DONE}\n".encode()
        )
        await self._process.stdin.drain()
        return "" if self.busy else await self._printed()

    async def interrupt(self) -> str:
        """Press Ctrl-C and return what the block printed; the shell stays."""
        shell = self._process.pid
        for child in _children_of(shell):
            os.kill(child, signal.SIGINT)
        self.busy = False
        return await self._printed()

    async def close(self) -> None:
        """End whatever still runs in it."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended since
                os.killpg(self._process.pid, signal.SIGTERM)
            await asyncio.wait_for(self._process.wait(), BLOCK_DEADLINE_S)

    async def _printed(self) -> str:
        assert self._process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(BLOCK_DEADLINE_S):
            while line := (await self._process.stdout.readline()).decode():
                if line.strip() == DONE:
                    return "".join(lines)
                lines.append(line)
        raise AssertionError("a line of the block failed:\n" + "".join(lines))


def _children_of(process: int) -> list[int]:
    told = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in told.split()]


class Session:
    """A person who reads a document and types its blocks.

    A block that runs until Ctrl-C keeps its terminal; the next one is typed in a new terminal.

    Args:
        clone: the fresh clone.
        home: an empty folder.
        ports: the ports that the document names, and free ones to take in their place.
    """

    def __init__(self, clone: Path, home: Path, ports: dict[str, str]) -> None:
        self._clone = clone
        self._ports = ports
        self._terminals: list[DocumentShell] = []
        # Kafka's jars are brought once per machine, so the test brings none
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        self._environment = {
            "PATH": os.defpath + ":/usr/local/bin:/usr/sbin",
            "HOME": str(home),
            "XDG_CACHE_HOME": cache,
            "LANG": "C.UTF-8",
            "HOSTWATCH_WEB__PORT": ports["9464"],
            "HOSTWATCH_INTAKE__PORT": ports["9465"],
        }

    async def follow(self, document: str) -> str:
        """Type all blocks of a document in their order and return what they printed."""
        printed = []
        for found in BLOCK.finditer(document):
            if STOPPED in found["before"]:
                printed += await self.interrupt()
            try:
                printed.append(await (await self._free()).type(self._with_ports(found["typed"])))
            except AssertionError as failed:
                for log in await self.interrupt():
                    failed.add_note(log)
                raise
        return "".join(printed)

    async def type(self, block: str) -> str:
        """Type a block of the caller's own in a new terminal."""
        return await (await self._opened()).type(self._with_ports(block))

    async def interrupt(self) -> list[str]:
        """Press Ctrl-C in every busy terminal."""
        return [await terminal.interrupt() for terminal in self._terminals if terminal.busy]

    async def close(self) -> None:
        """Close all terminals and stop the broker that a block started."""
        await self._close_terminals()
        if (self._clone / "monitor" / "hostwatch.toml").exists():
            stop = "../.venv/bin/hostwatch --config hostwatch.toml kafka stop || true"
            await self.type(f"cd monitor; {stop}")
            await self._close_terminals()

    async def _close_terminals(self) -> None:
        for terminal in self._terminals:
            await terminal.close()

    def _with_ports(self, block: str) -> str:
        for port, free in self._ports.items():
            block = block.replace(f":{port}/", f":{free}/")
        return block

    async def _free(self) -> DocumentShell:
        free = [terminal for terminal in self._terminals if not terminal.busy]
        return free[-1] if free else await self._opened()

    async def _opened(self) -> DocumentShell:
        terminal = await DocumentShell.opened(self._clone, self._environment)
        self._terminals.append(terminal)
        return terminal
