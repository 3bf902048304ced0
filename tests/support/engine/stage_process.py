"""A process that runs one recording stage under the engine, to be killed by tests.

`python stage_process.py BOOTSTRAP PREFIX FILE [WAITS]`: every record's value is appended to the
file before the stage returns. A record whose value is in WAITS is begun, which the file says with
a minus sign, and never ends. SIGTERM stops it as a worker is stopped. The variables
STAGE_INSTANCE and STAGE_SESSION_S make it a static member and set its session timeout. With
STAGE_LOADS it loads a state first: until a file of that name is there or, if it is a number,
from a broker at that port; then the engine's deadlines of a load pass `HASTE` times as fast. With
`hangs` and a port it waits for ever for what a server there says. With `stops` and the id of the
broker's process it has that stand still before its group confirms what it was given. A step has
`STEP_S` then. With `begins` and an offset its state says that it read so far in every partition.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from stopped_process import stop_all_threads

from agents.config import KafkaSettings, Settings
from agents.engine.consume import app, consumer, stage_runner
from agents.engine.consume.app import running
from agents.engine.consume.consumer import StageConsumer
from agents.engine.read import recovery
from agents.engine.read.recovery import recover
from agents.engine.stage import OnLost, OnReady, Received
from agents.engine.state.store import MemoryStore

TOPIC = "work"
BESIDE = "beside"
"""A second topic, so that assignment is tested on two."""

ROLE = "recorder"

HASTE = 150.0
"""aiokafka's usual poll interval of 300 s takes 2 s."""


STEP_S = 3.0
"""In place of a step's two minutes."""


class Recorder:
    """Writes down what it handles."""

    role = ROLE
    topics: Sequence[str] = (TOPIC, BESIDE)
    concurrency = 4

    def __init__(self, file: str, waits: frozenset[str], *, pooled: bool) -> None:
        """Take the file and the values to wait on."""
        self.pooled = pooled
        self._waits = waits
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Say so."""
        self._write(f"assigned {len(partitions)}")

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Say so."""
        self._write(f"revoked {len(partitions)}")

    async def handle(self, records: Sequence[Received]) -> None:
        """Write the values down, one line each."""
        for record in records:
            value = record.value.decode()
            if value in self._waits:
                self._write(f"- {value}")
                await asyncio.Event().wait()
            if value.startswith("fails"):
                raise ValueError(value)
            self._write(f"{record.partition} {record.offset} {value}")

    def _write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


class Loader(Recorder):
    """Loads a state first."""

    loads = ""

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Say that it loads, load, and say that it is done."""
        self._write(f"loading {len(partitions)}")
        if self.loads.isdigit():
            broker = Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{self.loads}"))
            stores = {partition: MemoryStore() for partition in partitions}
            await recover(broker, TOPIC, stores, lambda _: None)
        while not Path(self.loads).exists():  # noqa: ASYNC240 - another process makes it
            await asyncio.sleep(0.05)
        await super().assigned(partitions)


class Hanging(Recorder):
    """Waits for ever for somebody outside, without a deadline of its own."""

    port = 0

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Wait."""
        reader, _ = await asyncio.open_connection("127.0.0.1", self.port)
        await reader.read()


class Claiming(Recorder):
    """Asks its group before it begins, as a stage with transactions does."""

    begin_at = 0

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Begin with each partition at once."""
        for partition in partitions:
            ready(partition, {TOPIC: self.begin_at})


def hanging(file: str, how: str, number: int) -> Recorder:
    """Return a stage whose partitions never come to be ready, or begin at an offset."""
    stage_runner.STEP_DEADLINE_S = consumer.STEP_DEADLINE_S = STEP_S  # type: ignore[misc]  # as above
    if how == "hangs":
        found = Hanging(file, frozenset(), pooled=False)
        found.port = number
        return found
    claiming = Claiming(file, frozenset(), pooled=False)
    if how == "begins":
        claiming.begin_at = number
        return claiming
    assigned = StageConsumer.wait_until_assigned

    async def unanswered(self: StageConsumer, partitions: frozenset[int]) -> None:
        stop_all_threads(number)
        await assigned(self, partitions)

    StageConsumer.wait_until_assigned = unanswered  # type: ignore[method-assign]  # in its child
    return claiming


def loader(file: str, loads: str) -> Recorder:
    """Return a stage that loads in a world where deadlines pass faster."""
    how, _, number = loads.partition(" ")
    if how in {"hangs", "stops", "begins"}:
        return hanging(file, how, int(number))
    app.POLL_INTERVAL_S /= HASTE
    recovery.PROGRESS_DEADLINE_S /= HASTE  # final in the product
    found = Loader(file, frozenset(), pooled=False)
    found.loads = loads
    return found


async def main(bootstrap: str, prefix: str, file: str, mode: str, *waits: str) -> None:
    """Run the stage until the process ends."""
    kafka = KafkaSettings(
        bootstrap=bootstrap,
        topic_prefix=prefix,
        session_timeout_s=float(os.environ.get("STAGE_SESSION_S", "6")),
        instance=os.environ.get("STAGE_INSTANCE"),
    )
    loads = os.environ.get("STAGE_LOADS")
    stage: Recorder
    if loads is None:
        stage = Recorder(file, frozenset(waits), pooled=mode == "pooled")
    else:
        stage = loader(file, loads)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(stage, Settings(kafka=kafka)):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
