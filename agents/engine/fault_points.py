"""Fault points: places between fetch and commit at which a test ends or stops the process.

The calls of `fault_point` are compiled in and do nothing but look at one variable. A test arms one
point of a child process with the variable `FAULT_POINT_OF_TEST`, whose value names the test's own
process id (see `PlantedFault.variable`): in a shell profile, a unit file or a grandchild's
environment it fits no process, and stops the start.
"""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, Self

from agents.errors import UserError

VARIABLE: Final = "FAULT_POINT_OF_TEST"


class FaultPoint(StrEnum):
    """Where a process may be ended, in the order in which a list passes them."""

    ASSIGNING = "assigning"
    """Partitions are owned; nothing of them is loaded."""
    ASSIGNED = "assigned"
    """What is held for them is loaded; no record was handed over."""
    FETCHED = "fetched"
    """Records have come from the broker."""
    HANDED = "handed"
    """A list of one partition goes to the stage."""
    JUDGED = "judged"
    """Intake has judged and remembered a list; nothing is written."""
    LOCATED = "located"
    """Attribution has found where a list's URLs are; nothing is written."""
    PROBED = "looked"
    """The prober has had its answer; nothing is written."""
    FOLDED = "folded"
    """Lifecycle has folded a list; nothing is written."""
    BEGUN = "begun"
    """A transaction is begun; nothing is sent in it."""
    SENT = "sent"
    """Batches are with the client's sender; none is known to be acknowledged."""
    WRITTEN = "written"
    """The broker has acknowledged what follows from a list; the offset has not moved, a
    transaction is not committed."""
    COMMITTED = "committed"
    """The transaction is committed; memory does not know yet."""
    SETTLED = "settled"
    """A list is done; its offset is about to be committed."""
    OFFSET_COMMITTED = "offset_committed"
    """The offset of a list is committed."""
    ORDERS_SENT = "orders_sent"
    """Orders of probes are acknowledged."""
    POSITION_WRITTEN = "position_written"
    """A ledger position is acknowledged."""
    REVOKED = "revoked"
    """Partitions are dropped; the group does not know yet."""
    SUCCESSOR_KEPT = "successor_kept"
    """A new master key stands in the key file beside the old one; `keys.v1` knows the old one."""
    REWRAPPED = "rewrapped"
    """A month is destroyed, the others are wrapped by the new master key; both are in the file."""
    MASTER_REPLACED = "master_replaced"
    """The old master key is gone; the broker may still keep what it wrapped."""


class FaultAction(StrEnum):
    """What happens at the point."""

    KILL = "kill"
    """The process ends at once, as by kill -9: nothing is flushed, closed or said to the broker."""
    STOP = "stop"
    """All its threads stand still until somebody sends SIGCONT."""


_SIGNALS: Final[Mapping[FaultAction, signal.Signals]] = {
    FaultAction.KILL: signal.SIGKILL,
    FaultAction.STOP: signal.SIGSTOP,
}


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """One fault of one process.

    Attributes:
        action: what happens.
        point: where.
        nth: at which pass of the point, from 1.
    """

    action: FaultAction
    point: FaultPoint
    nth: int

    def variable(self, parent: int | None = None) -> str:
        """Return the value of the variable that arms it in a child of a process.

        Args:
            parent: the process id; None = this process.
        """
        return f"{self.action}:{self.point}:{self.nth}:child-of-{parent or os.getpid()}"

    @classmethod
    def of(cls, variable: str) -> Self:
        """Read the variable in the child.

        Raises:
            UserError: it is none, or was meant for a child of another process.
        """
        try:
            action, point, nth, parent = variable.split(":")
            found = cls(FaultAction(action), FaultPoint(point), int(nth))
        except ValueError:
            raise UserError(f"{VARIABLE} is for tests of hostwatch only: unset it") from None
        if found.nth < 1 or parent != f"child-of-{os.getppid()}":
            raise UserError(f"{VARIABLE} is for the child of a running test only: unset it")
        return found


@dataclass(slots=True)
class _Armed:
    fault: PlantedFault
    left: int

    def passed(self, point: FaultPoint) -> None:
        if point is not self.fault.point:
            return
        self.left -= 1
        if self.left == 0:
            os.write(2, f"hostwatch: fault point: {self.fault.action} at {point}\n".encode())
            os.kill(os.getpid(), _SIGNALS[self.fault.action])


class FaultPointListener(Protocol):
    """Is told of each point that is passed."""

    def passed(self, point: FaultPoint) -> None:
        """Hear that the code that runs now is at a point."""
        ...


_armed: FaultPointListener | None = None


def fault_point(point: FaultPoint) -> None:
    """Say that the process is at a point; nothing happens unless a test armed it."""
    if _armed is not None:
        _armed.passed(point)


@contextmanager
def listening(listener: FaultPointListener) -> Iterator[None]:
    """Have a simulator told of every point; it has many processes of its own in this one.

    Args:
        listener: is told.
    """
    global _armed
    before, _armed = _armed, listener
    try:
        yield
    finally:
        _armed = before


def arm(environment: Mapping[str, str], shout: Callable[[str], None]) -> None:
    """Arm the fault that a test's variable names; without the variable nothing happens.

    Args:
        environment: of the process.
        shout: is told what will happen.

    Raises:
        UserError: the variable is set and is not for this process.
    """
    global _armed
    variable = environment.get(VARIABLE)
    if variable is None:
        return
    fault = PlantedFault.of(variable)
    _armed = _Armed(fault, fault.nth)
    shout(
        f"WARNING: {VARIABLE}: this process does {fault.action} to itself"
        f" at pass {fault.nth} of {fault.point}"
    )
