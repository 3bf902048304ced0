"""What waits of a partition: a pair of topics meets in one list, and nothing waits for long."""

import asyncio
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_events import notice, report
from stages import Recording

from agents.engine.consume import handlers, partition_queue
from agents.engine.consume.failed_attempts import Attempts
from agents.engine.consume.guarded_stage import guarded
from agents.engine.consume.partition_queue import (
    LIST_RECORDS_MAX,
    PAIRING_RECORDS_MIN,
    PAIRING_WAIT_S,
    PartitionQueue,
)
from agents.engine.consume.poison_records import Guard
from agents.engine.consume.stage_runner import StageRunner
from agents.engine.stage import Pairing, Received
from agents.stages.cases.folding import PAIRING as PAIRING_OF_LEDGER
from schemas import codec

LEADING, FOLLOWING, OTHER = "reports", "facts", "decisions"
PAIRING = Pairing(LEADING, FOLLOWING)
MANY = 4 * PAIRING_RECORDS_MIN


def told(topic: str, *numbers: int, since: int = 0) -> list[Received]:
    """Return a topic's records of keys named by numbers, their offsets in a row."""
    return [Received(topic, 0, since + n, 0, b"%d" % key, b"") for n, key in enumerate(numbers)]


def keys(taken: tuple) -> list[tuple[str, int]]:
    """Return topic and key of what was taken."""
    return [(one.topic, int(one.key)) for one in taken[0]]


@pytest.fixture(autouse=True)
def steady(monkeypatch) -> list[float]:
    """Have the steady clock stand at what the list holds."""
    now = [0.0]
    monkeypatch.setattr(partition_queue, "monotonic", lambda: now[0])
    return now


async def test_while_a_stage_is_behind_a_record_and_what_follows_from_it_meet():
    """Up to the newest whose follow-up has come; the rest waits for its own."""
    queue = PartitionQueue(PAIRING)
    queue.put(told(LEADING, *range(MANY)))
    assert queue.take() == ([], {})
    assert not queue.filled.is_set()
    queue.put(told(FOLLOWING, 1, 0, 2))
    taken = queue.take()
    assert keys(taken) == [(LEADING, 0), (LEADING, 1), (LEADING, 2)] + [
        (FOLLOWING, n) for n in (1, 0, 2)
    ]
    assert taken[1] == {LEADING: 3, FOLLOWING: 3}
    assert queue.waiting == MANY - 3
    queue.put(told(FOLLOWING, MANY - 1, since=3))
    assert len(queue.take()[0]) == MANY - 2
    assert (queue.waiting, queue.bytes, queue.filled.is_set()) == (0, 0, False)


async def test_a_trickle_waits_for_nothing():
    """Few records are worked off at once, unless they are the rest of many."""
    queue = PartitionQueue(PAIRING)
    queue.put(told(LEADING, *range(PAIRING_RECORDS_MIN - 1)))
    assert len(queue.take()[0]) == PAIRING_RECORDS_MIN - 1
    queue.put(told(LEADING, *range(MANY), since=100))
    queue.put(told(FOLLOWING, MANY - 3))
    assert len(queue.take()[0]) == MANY - 1
    assert queue.take() == ([], {})


async def test_what_has_waited_its_time_goes_alone(steady):
    """The time runs from when a record was let in, and the queue says itself when it is over."""
    queue = PartitionQueue(PAIRING)
    queue.put(told(LEADING, *range(MANY)))
    steady[0] = PAIRING_WAIT_S / 2
    queue.put(told(LEADING, *range(MANY), since=MANY))
    assert queue.take() == ([], {})
    steady[0] = PAIRING_WAIT_S
    async with asyncio.timeout(60):
        await queue.filled.wait()
    assert len(queue.take()[0]) == MANY
    assert queue.take() == ([], {})
    steady[0] = 2 * PAIRING_WAIT_S
    assert len(queue.take()[0]) == MANY


async def test_other_topics_do_not_wait_with_it():
    """Decisions, and facts about URLs that were reported long ago, go on."""
    queue = PartitionQueue(PAIRING)
    queue.put(told(LEADING, *range(MANY)))
    queue.put(told(OTHER, 1))
    queue.put(told(FOLLOWING, MANY + 1))
    assert keys(queue.take()) == [(OTHER, 1), (FOLLOWING, MANY + 1)]


async def test_what_nothing_follows_from_waits_for_nothing():
    """A notice goes on at once, with all that stands before it; so it is with real entries."""
    queue = PartitionQueue(Pairing(LEADING, FOLLOWING, b"report"))
    queue.put([Received(LEADING, 0, n, 0, b"%d" % n, b"notice") for n in range(MANY)])
    assert len(queue.take()[0]) == MANY
    told_report, told_notice = (codec.REPORTS_ENTRY.encode(one) for one, _ in (report(), notice(0)))
    assert told_report.startswith(PAIRING_OF_LEDGER.begins)
    assert not told_notice.startswith(PAIRING_OF_LEDGER.begins)


async def test_a_tombstone_waits_for_nothing():
    """It has no value that another record could follow from, and stops nobody."""
    queue = PartitionQueue(Pairing(LEADING, FOLLOWING, b"report"))
    queue.put([Received(LEADING, 0, n, 0, b"%d" % n, None) for n in range(MANY)])
    assert len(queue.take()[0]) == MANY


async def test_where_no_room_is_left_nothing_waits():
    """A full queue fetches nothing, so what it waits for could not come."""
    queue = PartitionQueue(PAIRING)
    queue.put(told(LEADING, *range(LIST_RECORDS_MAX)))
    assert len(queue.take()[0]) == LIST_RECORDS_MAX


async def test_without_a_pair_nothing_waits():
    """So it is for every stage that names none."""
    queue = PartitionQueue()
    queue.put(told(LEADING, *range(MANY)))
    assert len(queue.take()[0]) == MANY


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([LEADING, FOLLOWING, OTHER]), st.integers(1, MANY)),
        st.just("take"),
        st.just("time passes"),
    ),
    max_size=30,
)


@given(steps)
def test_each_record_is_taken_once_and_in_the_order_of_its_topic(did):
    """However they come and wait; an offset that is behind all taken is never ahead of one."""

    async def scenario() -> None:
        queue, now = PartitionQueue(PAIRING), [0.0]
        patch = pytest.MonkeyPatch()
        patch.setattr(partition_queue, "monotonic", lambda: now[0])
        put: dict[str, int] = {LEADING: 0, FOLLOWING: 0, OTHER: 0}
        next_at = dict(put)

        def take() -> None:
            taken, behind = queue.take()
            for one in taken:
                assert one.offset == next_at[one.topic]
                next_at[one.topic] += 1
            assert behind == {topic: next_at[topic] for topic in {one.topic for one in taken}}

        for step in did:
            if step == "time passes":
                now[0] += PAIRING_WAIT_S
            elif step != "take":
                topic, number = step
                first = put[topic]
                queue.put(told(topic, *range(first, first + number), since=first))
                put[topic] += number
            elif queue.lists:
                take()
        for _ in count():
            if not queue.lists:
                break
            now[0] += PAIRING_WAIT_S
            take()
        assert (next_at, queue.waiting, queue.bytes) == (put, 0, 0)
        patch.undo()

    asyncio.run(scenario())


class Pair(Recording):
    """A stage with a pair of topics."""

    pairing = PAIRING


class _Nothing:
    """Nothing is set aside."""

    def __bool__(self) -> bool:
        return False


async def test_no_offset_passes_a_record_that_is_held_back(monkeypatch, tmp_path):
    """Also behind a guard, which has the pair of its stage; a release gives up what waits."""
    monkeypatch.setattr(handlers, "LIST_EVERY_S", 0.0)
    monkeypatch.setattr(partition_queue, "PAIRING_WAIT_S", 600.0)
    stage = Pair(topics=(LEADING, FOLLOWING))
    runner = StageRunner(
        guarded(stage, Guard("recording", _Nothing(), Attempts(tmp_path, "recording")))
    )
    await runner.set_assignment(frozenset({0}))
    for _ in range(50):
        await asyncio.sleep(0)
    runner.put(told(LEADING, *range(MANY)))
    runner.put(told(FOLLOWING, 0, 1))
    async with asyncio.timeout(60):
        while runner.done().get((LEADING, 0)) != 2:
            await runner.room(1.0)
    assert runner.committable() == {(LEADING, 0): 2, (FOLLOWING, 0): 2}
    assert runner.under_way()[LEADING, 0] == (2, True)
    async with asyncio.timeout(60):
        await runner.release()
    assert stage.told[1:] == [("handle", (0, [0, 1, 0, 1])), ("revoked", frozenset({0}))]
