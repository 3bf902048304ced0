"""The guard: what stops a stage is named, until it is set aside."""

import logging

import pytest
from guarded_stages import ROLE, Aside, Noted, Once
from stages import Recording, record

from agents.config import LogSettings
from agents.engine.consume.failed_attempts import SUSPECTS_MAX, Attempts
from agents.engine.consume.guarded_stage import guarded
from agents.engine.consume.poison_records import ATTEMPTS_TOLD, STOPPED, Guard, RecordStops
from agents.engine.consume.stage_runner import StageRunner
from agents.engine.failures import SendFailed
from agents.errors import UserError
from agents.process.log import configure


@pytest.fixture(autouse=True)
def _as_before():
    """Leave the log and the libraries' handlers as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    configure(LogSettings(level="warning"))
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_the_one_record_is_found_by_the_next_start(tmp_path, capfd):
    """First the list is named; from the next start on its records come alone, and one is named."""
    configure(LogSettings())
    with pytest.raises(ValueError, match="3"):
        await Once(tmp_path, fails=(3,)).handle(1, 2, 3, 4)
    assert "t.v1, partition 0, offsets 1 to 4 " in capfd.readouterr().err
    again = Once(tmp_path, fails=(3,))
    with pytest.raises(ValueError, match="3"):
        await again.handle(0, 1, 2, 3, 4)
    assert again.handed == [(0, [0]), (0, [1]), (0, [2]), (0, [3])]
    said = capfd.readouterr().err
    assert "t.v1, partition 0, offset 3 " in said
    assert "hostwatch skip" not in said
    third = Once(tmp_path, fails=(3,))
    with pytest.raises(ValueError, match="3"):
        await third.handle(0, 1, 2, 3, 4)
    assert third.handed == [(0, [0, 1, 2]), (0, [3])]
    said = capfd.readouterr().err
    assert "hostwatch skip propose t.v1 0 3 --digest digest-3 --reason TEXT --person FILE" in said
    assert STOPPED[ROLE]


async def test_a_skip_that_comes_while_the_process_waits_takes_effect_at_once(tmp_path):
    """The record is passed over, the rest of the list is handled, and nothing is suspect more."""
    for _ in range(ATTEMPTS_TOLD - 1):
        with pytest.raises(ValueError, match="3"):
            await Once(tmp_path, fails=(3,)).handle(3)
    once = Once(tmp_path, fails=(3,), stopped_wait_s=60.0)
    held = once.aside.holds

    def come(one):  # the skip arrives when the guard asks the second time
        once.aside.holds = lambda one: once.aside.update({3: None}) or held(one)
        return held(one)

    once.aside.holds = come
    await once.handle(3, 4)
    assert once.handed[-2:] == [[3], (0, [4])]
    assert once.attempts.suspects == ()
    assert not STOPPED[ROLE]


async def test_a_process_that_starts_says_that_a_record_stopped_the_last(tmp_path):
    """The gauge stands from the start, until the record is set aside or handled."""
    for _ in range(ATTEMPTS_TOLD):
        with pytest.raises(ValueError, match="3"):
            await Once(tmp_path, fails=(3,)).handle(3)
    once = Once(tmp_path)
    assert STOPPED[ROLE]
    await once.handle(3)
    assert not STOPPED[ROLE]
    assert Attempts(tmp_path, ROLE).suspects == ()


@pytest.mark.parametrize("error", [SendFailed("KafkaTimeoutError"), UserError("x"), OSError()])
async def test_what_is_not_the_records_fault_is_named_and_not_counted(tmp_path, error, capfd):
    """A broker that is away would make every record a suspect; what it refuses by size does not."""
    configure(LogSettings())

    class Failing(Recording):
        async def handle(self, records):
            raise error

    attempts = Attempts(tmp_path, ROLE)
    with pytest.raises(type(error)):
        await guarded(Failing(), Guard(ROLE, Aside(), attempts)).handle([record(5)])
    assert attempts.suspects == ()
    assert "t.v1, partition 0, offset 5 " in capfd.readouterr().err


async def test_a_record_that_the_broker_finds_too_large_is_counted(tmp_path):
    """What follows from it can never be written, so it stops the stage for ever."""

    class Failing(Recording):
        async def handle(self, records):
            raise SendFailed("MessageSizeTooLargeError")

    attempts = Attempts(tmp_path, ROLE)
    with pytest.raises(SendFailed):
        await guarded(Failing(), Guard(ROLE, Aside(), attempts)).handle([record(5)])
    assert [one.first for one in attempts.suspects] == [5]


async def test_a_list_of_several_topics_is_named_by_topic(tmp_path, capfd):
    """Offsets of two topics have nothing to do with each other."""
    configure(LogSettings())
    once = Once(tmp_path, fails=(9,))
    with pytest.raises(ValueError, match="9"):
        await once.guarded.handle([record(1), record(8, topic="u.v1"), record(9, topic="u.v1")])
    said = capfd.readouterr().err
    assert "t.v1, partition 0, offset 1 " in said
    assert "u.v1, partition 0, offsets 8 to 9 " in said


async def test_a_record_elsewhere_is_named_by_its_own_place(tmp_path, capfd):
    """What stands in a table may stop a stage that handles another record."""
    configure(LogSettings())

    class Failing(Recording):
        async def handle(self, records):
            raise RecordStops("cases.v1", 2, 77)

    with pytest.raises(RecordStops):
        await guarded(Failing(), Guard(ROLE, Aside(), Attempts(tmp_path, ROLE))).handle([record(5)])
    said = capfd.readouterr().err
    assert "cases.v1, partition 2, offset 77 " in said
    assert "t.v1" not in said


def test_attempts_are_bounded_and_survive_damage(tmp_path):
    """The oldest are forgotten; a file that is none counts as none; no disk is said."""
    attempts = Attempts(tmp_path, ROLE)
    for offset in range(SUSPECTS_MAX + 5):
        attempts.note("t.v1", 0, offset, offset)
    assert [one.first for one in Attempts(tmp_path, ROLE).suspects] == [*range(5, SUSPECTS_MAX + 5)]
    (tmp_path / "attempts" / f"{ROLE}.json").write_bytes(b"\xff garbage")
    assert Attempts(tmp_path, ROLE).suspects == ()
    (tmp_path / "file").write_text("")
    nowhere = Attempts(tmp_path / "file", ROLE)
    assert nowhere.note("t.v1", 0, 1, 1) == 1
    assert not nowhere.lasting


async def test_a_lane_commits_over_what_is_set_aside_and_not_over_what_stops_it(tmp_path):
    """The offset moves over a list with a record set aside; a failure moves nothing."""
    crashed = []
    stage = Noted(fails=frozenset({7}))
    guard = Guard(ROLE, Aside.fromkeys((1,)), Attempts(tmp_path, ROLE), stopped_wait_s=0.0)
    runner = StageRunner(guarded(stage, guard), lambda *said: crashed.append(said[0]))
    await runner.set_assignment(frozenset({0}))
    while runner.ready != {0}:
        await runner.room(1)
    runner.put([record(0), record(1), record(2)])
    while runner.done().get(("t.v1", 0)) != 3:
        await runner.room(1)
    runner.put([record(6), record(7), record(8)])
    while not crashed:
        await runner.room(0.05)
    assert runner.done() == {("t.v1", 0): 3}


async def test_a_partition_of_which_nothing_is_set_aside_is_not_asked_record_by_record(tmp_path):
    """Skips stay for ever, and every list of every partition would pay for the first."""

    class Elsewhere(Aside):
        """What is set aside stands in another partition."""

        def of(self, topic, partition):
            """Return nothing of the one at hand."""
            return {}

        def holds(self, record):
            """Refuse to be asked."""
            raise AssertionError(record.offset)

    once = Once(tmp_path)
    guard = Guard(ROLE, Elsewhere.fromkeys((2,)), once.attempts)
    await guarded(once.stage, guard).handle([record(offset) for offset in (1, 2, 3)])
    assert once.handed == [(0, [1, 2, 3])]
