"""Handlers of lists and of single records: as many under way as allowed, offsets behind none."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples
from stage_runners import crashes, own, settle
from stages import Recording, record

from agents.engine.consume.stage_runner import StageRunner

pytestmark = pytest.mark.usefixtures("lists_at_once")


@settings(max_examples=examples(80), deadline=None)
@given(
    gaps=st.lists(st.integers(1, 3), min_size=1, max_size=25),
    partitions=st.integers(1, 3),
    concurrency=st.integers(1, 30),
    data=st.data(),
)
def test_no_pooled_commit_passes_an_unfinished_record(gaps, partitions, concurrency, data):
    """In whatever order records end, each partition's offset is its lowest unfinished one."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        offsets = [sum(gaps[: i + 1]) for i in range(len(gaps))]
        gates = {(p, o): loop.create_future() for o in offsets for p in range(partitions)}

        class Gated(Recording):
            async def handle(self, records):
                (one,) = records
                await gates[one.partition, one.offset]
                self.finished.add((one.partition, one.offset))

        stage = Gated(pooled=True, concurrency=concurrency)
        runner = StageRunner(stage)
        await own(runner, *range(partitions))
        for p in range(partitions):
            runner.put([record(o, p) for o in offsets])
        order = data.draw(st.permutations(sorted(gates)))
        told: dict[int, int] = {}
        for where in order:
            gates[where].set_result(None)
            await settle(len(gates))
            for (_, partition), offset in runner.committable().items():
                assert offset >= told.get(partition, 0)
                told[partition] = offset
            for partition, offset in told.items():
                below = {(partition, o) for o in offsets if o < offset}
                assert below <= stage.finished
        told |= {partition: offset for (_, partition), offset in runner.committable().items()}
        assert told == dict.fromkeys(range(partitions), offsets[-1] + 1)
        await runner.release()

    asyncio.run(scenario())


async def test_a_failing_pooled_record_holds_the_offset():
    """One record's failure calls on_crash; records around it end, the offset stays below it."""
    found, kept = crashes()
    runner = kept(Recording(pooled=True, fails=frozenset({2})))
    await own(runner, 0)
    runner.put([record(n) for n in range(5)])
    await settle()
    assert found == [("recording", "ValueError")]
    assert runner.committable() == {("t.v1", 0): 2}


async def test_no_more_lists_are_under_way_than_the_stage_allows():
    """A stage of concurrency 3 has 3 records under way, and the next when one ends."""
    loop = asyncio.get_running_loop()
    stage = Recording(pooled=True, concurrency=3, gates={n: loop.create_future() for n in range(9)})
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(n) for n in range(9)])
    await settle()
    assert len(stage.told) == 1 + 3
    stage.gates[1].set_result(None)
    await settle()
    assert len(stage.told) == 1 + 4
    await runner.release()
