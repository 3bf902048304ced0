"""What lifecycle holds of a partition: states come back as they were kept, the wheel in order."""

from ledger_events import KEY, START, fold, placed, report

from agents.stages.cases.case_store import CaseStore
from schemas import codec
from schemas.records.case import Position, position_key

OTHER = "f" * 32
POSITION = Position(partition=3, offsets={"reports.v1": 7}, as_of=START, code="0", method="1")


def test_a_state_comes_back_as_it_was_kept():
    """What is held of a URL is the newest state kept of it; of another there is none."""
    table = CaseStore()
    older, newer = fold(report()), fold(report(), placed())
    for state in (older, newer):
        table.hold([(KEY.encode(), codec.STATE.encode(state))])
    assert table.get(KEY) == newer
    assert table.get(OTHER) is None


def test_after_a_load_every_url_is_asked_once():
    """From the states alone; one that is on the wheel by then is asked when it says."""
    table = CaseStore()
    for key in (KEY, OTHER):
        table.hold([(key.encode(), codec.STATE.encode(fold(report())))])
    table.hold([(position_key(0), codec.POSITION.encode(POSITION))])
    table.resume(0)
    table.wheel.schedule(KEY, START)
    assert [table.next_unscheduled() for _ in range(2)] == [OTHER, None]
    assert table.wheel.next_due(START) == KEY


def test_after_a_load_it_stands_where_its_position_says():
    """Offsets and instant come from the partition's own position record."""
    table = CaseStore()
    table.hold([(position_key(3), codec.POSITION.encode(POSITION))])
    table.resume(2)
    assert (table.offsets, table.as_of) == ({}, 0)
    table.resume(3)
    assert (table.offsets, table.as_of) == (POSITION.offsets, POSITION.as_of)


def test_the_wheel_keeps_no_second_key():
    """It has the store's own, whoever comes first: an order, or the question when to probe."""
    table = CaseStore()
    for key in (KEY, OTHER):
        table.hold([(key.encode(), codec.STATE.encode(fold(report())))])
    table.wheel.schedule(KEY, START)
    table.wheel.order(OTHER, "c" * 24, START)
    table.wheel.schedule(OTHER, START)
    held = {id(table.store.intern(bytes.fromhex(key))) for key in (KEY, OTHER)}
    assert {id(key) for key in table.wheel._entries} == held
    assert {id(key) for bucket in table.wheel._buckets.values() for key in bucket} == held
