"""What lifecycle holds of a partition: states come back as they were kept, the wheel in order."""

from ledger_events import KEY, START, fold, placed, report

from agents.casestore import CaseStore
from schemas import codec

OTHER = "f" * 32


def test_a_state_comes_back_as_it_was_kept():
    """What is held of a URL is the newest state kept of it; of another there is none."""
    table = CaseStore()
    older, newer = fold(report()), fold(report(), placed())
    for state in (older, newer):
        table.keep(KEY, codec.STATE.encode(state))
    assert table.held(KEY) == newer
    assert table.held(OTHER) is None


def test_the_wheel_gives_each_url_once_in_order_of_time():
    """A URL asked again stands where it was put last, and comes off once."""
    table = CaseStore()
    table.ask(KEY, START + 10)
    table.ask(OTHER, START + 20)
    table.ask(KEY, START + 30)
    assert table.next_due(START + 9) is None
    assert [table.next_due(START + 30) for _ in range(3)] == [OTHER, KEY, None]


def test_after_a_load_every_url_is_asked():
    """The wheel comes back from the states alone."""
    table = CaseStore()
    for key in (KEY, OTHER):
        table.keep(key, codec.STATE.encode(fold(report())))
    table.ask_all(START)
    assert {table.next_due(START), table.next_due(START)} == {KEY, OTHER}
    assert table.next_due(START) is None
