"""The backlog over time, of the cases of a report alone."""

from drawn_report import COHORT, drawn_counted
from reported import DAY, case

from schemas.closed_lists import NormVerdict
from streams.report.cohort import Cohort
from streams.report.figures.backlog import POINTS_MAX, backlog
from streams.report.figures.counted import counted


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
    assert found.open[-1] == sum(one.case.gone_at is None for one in drawn_counted())


def test_orders_have_no_time_from_which_a_case_is_late() -> None:
    """The cases do not carry their terms: no case is late from its notice on."""
    late = case(1, seen=900, gone=None, verdict=NormVerdict.LATE)
    found = backlog(counted([late], None), Cohort(0, 10 * DAY, None))
    assert found.late is None
    assert found.open[-1] == 1
