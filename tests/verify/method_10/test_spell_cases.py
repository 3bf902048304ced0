"""Laws of 1.6: the cases of an owner until another one took its place."""

from ledger_events import ONLINE, place, placed, report, slots
from second_reading import read

from schemas.closed_lists import CaseClass


def test_a_group_that_joins_two_owners_leaves_the_case_that_opened_first():
    """The other ends `moved` at that instant."""
    both = [placed(0, place("acme"), place("other"))]
    joined = placed(50, place("acme", group="holding"), place("other", group="holding"))
    found = read(report(seen=0), both, joined, slots([2, 60], ONLINE), hours=70)
    assert {case.hoster: case.case_class for case in found} == {
        "acme": CaseClass.AWAITING,
        "other": CaseClass.MOVED,
    }
