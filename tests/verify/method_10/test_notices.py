"""Laws of 3.2: a report after a withdrawal opens a new case."""

from ledger_events import ONLINE, notice, placed, report, slots, withdrawal
from second_reading import hour, read


def test_a_later_report_opens_a_new_case():
    """The first stays withdrawn; the notice that was taken back starts no clock."""
    told = [report(seen=0), placed(), notice(1), withdrawal(10)]
    again = [report(20, hotline="beta", id="r2", seen=20), notice(21, hotline="beta")]
    found = read(*told, *again, slots([2, 4], ONLINE), hours=22)
    assert [(case.case_class.value, hour(case.opened_at)) for case in found] == [
        ("withdrawn", 0),
        ("online", 20),
    ]
    assert [hour(case.noticed_at) for case in found] == [None, 21]


def test_a_report_of_the_same_instant_is_taken_back():
    """A withdrawal reaches what has its own time too."""
    found = read(report(10, seen=10), placed(10), withdrawal(10), hours=12)
    assert [case.case_class.value for case in found] == ["withdrawn"]
