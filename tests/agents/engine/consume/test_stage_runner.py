"""The runner: what may be committed, what a failure does, and whose partitions are whose."""

import asyncio
import time

import pytest
from msgspec.structs import replace
from stage_runners import crashes, own, settle
from stages import Recording, record

from agents.clock import Clock
from agents.engine.consume import handlers
from agents.engine.consume.handlers import LIST_EVERY_S
from agents.engine.consume.stage_runner import StageRunner
from agents.engine.observe.ownership import Holding, Ownership

pytestmark = pytest.mark.usefixtures("lists_at_once")


async def test_a_member_that_was_given_nothing_says_so():
    """It joined its group and owns no partition; said once, as nothing changes."""
    ownership = Ownership()
    runner = StageRunner(Recording(), ownership=ownership)
    assert ownership.holdings == ()
    await runner.set_assignment(frozenset())
    assert ownership.holdings == (Holding(role="recording", to_load=0),)


async def test_what_passed_is_counted_when_it_is_done_and_by_its_oldest():
    """A list under way is not counted; neither is one whose stage failed."""
    crashed, ownership, stage = [], Ownership(), Recording()
    stage.gates[7] = asyncio.get_running_loop().create_future()
    clock = Clock(start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=10_000, speed=1e-9)
    runner = StageRunner(stage, lambda *said: crashed.append(said[0]), ownership, clock)
    passage = ownership.passage("recording")
    await own(runner, 0)
    runner.put([record(4), replace(record(5), appended_at=9_900)])
    await settle()
    assert (sum(passage.counts), passage.sum_s, passage.last_at) == (2, 20.0, 10_000)
    runner.put([record(7)])
    await settle()
    stage.gates[7].set_exception(ValueError())
    await settle()
    assert (crashed, sum(passage.counts)) == (["recording"], 2)


async def test_lists_of_a_partition_keep_a_distance_and_the_first_does_not_wait(monkeypatch):
    """One that comes alone is handled at once; what follows waits for the time and is one list."""
    monkeypatch.setattr(handlers, "LIST_EVERY_S", LIST_EVERY_S)
    clock, begun = asyncio.get_running_loop().time, []

    class Timed(Recording):
        async def handle(self, records):
            begun.append((clock(), [one.offset for one in records]))
            await super().handle(records)

    runner = StageRunner(Timed())
    await own(runner, 0)
    runner.put([record(0)])
    await settle()
    assert [offsets for _, offsets in begun] == [[0]]
    for offset in (1, 2):
        runner.put([record(offset)])
    while runner.done()["t.v1", 0] < 3:
        await runner.room(1.0)
    assert [offsets for _, offsets in begun] == [[0], [1, 2]]
    assert begun[1][0] - begun[0][0] >= LIST_EVERY_S * 0.99


async def test_a_list_is_committable_when_the_stage_has_returned():
    """The offset behind a list may be committed once its handling ended, until it is."""
    stage = Recording()
    stage.gates[5] = asyncio.get_running_loop().create_future()
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(4), record(5), record(9)])
    await settle()
    assert runner.committable() == {("t.v1", 0): 4}
    runner.committed({("t.v1", 0): 4})
    assert runner.committable() == {}
    stage.gates[5].set_result(None)
    await settle()
    assert runner.committable() == {("t.v1", 0): 10}
    runner.committed({("t.v1", 0): 10})
    assert runner.committable() == {}


async def test_what_the_broker_did_not_take_is_committed_again():
    """An offset that was refused, as while a group rebalances, moves even if no record follows."""
    runner = StageRunner(Recording())
    await own(runner, 0)
    runner.put([record(0)])
    await settle()
    assert runner.committable() == {("t.v1", 0): 1}
    assert runner.committable() == {("t.v1", 0): 1}


async def test_a_failing_stage_ends_the_process_before_the_offset_moves():
    """An exception calls on_crash with the stage's role, and the list stays uncommitted."""
    found, kept = crashes()
    runner = kept(Recording(fails=frozenset({7})))
    await own(runner, 0)
    runner.put([record(6)])
    await settle()
    runner.put([record(7), record(8)])
    await settle()
    assert found == [("recording", "ValueError")]
    assert runner.committable() == {("t.v1", 0): 7}


async def test_partitions_are_assigned_before_and_revoked_after():
    """State is loaded before the first record and dropped whole when a partition goes."""
    stage = Recording()
    runner = StageRunner(stage)
    await own(runner, 0, 1)
    await own(runner, 0, 1)
    runner.put([record(0)])
    await settle()
    await own(runner, 1, 2)
    assert stage.told == [
        ("assigned", frozenset({0, 1})),
        ("handle", (0, [0])),
        ("revoked", frozenset({0, 1})),
        ("assigned", frozenset({1, 2})),
    ]


async def test_more_partitions_leave_those_owned_at_work():
    """A partition that comes is loaded while the others go on."""
    stage = Recording()
    runner = StageRunner(stage)
    await own(runner, 0)
    stage.slow_assignment = asyncio.Event()
    await runner.set_assignment(frozenset({0, 1}))
    runner.put([record(0)])
    await settle()
    assert stage.finished == {(0, 0)}
    assert runner.ready == {0}
    assert not runner.open_for(1)
    stage.slow_assignment.set()
    await settle()
    assert runner.ready == {0, 1}


async def test_each_partition_is_worked_off_on_its_own():
    """A list that waits for the broker holds up no other partition."""
    stage = Recording(gates={0: asyncio.get_running_loop().create_future()})
    runner = StageRunner(stage)
    await own(runner, 0, 1)
    runner.put([record(0, 0)])
    runner.put([record(7, 1)])
    await settle()
    assert stage.finished == {(1, 7)}


async def test_a_list_is_what_came_in_since_the_last():
    """A trickle is handled at once; what comes meanwhile goes together, several topics too."""
    stage = Recording(
        gates={0: asyncio.get_running_loop().create_future()}, topics=("t.v1", "u.v1")
    )
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(0)])
    await settle()
    runner.put([record(1), record(2)])
    runner.put([record(5, topic="u.v1")])
    stage.gates[0].set_result(None)
    await settle()
    assert stage.told[1:] == [("handle", (0, [0])), ("handle", (0, [1, 2, 5]))]
    assert runner.committable() == {("t.v1", 0): 3, ("u.v1", 0): 6}


async def test_a_full_partition_takes_no_more_until_it_was_worked_off():
    """Records that wait are bounded by number and by bytes, and room is told at once."""
    for records in ([record(n) for n in range(1, 8_001)], [record(1, value=bytes(17 << 20))]):
        stage = Recording(gates={0: asyncio.get_running_loop().create_future()})
        runner = StageRunner(stage)
        await own(runner, 0)
        runner.put([record(0)])
        await settle()
        assert runner.open_for(0)
        runner.put(records)
        assert not runner.open_for(0)
        waiting = asyncio.create_task(runner.room(60))
        await settle()
        stage.gates[0].set_result(None)
        await waiting
        await settle()
        assert runner.open_for(0)


@pytest.mark.parametrize("pooled", [False, True])
async def test_a_record_that_is_fetched_again_is_not_new(pooled):
    """After a seek back what was let in before is passed over, so no offset goes back."""
    stage = Recording(pooled=pooled)
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(0), record(1)])
    runner.put([record(0), record(1), record(2)])
    await settle()
    runner.put([record(1)])
    await settle()
    handled = [offset for what, (_, offsets) in stage.told[1:] for offset in offsets]
    assert handled == [0, 1, 2]
    assert runner.committable() == {("t.v1", 0): 3}


async def test_release_gives_up_what_waits_and_forgets_positions():
    """Pooled records that wait are given up uncommitted, all partitions are revoked."""
    loop = asyncio.get_running_loop()
    stage = Recording(pooled=True, gates={1: loop.create_future()})
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(0), record(1), record(2)])
    await settle()
    await runner.finish()
    assert runner.committable() == {("t.v1", 0): 1}
    await runner.release()
    assert runner.committable() == {}
    assert stage.finished == {(0, 0), (0, 2)}
    assert stage.told[-1] == ("revoked", frozenset({0}))
    stage.gates.clear()
    await own(runner, 0)
    runner.put([record(1), record(2)])  # as its next owner gets them
    await settle()
    assert runner.committable() == {("t.v1", 0): 3}


async def test_release_ends_while_records_wait_for_room():
    """A list longer than the pool is given up as a whole; nothing of it starts after release."""
    loop = asyncio.get_running_loop()
    gates = {n: loop.create_future() for n in range(20)}
    stage = Recording(pooled=True, concurrency=2, gates=gates)
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(n) for n in range(20)])
    await settle()
    async with asyncio.timeout(30):
        await runner.release()
    await settle()
    assert [what for what, _ in stage.told] == ["assigned", "handle", "handle", "revoked"]
    assert stage.finished == set()
    assert runner.committable() == {}


async def test_release_waits_for_the_list_in_hand():
    """A list that is being computed is finished, and may be committed, before partitions go."""
    stage = Recording()
    stage.gates[0] = asyncio.get_running_loop().create_future()
    runner = StageRunner(stage)
    await own(runner, 0)
    runner.put([record(0)])
    await settle()
    runner.put([record(1)])
    finishing = asyncio.create_task(runner.finish())
    await settle()
    assert not finishing.done()
    stage.gates[0].set_result(None)
    await finishing
    assert runner.committable() == {("t.v1", 0): 1}
    await runner.release()
    assert stage.finished == {(0, 0)}
    assert stage.told[-1] == ("revoked", frozenset({0}))


async def test_a_release_while_state_is_loaded_gives_that_up():
    """Partitions that go while their state is read are not ready later; they load anew."""
    stage = Recording(slow_assignment=asyncio.Event())
    runner = StageRunner(stage)
    await runner.set_assignment(frozenset({0}))
    await settle()
    await runner.release()
    stage.slow_assignment.set()
    await settle()
    assert runner.owned == runner.ready == frozenset()
    await own(runner, 0)
    assert stage.told == [("revoked", frozenset({0})), ("assigned", frozenset({0}))]


async def test_what_the_state_holds_is_committed_without_a_record():
    """The last owner may have died between its transaction and its commit to the group."""

    class Resuming(Recording):
        async def recover(self, partitions, ready, lost):
            for partition in partitions:
                ready(partition, {"t.v1": 7})

    runner = StageRunner(Resuming())
    await own(runner, 0)
    assert runner.committable() == {("t.v1", 0): 7}
    runner.committed({("t.v1", 0): 7})
    runner.put([record(7), record(8)])
    await settle()
    assert runner.committable() == {("t.v1", 0): 9}
