"""A stage behind its guard is the stage it was, but for what is set aside."""

from dataclasses import dataclass, field

from guarded_stages import ROLE, Aside, Once
from stages import Recording, record

from agents.engine.consume.failed_attempts import Attempts
from agents.engine.consume.guarded_stage import GuardedTransactional, guarded
from agents.engine.consume.poison_records import Guard
from agents.engine.stage import Pairing, StageWithChangingTopics


async def test_what_is_set_aside_is_passed_over_in_order(tmp_path):
    """Records around it are handled, in their order, and the stage hears of it in its turn."""
    once = Once(tmp_path, aside=(2, 3, 6))
    await once.handle(1, 2, 3, 4, 5, 6)
    assert once.handed == [(0, [1]), [2, 3], (0, [4, 5]), [6]]


async def test_a_stage_with_nothing_to_write_is_not_told_what_is_set_aside(tmp_path):
    """Most stages pass over a record and have nothing to say of it."""
    stage = Recording()
    guard = Guard(ROLE, Aside.fromkeys((2,)), Attempts(tmp_path, ROLE))
    await guarded(stage, guard).handle([record(offset) for offset in (1, 2, 3)])
    assert stage.told == [("handle", (0, [1])), ("handle", (0, [3]))]


def test_a_transactional_stage_stays_one(tmp_path):
    """The engine begins it at its own offsets, guarded or not."""

    class Own(Recording):
        __slots__ = ()

        async def recover(self, partitions, ready):
            pass

    guard = Guard(ROLE, Aside(), Attempts(tmp_path, ROLE))
    assert isinstance(guarded(Own(), guard), GuardedTransactional)
    assert not isinstance(guarded(Recording(), guard), GuardedTransactional)


@dataclass(slots=True)
class Changing(Recording):
    """A stage whose topics come and go."""

    topics_change: bool = True


@dataclass(slots=True)
class Pair(Recording):
    """A stage with a pair of topics."""

    pairing: Pairing = field(default=Pairing("reports", "facts"))


def test_the_engine_sees_what_the_stage_is(tmp_path):
    """Its role, how it takes lists, its pair of topics, and topics that change at any time."""
    guard = Guard(ROLE, Aside(), Attempts(tmp_path, ROLE))
    stage = Changing(pooled=True, concurrency=3)
    found = guarded(stage, guard)
    assert (found.role, found.pooled, found.concurrency) == (stage.role, True, 3)
    assert isinstance(found, StageWithChangingTopics)
    stage.topics = ("hotline.north.v1",)
    assert found.topics == stage.topics
    found.topics = ("hotline.south.v1",)
    assert stage.topics == ("hotline.south.v1",)
    assert not isinstance(guarded(Pair(), guard), StageWithChangingTopics)
    assert guarded(Pair(), guard).pairing == Pair().pairing
    assert guarded(Recording(), guard).pairing is None


async def test_partitions_are_the_stages(tmp_path):
    """What it loads and drops is what the group gives and takes."""
    stage = Recording()
    found = guarded(stage, Guard(ROLE, Aside(), Attempts(tmp_path, ROLE)))
    await found.assigned(frozenset({1, 2}))
    await found.revoked(frozenset({2}))
    assert stage.told == [("assigned", frozenset({1, 2})), ("revoked", frozenset({2}))]
