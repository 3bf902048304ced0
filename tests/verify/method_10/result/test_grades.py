"""Laws of 3.4, by the second reading: L and R each have an evidence grade."""

import pytest
from ledger_events import GONE, NORTH, ONLINE, SOUTH, check, notice, placed, report, slots
from second_reading import only

from schemas.closed_lists import CheckResult, Grade

BEGUN = [report(seen=0), placed(), notice(1.0), slots([1.1, 2], ONLINE)]
GONE_BY_ALL = slots([8, 8.3, 8.6], GONE, (NORTH, SOUTH))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([GONE_BY_ALL], (Grade.PROBE, Grade.PROBE)),
        ([check(6, CheckResult.PRESENT), GONE_BY_ALL], (Grade.CHECK, Grade.PROBE)),
        ([check(6, CheckResult.ABSENT), GONE_BY_ALL], (Grade.PROBE, Grade.CHECK)),
        ([check(6, CheckResult.NOT_ILLEGAL_NOW)], (Grade.PROBE, Grade.CHECK)),
    ],
)
def test_a_word_is_named_at_the_end_that_it_set(events, expected):
    """What probes say after it moves nothing."""
    case = only(*BEGUN, *events, hours=10)
    assert (case.seen_by, case.gone_by) == expected


def test_a_report_grades_l_until_somebody_sees_it():
    """Nobody but the hotline saw it."""
    case = only(report(seen=0), placed(), notice(1.0), hours=2)
    assert (case.seen_by, case.gone_by) == (Grade.REPORT, None)
