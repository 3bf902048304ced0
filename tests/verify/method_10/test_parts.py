"""Laws of 3.6: what is reported after an end."""

import pytest
from ledger_events import GONE, ONLINE, notice, placed, report, slots
from second_reading import hour, read

TOLD = [report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE)]
GONE_AT_5 = slots([5.2, 5.5, 5.8], GONE)


@pytest.mark.parametrize(("again", "cases"), [(50, 1), (170, 1), (174, 2), (300, 2)])
def test_a_report_more_than_a_week_after_an_end_opens_a_case(again, cases):
    """The week runs from when the end was found."""
    beta = report(again, hotline="beta", id="r2", seen=again)
    found = read(*TOLD, GONE_AT_5, beta, hours=again + 1)
    assert len(found) == cases
    if cases == 2:
        assert hour(found[1].opened_at) == again


def test_a_notice_alone_opens_one_too():
    """It is the clock of the new case."""
    found = read(*TOLD, GONE_AT_5, notice(300, hotline="beta"), hours=301)
    assert [hour(case.noticed_at) for case in found] == [1, 300]
