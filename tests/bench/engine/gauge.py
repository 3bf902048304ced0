"""The figures' side of the job: reads what is committed as the rollup does, and keeps gauges.

`python gauge.py TOLD`. Committed records come through the product's reader, in no group.
Each is folded into the state of its key; the figures of a group of keys are the sums over its
states. Gauges are set in rounds, no more often than the rollup's. Per event it notes when its
record was appended, when it was in hand, and when the gauges held it. It ends when all are there
or on SIGTERM.
"""

import array
import asyncio
import gc
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import job
import msgspec
from harness import spec_of
from prometheus_client import CollectorRegistry, Gauge

from agents.config import KafkaSettings, Settings
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from agents.stages.rollup.stage import ROUND_S

SLICE_RECORDS = 500
"""Taken before others get the loop: some 10 ms."""

GROUPS = 64
"""As many as a middling registry has hosters."""

NAMES = ("job_events", "job_amount")

FIRST = b"first\n"
"""What it says once an event is in hand."""


class Told(msgspec.Struct, kw_only=True):
    """What the process is told.

    Attributes:
        bootstrap: the broker.
        topic: of outputs.
        events: how many there will be, numbered from 0.
        out: file for what it noted.
    """

    bootstrap: str
    topic: str
    events: int
    out: str


class Times:
    """Moments of each event, ms since epoch, 0 = did not come.

    Args:
        events: how many.

    Attributes:
        appended: its output was appended, by the broker's clock.
        held: its output was in the reader's hands.
        shown: the gauges held it.
    """

    def __init__(self, events: int) -> None:
        self.appended, self.held, self.shown = (
            array.array("d", bytes(8 * events)) for _ in range(3)
        )

    def write(self, file: Path) -> None:
        """Leave all of it in a file."""
        file.write_bytes(b"".join(a.tobytes() for a in (self.appended, self.held, self.shown)))

    @classmethod
    def read(cls, file: Path) -> "Times":
        """Return what `write` left."""
        raw = file.read_bytes()
        found, size = cls(0), len(raw) // 3
        for number, one in enumerate((found.appended, found.held, found.shown)):
            one.frombytes(raw[number * size : (number + 1) * size])
        return found


class Figures:
    """States by key, sums by group, and the gauges that show them."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._states: dict[str, tuple[int, int]] = {}
        self._sums = [[0, 0] for _ in range(GROUPS)]
        self._touched: set[int] = set()
        gauges = [Gauge(name, name, ["group"], registry=registry) for name in NAMES]
        self._gauges = [[g.labels(str(number)) for g in gauges] for number in range(GROUPS)]

    def fold(self, output: job.Output) -> None:
        """Put one output into the state of its key and the sums of its group."""
        before_n, before_total = self._states.get(output.key, (0, 0))
        if output.n <= before_n:
            return
        self._states[output.key] = output.n, output.total
        group = int(output.key[-6:]) % GROUPS
        sums = self._sums[group]
        sums[0] += output.n - before_n
        sums[1] += output.total - before_total
        self._touched.add(group)

    def show(self) -> None:
        """Set the gauges of what was touched."""
        for group in self._touched:
            for gauge, value in zip(self._gauges[group], self._sums[group], strict=True):
                gauge.set(value)
        self._touched.clear()

    def shown(self) -> tuple[float, ...]:
        """Return what a scrape finds: events and amounts, over all groups."""
        found = {family.name: family.samples for family in self._registry.collect()}
        return tuple(sum(sample.value for sample in found[name]) for name in NAMES)


class Watch:
    """Follows the outputs until all have come.

    Args:
        told: what to do.
    """

    def __init__(self, told: Told) -> None:
        self.times = Times(told.events)
        self._told = told
        self._left = told.events
        self._figures = Figures()
        self._pending: list[int] = []
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Read and show, each in a task of its own, as the rollup does."""
        kafka = KafkaSettings(bootstrap=self._told.bootstrap)
        feed = Follower(Settings(kafka=kafka), self._told.topic)
        await feed.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(feed))
                group.create_task(self._renew())
        finally:
            await feed.stop()

    async def _follow(self, feed: Follower) -> None:
        while self._left:
            records = await feed.poll()
            now = time.time() * 1_000
            for start in range(0, len(records), SLICE_RECORDS):
                self._take(records[start : start + SLICE_RECORDS], now)
                self._news.set()
                await asyncio.sleep(0)

    def _take(self, records: Iterable[Received], now: float) -> None:
        times, pending, fold = self.times, self._pending, self._figures.fold
        left = self._left
        for record in records:
            output = job.OUTPUT.decode(record.value)
            fold(output)
            seq = output.seq
            if not times.held[seq]:
                times.held[seq] = now
                times.appended[seq] = record.appended_at
                pending.append(seq)
                self._left -= 1
        if left == self._told.events > self._left:
            sys.stdout.buffer.write(FIRST)
            sys.stdout.flush()

    async def _renew(self) -> None:
        while self._left or self._pending:
            await self._news.wait()
            self._news.clear()
            self._figures.show()
            shown, self._pending = self._pending, []
            now = time.time() * 1_000
            for seq in shown:
                self.times.shown[seq] = now
            await asyncio.sleep(ROUND_S)


async def main(told: Told) -> None:
    """Watch until all events are there or SIGTERM, and leave the times in the file."""
    watch = Watch(told)
    gc.freeze()
    run = asyncio.create_task(watch.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.cancel)
    await asyncio.wait([run])
    if not run.cancelled():
        run.result()
    watch.times.write(Path(told.out))


if __name__ == "__main__":
    asyncio.run(main(spec_of(Told)))
