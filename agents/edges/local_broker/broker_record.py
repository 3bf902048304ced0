"""Which broker runs in a folder: what `broker.json` says, held against the process table."""

from pathlib import Path
from typing import Final

import msgspec

from agents.edges.child_process.processes import ProcessId, alive, end
from agents.process.atomic_file import write_whole

_STOP_GRACE_S: Final = 20.0
"""An idle broker ends in a second; one that must write much back takes longer."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A broker as it stands in its folder's `broker.json`.

    Attributes:
        pid, started_ticks: which process it is; see `agents.edges.child_process.processes`.
        port: where clients connect on 127.0.0.1.
        controller_port: where the controller listens.
        parent_pid, parent_started_ticks: the process it dies with; 0 = detached.
    """

    pid: int
    started_ticks: int
    port: int
    controller_port: int
    parent_pid: int = 0
    parent_started_ticks: int = 0

    @property
    def bootstrap(self) -> str:
        """The address clients connect to."""
        return f"127.0.0.1:{self.port}"

    @property
    def process(self) -> ProcessId:
        """The broker's process."""
        return ProcessId(self.pid, self.started_ticks)

    @property
    def orphaned(self) -> bool:
        """Whether it is tethered to a parent that is gone: the kernel is about to end it."""
        parent = ProcessId(self.parent_pid, self.parent_started_ticks)
        return self.parent_pid != 0 and not alive(parent)


def running(folder: Path) -> Running | None:
    """Return the broker that runs with its data in this folder, None if none does."""
    found = last(folder)
    return found if found is not None and alive(found.process) and not found.orphaned else None


def stop(folder: Path) -> bool:
    """Stop the folder's broker, orderly and then by force; return whether one was running."""
    found = last(folder)
    return found is not None and end(found.process, _STOP_GRACE_S)


def last(folder: Path) -> Running | None:
    """Return the broker last started in this folder, running or not."""
    try:
        return msgspec.json.decode((folder / "broker.json").read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def record(folder: Path, running: Running) -> None:
    """Leave in the folder which broker runs there."""
    write_whole(folder / "broker.json", msgspec.json.encode(running))
