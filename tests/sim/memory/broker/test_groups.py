"""Groups in memory: each partition has one owner, and another one when that one goes."""

from memory_group import TOPIC, memory_group

from schemas.moments import HOUR_MS, SECOND_MS
from sim.memory.broker.broker import PARTITIONS
from sim.memory.broker.faults import SESSION_MS, Fault, FaultRates
from sim.memory.broker.groups import MEMBERS, RESTART_MS, TAKEOVER_MS

GONE_MS = SESSION_MS + 2 * TAKEOVER_MS + RESTART_MS


def test_every_partition_has_an_owner_and_every_member_some():
    """With more partitions than members nobody is idle."""
    with memory_group() as found:
        found.run(SECOND_MS)
        owners = found.owners()
        assert set(owners) == set(range(PARTITIONS))
        assert set(owners.values()) == set(range(MEMBERS))


def test_the_partitions_of_a_member_that_died_go_to_others():
    """When its session is over, and not before; a new process takes its number."""
    with memory_group() as found:
        found.run(SECOND_MS)
        member = found.group._members[0]
        mine = {p for p, number in found.owners().items() if number == 0}
        member.process.dead = True
        found.group.died(member)
        found.run(SESSION_MS - SECOND_MS)
        assert all(found.group.owns(member, p) for p in mine)
        found.run(GONE_MS)
        assert set(found.owners()) == set(range(PARTITIONS))
        assert not any(found.owners()[p] == 0 for p in mine)
        assert found.group._members[0] is not member
        assert found.group.faults.counts[Fault.REBALANCE] == len(mine)


def test_a_member_that_stands_still_for_longer_than_its_session_is_fenced():
    """It goes on after its partitions went to others; what it commits then is refused."""
    with memory_group() as found:
        found.run(SECOND_MS)
        member = found.group._members[1]
        (partition, *_) = (p for p, number in found.owners().items() if number == 1)
        found.group.sleep(member, 2 * GONE_MS)
        found.run(GONE_MS)
        assert not found.group.owns(member, partition)
        assert found.group.faults.counts[Fault.ZOMBIE] == 1
        assert not found.group.commit(member, {(TOPIC, partition): 9})
        assert found.committed()[partition] == 0
        assert found.group.broker.fenced == 1


def test_a_short_pause_costs_nobody_a_partition():
    """Whoever is back within its session is the owner still."""
    with memory_group() as found:
        found.run(SECOND_MS)
        before = found.owners()
        found.group.sleep(found.group._members[1], SESSION_MS // 2)
        found.run(GONE_MS)
        assert found.owners() == before
        assert not found.group.faults.counts[Fault.ZOMBIE]


def test_nothing_is_lost_while_partitions_change_hands():
    """With rebalances all the time, each record is done; those below no commit are done again."""
    with memory_group(FaultRates(rebalance_h=0.01)) as found:
        for _ in range(60):
            for partition in range(PARTITIONS):
                found.write(partition, 2)
            found.run(HOUR_MS // 60)
        found.group.faults.over = True
        found.run(GONE_MS)
        assert found.group.faults.counts[Fault.REBALANCE] > 10
        assert set(found.handled()) == {
            (partition, offset) for partition in range(PARTITIONS) for offset in range(120)
        }
        assert found.committed() == found.written


def test_records_that_were_read_before_are_counted():
    """Those that the next owner is given once more are delivered again."""
    with memory_group() as found:
        found.write(0, 5)
        records = found.group.broker.log(TOPIC, 0).records
        found.group.count(TOPIC, 0, records[:3])
        assert found.group.faults.counts[Fault.AGAIN] == 0  # nothing was read by then
        found.group.count(TOPIC, 0, records)
        assert found.group.faults.counts[Fault.AGAIN] == 3


def test_after_its_end_nobody_works_or_is_started_again():
    """As if the machines went."""
    with memory_group() as found:
        found.run(SECOND_MS)
        found.group.end()
        for member in list(found.group._members.values()):
            found.group.died(member)
        found.write(0, 5)
        found.run(GONE_MS)
        assert not found.handled()
        assert len(found.stages) == MEMBERS
