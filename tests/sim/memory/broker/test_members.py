"""Members in memory: what the broker has is handed in, and what is done is committed, no more."""

import pytest
from memory_group import TOPIC, memory_group

from agents.engine.stage import Send
from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS
from sim.memory.broker.faults import Fault, FaultRates
from sim.memory.broker.members import AGAIN_MS

TWO = (TOPIC, "u.v1")


def lists(found):
    """Return the lists that the stages were handed, as partition and offsets."""
    return [what for stage in found.stages for act, what in stage.told if act == "handle"]


def test_what_is_written_is_handed_in_in_order_and_committed():
    """Each record once, where nothing goes wrong."""
    with memory_group() as found:
        for _ in range(3):
            found.write(0, 4)
            found.write(2)
            found.run(MINUTE_MS)
        seen = {p: [o for q, offsets in lists(found) for o in offsets if q == p] for p in (0, 2)}
        assert seen == {0: list(range(12)), 2: [0, 1, 2]}
        assert found.committed() == found.written


def test_what_is_not_done_is_not_committed():
    """A record that waits holds up what stands behind it in its partition, and no other one."""
    with memory_group() as found:
        found.run(SECOND_MS)
        gate = found.group.schedule.loop.create_future()
        for stage in found.stages:
            stage.gates[3] = gate
        for partition in (0, 1):
            found.write(partition, 3 if partition else 5)
        found.run(MINUTE_MS)
        assert found.committed() == {0: 0, 1: 3, 2: 0, 3: 0}
        gate.set_result(None)
        found.run(MINUTE_MS)
        assert found.committed() == found.written


def test_a_topic_that_is_left_out_of_a_list_comes_in_another_one():
    """What comes behind younger records of another topic is counted, and nothing is missing."""
    with memory_group(FaultRates(reordered=0.5), TWO) as found:
        for _ in range(20):
            for topic in TWO:
                found.group.broker.write(Send(topic, b"k", b"v", partition=0))
            found.run(AGAIN_MS)
        found.group.faults.over = True
        found.run(HOUR_MS)
        offsets = found.group.broker.offsets("recording", TWO, 0)
        assert offsets == dict.fromkeys(TWO, 20)
        assert found.group.faults.counts[Fault.REORDERED] > 0


def test_orders_that_nobody_carries_out_are_passed_over_and_counted():
    """Their offsets are committed with those of what is done behind them."""
    with memory_group(FaultRates(missed=0.5), misses=True) as found:
        for _ in range(40):
            found.write(0)
            found.run(MINUTE_MS)
        found.group.faults.over = True
        found.write(0)
        found.run(MINUTE_MS)
        missed = found.group.faults.counts[Fault.MISSED]
        assert 0 < missed < 40
        assert len(found.handled()) == 41 - missed
        assert found.committed()[0] == 41


def test_a_member_that_dies_leaves_its_records_to_the_next():
    """Nothing is lost, whatever it had in hand; a death between work and commit does it twice."""
    with memory_group(FaultRates(crash_h=0.02)) as found:
        for _ in range(200):
            found.write(0, 3)
            found.run(MINUTE_MS)
        found.group.faults.over = True
        found.run(HOUR_MS)
        handled = found.handled()
        assert found.group.faults.counts[Fault.CRASH] > 20
        assert set(handled) == {(0, offset) for offset in range(600)}
        assert max(handled.values()) > 1
        assert found.committed() == found.written


def test_an_exception_of_a_stage_ends_the_run():
    """It is a fault of the product, and not one that was planned."""
    with memory_group() as found:
        found.run(SECOND_MS)
        for stage in found.stages:
            stage.fails = frozenset({1})
        found.write(0, 2)
        with pytest.raises(ValueError, match="1"):
            found.run(MINUTE_MS)
