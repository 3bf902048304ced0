"""The backlog over time, of the cases of a report alone."""

import pytest
from drawn_report import COHORT, drawn_counted
from reported import DAY, case

from schemas.closed_lists import BACKLOG, CaseClass, NormVerdict
from streams.report.cohort import Cohort
from streams.report.figures.backlog import POINTS_MAX, backlog
from streams.report.figures.counted import Counted, counted


def test_a_backlog_by_hand() -> None:
    """One case of three days, one that stays: open and late from its norm on."""
    cohort = Cohort(0, 10 * DAY, 86_400)
    cases = [case(1, day=1, seen=70, gone=72), case(2, day=2, seen=900, gone=None)]
    found = backlog(counted(cases, 86_400), cohort)
    assert found.late is not None
    by_day = dict(
        zip((at // DAY for at in found.at), zip(found.open, found.late, strict=True), strict=True)
    )
    assert by_day[0] == (0, 0)
    assert by_day[1] == (1, 0)
    assert by_day[3] == (2, 2)
    assert by_day[4] == (1, 1)
    assert by_day[41] == (1, 1)


def test_readings_are_few_and_end_with_the_watch() -> None:
    """At most some sixty points; late cases are open ones."""
    found = backlog(drawn_counted(), COHORT)
    assert len(found.at) <= POINTS_MAX + 1
    assert (found.at[0], found.at[-1]) == (COHORT.from_at, COHORT.as_of)
    assert found.late is not None
    assert all(late <= there for late, there in zip(found.late, found.open, strict=True))
    still = [one for one in drawn_counted() if one.case.gone_at is None]
    assert found.open[-1] == len(still)


@pytest.mark.parametrize(
    ("columns", "by_day"),
    [
        ({"back_at": 3 * DAY}, {1: (1, 0), 2: (0, 0), 3: (1, 1), 41: (1, 1)}),
        ({"back_at": 3 * DAY, "case_class": CaseClass.REMOVED}, {2: (0, 0), 3: (0, 0), 41: (0, 0)}),
        ({}, {1: (1, 0), 2: (0, 0), 40: (0, 0), 41: (1, 1)}),
        ({"case_class": CaseClass.DARK}, {1: (1, 0), 2: (0, 0), 41: (0, 0)}),
        ({"gone": 30, "back_at": 4 * DAY}, {2: (1, 1), 3: (0, 0), 4: (1, 1), 41: (1, 1)}),
    ],
)
def test_what_came_back_and_is_open_counts_as_the_tables_count_it(columns, by_day) -> None:
    """From its return on, or where that has no instant at the end; the end is what tables say."""
    said = {"day": 1, "seen": 1, "gone": 5, "case_class": CaseClass.ONLINE} | columns
    came_back = case(1, verdict=NormVerdict.LATE, **said)
    found = backlog([Counted(came_back, NormVerdict.LATE)], Cohort(0, 10 * DAY, 86_400))
    assert found.late is not None
    read = dict(
        zip((at // DAY for at in found.at), zip(found.open, found.late, strict=True), strict=True)
    )
    assert {day: read[day] for day in by_day} == by_day
    assert found.open[-1] == (came_back.case_class in BACKLOG)


def test_orders_have_no_time_from_which_a_case_is_late() -> None:
    """The cases do not carry their terms: no case is late from its notice on."""
    late = case(1, seen=900, gone=None, verdict=NormVerdict.LATE)
    found = backlog(counted([late], None), Cohort(0, 10 * DAY, None))
    assert found.late is None
    assert found.open[-1] == 1
