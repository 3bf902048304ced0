"""Duplicate and shuffled input, and the same input in a few lists or in many."""

from pathlib import Path
from random import Random

from fault_input import interleaved
from fault_workers import running
from fault_world import INPUTS, by_key, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.local_broker.broker import LocalBroker

URLS = 200


async def test_order_and_repetition_change_no_figure(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """A third of all records once more and all shuffled: every state is the same.

    Only records of one key keep their order, since of two contents under one id the first counts.
    """
    chance = Random(seed)
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, tuple(INPUTS)) as worker,
    ):
        await worker.is_ready()
        urls = range(URLS * world.times)
        records = by_key([*world.input.urls(urls), *world.input.late(urls)])
        lanes = [
            [again for record in lane for again in [record] * chance.choice((1, 1, 2))]
            for lane in records.values()
        ]
        world.urls = world.copied = len(urls)
        await world.send(interleaved(lanes, chance))
        await peace.agrees(
            world, InjectedFault("duplicate and shuffled input", 1, repeats=True), worker
        )
        found = peace.matrix.rows[-1]
        assert (found.lost, found.doubled) == (0, 0)
