"""How every bench measures: CPU, rounds, processes, and what it says of them.

It imports msgspec and the standard library alone, because contestants run in environments that
have nothing of the project. What a process of a bench is told stands as JSON in its first argument;
the last line it prints is its result.
"""

import asyncio
import math
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

ROUNDS = 5
"""How often what is measured is repeated."""

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
"""Part of its usual size that a bench has. A smaller one shows that it runs, and no figure of it
is held against a limit.
"""

SMALL = SCALE < 1

WORDS_MAX = 200
"""Characters of a process's last words that a reason holds."""

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

T = TypeVar("T")


class Failed(Exception):
    """A measurement has no figure; the message is a process's last word, or the deadline."""


class Measured(msgspec.Struct, kw_only=True):
    """What was needed: how many were handled, wall and CPU seconds (user and system)."""

    events: int
    wall_s: float
    cpu_s: float

    @property
    def per_s(self) -> int:
        """How many were handled in a second of wall time."""
        return round(self.events / self.wall_s)

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU of each."""
        return round(self.cpu_s / self.events * 1e6, 2)


def scaled(count: int) -> int:
    """Return how many of something a bench has, by `BENCH_SCALE`; two at least."""
    return max(2, round(count * SCALE))


def cpu_s(pid: int | None = None) -> float:
    """Return the CPU seconds of a process so far, user and system, all threads.

    Args:
        pid: the process; None is this one, in nanoseconds. Of another it is utime and stime in
            proc(5), stat, in steps of 10 ms.
    """
    if pid is None:
        return time.process_time()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


class Meter:
    """Measures wall and CPU seconds from `begin` on.

    Args:
        pid: the process whose CPU counts; None is this one.
    """

    def __init__(self, pid: int | None = None) -> None:
        self.begun = False
        self._pid = pid
        self._wall = self._cpu = 0.0

    def begin(self) -> None:
        """Note the start; later calls change nothing."""
        if not self.begun:
            self.begun = True
            self._wall, self._cpu = time.perf_counter(), cpu_s(self._pid)

    def measured(self, events: int = 1) -> Measured:
        """Return what was needed up to now.

        Args:
            events: how many were handled.
        """
        wall_s = time.perf_counter() - self._wall
        return Measured(events=events, wall_s=wall_s, cpu_s=cpu_s(self._pid) - self._cpu)


def metered(pid: int | None = None) -> Meter:
    """Return a meter that has begun."""
    meter = Meter(pid)
    meter.begin()
    return meter


async def cost_s(work: Awaitable[object]) -> float:
    """Return the CPU seconds of an awaitable."""
    begun_s = cpu_s()
    await work
    return cpu_s() - begun_s


def costs_s(work: Callable[[T], object], rounds: Iterable[T]) -> list[float]:
    """Return the CPU seconds of a call in each round, called with what the round yields."""
    found = []
    for one in rounds:
        begun_s = cpu_s()
        work(one)
        found.append(cpu_s() - begun_s)
    return found


def least_us(work: Callable[[Any], object], items: Sequence[Any], rounds: int = ROUNDS) -> float:
    """Return the CPU microseconds of one call: the least of some rounds.

    Other load on the machine makes a round dearer and never cheaper.

    Args:
        work: what is called with each item.
        items: what it is called with in a round.
        rounds: how often all of them are gone through.
    """

    def through(_: int) -> None:
        for item in items:
            work(item)

    return min(costs_s(through, range(rounds))) / len(items) * 1e6


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the values does not exceed.

    Args:
        values: in any order; empty gives None.
        share: between 0 and 1, such as 0.99 (nearest rank).
    """
    if not values:
        return None
    ordered = sorted(values)
    rank = math.ceil(share * len(ordered))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def percentiles_ms(name: str, values: Sequence[float]) -> dict[str, float | None]:
    """Return p50 and p99 of delays in ms, under keys that begin with a name."""
    found = {}
    for share in (50, 99):
        value = percentile(values, share / 100)
        found[f"{name}p{share}_ms"] = None if value is None else round(value, 1)
    return found


def median_of(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return each figure's median over measurements of the same, and the measurements as `runs`."""
    medians = {key: statistics.median_low([one[key] for one in found]) for key in found[0]}
    return medians | {"runs": [dict(one) for one in found]}


def say(line: str) -> None:
    """Print a line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def spec_of(kind: type[T]) -> T:
    """Return what this process was told by its first argument."""
    return msgspec.json.decode(sys.argv[1], type=kind)


def tell(result: Any) -> None:
    """Print a result as the last line."""
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    sys.stdout.flush()


def reason_of(error: BaseException) -> str:
    """Return why there is no figure."""
    return str(error) or type(error).__name__


def last_word(text: str) -> str:
    """Return the last line that says something."""
    lines = (line for line in reversed(text.splitlines()) if line.strip())
    return next(lines, "it said nothing")[-WORDS_MAX:]


@asynccontextmanager
async def process(
    command: Sequence[str], *paths: Path, log: IO[bytes] | int | None = asyncio.subprocess.PIPE
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a process of a bench for the duration of the block; it is killed at its end.

    Args:
        command: program and arguments.
        paths: folders whose modules it imports; this module's is one of them.
        log: where it writes errors; None = where this process does.
    """
    places = os.pathsep.join(map(str, (*paths, Path(__file__).parent)))
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        limit=1024 * 1024,
        env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": places},
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def result_of(
    child: asyncio.subprocess.Process, kind: type[T], deadline_s: float, log: Path | None = None
) -> T:
    """Wait for a process's end and return its result.

    Args:
        child: the process.
        kind: what the result is.
        deadline_s: wall seconds.
        log: the file it wrote errors to; None = a pipe.

    Raises:
        Failed: it ended without a result, or was not done at the deadline.
    """
    try:
        async with asyncio.timeout(deadline_s):
            said, wailed = await child.communicate()
    except TimeoutError:
        raise Failed(f"not done in {deadline_s:.0f} s") from None
    return _result(said, kind, f"exit {child.returncode}", wailed or b"", log)


def _result(said: bytes, kind: type[T], ended: str, wailed: bytes, log: Path | None) -> T:
    try:
        return msgspec.json.decode(said.splitlines()[-1], type=kind)
    except (IndexError, msgspec.DecodeError):
        words = wailed if log is None else log.read_bytes()
        raise Failed(f"{ended}: {last_word(words.decode(errors='replace'))}") from None
