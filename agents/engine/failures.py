"""The two ways a stage's process can end on its own account."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from agents.errors import UserError
from agents.process.log import log

EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h: the supervisor restarts the process, the log is replayed."""


EXIT_REPLACED = 78
"""EX_CONFIG of sysexits.h: started again it would take the place of the other (deploy/systemd)."""


class EngineFailure(Exception):
    """A fault that we name ourselves: its text holds nothing of a record and is printed."""


class SendFailed(EngineFailure):
    """The broker refused a record or did not answer in time; what was written is not known."""


class UnreadableBatch(EngineFailure):
    """A batch of a topic that we write cannot be read: a disk or a broker damaged it."""

    def __init__(self, topic: str, partition: int, offset: int) -> None:
        """Keep where it stands."""
        super().__init__(topic, partition, offset)
        self.topic, self.partition, self.offset = topic, partition, offset

    def __str__(self) -> str:
        """Say where it stands."""
        return f"{self.topic}/{self.partition}/{self.offset} begins a batch that cannot be read"


class LoadStalled(EngineFailure, TimeoutError):
    """Nothing of a state came for so long that it must not seem to be loading."""

    def __init__(self, topic: str, seconds: float) -> None:
        """Say what was loaded.

        Args:
            topic: without prefix.
            seconds: for which nothing came.
        """
        super().__init__(f"nothing of {topic} came for {seconds:.0f} s while it was loaded")


class NoSuchTopic(EngineFailure, TimeoutError):
    """The broker has no such topic, and it did not come."""

    def __init__(self, topic: str) -> None:
        """Say which.

        Args:
            topic: its full name.
        """
        super().__init__(f"the broker has no topic {topic}")


class ReadBeyondEnd(EngineFailure):
    """A state holds more of a topic than is there: the broker lost records, or made it anew.

    What is appended now gets the numbers of what was read, and would be passed over without a word.
    """

    def __init__(self, topic: str, partition: int, offset: int, end: int) -> None:
        """Say what was found.

        Args:
            topic: without prefix.
            partition: of it.
            offset: that comes next by the state.
            end: of the partition.
        """
        super().__init__(f"of {topic}/{partition} offset {offset} comes next, and it ends at {end}")


class Fenced(SendFailed):
    """Another process has become the writer of a partition."""


_end: Callable[[str, BaseException], NoReturn] | None = None


@contextmanager
def ended_by(end: Callable[[str, BaseException], NoReturn]) -> Iterator[None]:
    """Have a simulator end the one of its processes that crashes, and not this process.

    Args:
        end: ends it; is told where it crashed and on what.
    """
    global _end
    before, _end = _end, end
    try:
        yield
    finally:
        _end = before


def crash(where: str, error: BaseException) -> NoReturn:
    """End the process at once, before any offset moves past work that was not done.

    The text of the error is not printed: it may hold an address or a byte of a record. Its type
    and the lines it passed are enough to find it.
    """
    if _end is not None:
        _end(where, error)
    try:
        reason = f" ({error})" if isinstance(error, EngineFailure | UserError) else ""
        passed = traceback.extract_tb(error.__traceback__)
        frames = "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in passed)
        name = type(error).__name__
        log(where).error(f"{where} stopped on {name}{reason}", error=name, frames=frames)
        sys.stderr.flush()
    finally:  # also where nobody reads standard error any more
        os._exit(EXIT_CRASHED)


def replaced(role: str, name: str) -> NoReturn:
    """End the process because another one has its name.

    Args:
        role: whose group it is.
        name: `kafka.instance`.
    """
    try:
        said = f'another process of the role {role} has kafka.instance = "{name}": this one stops'
        log(role).error(f"{said}; give each process a name of its own", error="InstanceTaken")
        sys.stderr.flush()
    finally:
        os._exit(EXIT_REPLACED)
