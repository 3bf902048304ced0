"""The undisturbed run that every fault run is held against."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from fault_matrix import FaultRow, Matrix
from fault_workers import Worker, running
from fault_world import DRAIN_DEADLINE_S, INPUTS, FaultWorld, fault_world
from kafka_contents import Ends, KafkaContents, comparable, differences, faults

from agents.edges.local_broker.broker import LocalBroker
from agents.tools.verification.broker import opened
from agents.tools.verification.settle import settle
from agents.tools.verification.verify import Verified, verify

SETTLE_S: Final = 60.0
"""A position that holds the ledger's end comes within a second."""


class InjectedFault(NamedTuple):
    """What was done to a run: the fault, how often, and whether records were sent once more."""

    fault: str
    times: int
    repeats: bool = False


@dataclass(slots=True)
class UndisturbedRun:
    """Knows what a run without any fault ends with.

    Attributes:
        broker: where such runs are made.
        folder: of such runs.
        matrix: where each run that is held against them is noted.
    """

    broker: LocalBroker
    folder: Path
    matrix: Matrix
    _known: dict[int, tuple[int, Ends]] = field(default_factory=dict)

    async def ends(self, seed: int, urls: int) -> Ends:
        """Return the states and outcomes, in the form in which runs are compared.

        A run with more URLs holds all that one with fewer does, so a known one serves again.
        """
        known, found = self._known.get(seed, (0, Ends({}, {})))
        if known >= urls:
            return found
        async with (
            fault_world(self.broker.bootstrap, self.folder / f"{seed}-{urls}", seed) as world,
            running(world, tuple(INPUTS)) as worker,
        ):
            await worker.is_ready()
            await world.feed(urls)
            await world.copy()
            await world.drained(worker.check)
            books = await KafkaContents.read(world)
        wrong = list(faults(books, world))
        assert wrong == [], wrong
        found = Ends(
            {key: comparable(s) for key, s in books.states().items()}, books.outcomes_by_record()
        )
        self._known[seed] = urls, found
        return found

    async def agrees(self, world: FaultWorld, done: InjectedFault, *workers: Worker) -> Verified:
        """Wait until a run is worked off, and hold what stands in Kafka against the laws.

        What `hostwatch verify` says of it is returned.

        Args:
            world: the run.
            done: what was done to it.
            workers: who must not end meanwhile.

        Raises:
            AssertionError: something is lost, doubled or different; it says how much.
        """
        await world.copy()
        await world.drained(lambda: [worker.check() for worker in workers])
        books = await KafkaContents.read(world)
        self.matrix.rows.append(
            FaultRow(
                fault=done.fault,
                seed=world.input.seed,
                faults=done.times,
                reports=world.reports,
                lost=books.lost(),
                doubled=books.doubled(),
                repeated=books.repeated(),
                seconds=time.monotonic() - world.begun_s,
            )
        )
        wrong = list(faults(books, world))
        wrong += differences(
            books, await self.ends(world.input.seed, world.urls), repeats=done.repeats
        )
        assert wrong == [], wrong
        assert (books.lost(), books.doubled()) == (0, 0)
        return await _verified(world)


async def told(world: FaultWorld) -> None:
    """Wait until hotlines are told all that follows from what stands in Kafka.

    Raises:
        AssertionError: it did not come to that.
    """
    async with opened(world.settings) as broker:
        assert await settle(broker, await broker.topics(), DRAIN_DEADLINE_S)


async def _verified(world: FaultWorld) -> Verified:
    """Work every figure out a second time from the ledger, as `hostwatch verify` does.

    Raises:
        AssertionError: it found something, and what.
    """
    verified = await verify(world.settings, lambda *_: None, settle_s=SETTLE_S)
    assert verified.agrees, verified
    return verified
