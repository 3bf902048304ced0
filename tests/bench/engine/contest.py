"""What a contestant's process is told and what it says at its end.

`python contest_NAME.py SPEC` with the spec as JSON; its last line on standard output is its
`Measured` as JSON. Time and CPU run from the first record it is handed until everything that
follows from the last is acknowledged and its offset committed, so start and join do not count.
"""

import resource
import sys
import time

import msgspec


class Spec(msgspec.Struct, kw_only=True):
    """What a contestant does.

    Attributes:
        bootstrap: the broker.
        source, output, changelog: topics; some contestants name their changelog themselves.
        group: consumer group, and the name of whatever else must be its own.
        events: ends after so many; 0 = goes on until it is ended from outside.
        folder: for local state.
        transactional: state, outputs and offsets in one transaction.
        partitions: of every topic.
        session_s: session timeout of the group.
    """

    bootstrap: str
    source: str
    output: str
    changelog: str
    group: str
    events: int
    folder: str
    transactional: bool = False
    partitions: int = 4
    session_s: float = 6.0


class Measured(msgspec.Struct, kw_only=True):
    """What a contestant needed: records handled, wall and CPU seconds (user and system)."""

    events: int
    wall_s: float
    cpu_s: float


def cpu_s() -> float:
    """Return the CPU seconds of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Meter:
    """Measures from the first record on."""

    def __init__(self) -> None:
        self.begun = False
        self._wall = self._cpu = 0.0

    def begin(self) -> None:
        """Note the start; later calls change nothing."""
        if not self.begun:
            self.begun = True
            self._wall, self._cpu = time.perf_counter(), cpu_s()

    def measured(self, events: int) -> Measured:
        """Return what was needed up to now."""
        wall_s = time.perf_counter() - self._wall
        return Measured(events=events, wall_s=wall_s, cpu_s=cpu_s() - self._cpu)


def spec_of_arguments() -> Spec:
    """Return what the command line says."""
    return msgspec.json.decode(sys.argv[1], type=Spec)


def tell(measured: Measured) -> None:
    """Print the result as the last line."""
    sys.stdout.write(msgspec.json.encode(measured).decode() + "\n")
    sys.stdout.flush()
