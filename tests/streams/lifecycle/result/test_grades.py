"""Laws of what L and R rest on (docs/measurement.md, Confirmation)."""

import pytest
from examples import told
from ledger_events import GONE, NORTH, ONLINE, SOUTH, check, fold, notice, placed, report, slots

from schemas.closed_lists import CheckResult, Grade
from streams.lifecycle.result.grades import grades

BEGUN = [report(seen=0), placed(), notice(1.0)]
SEEN, PRESENT, ABSENT = slots([1.1, 2], ONLINE), CheckResult.PRESENT, CheckResult.ABSENT


def of(*events):
    """Return the grades of the only case."""
    state = fold(*events)
    (case,) = state.cases
    return tuple(grades(state, case))


def test_probes_see_it_and_find_it_gone():
    """What probes say of both ends is a probe's."""
    gone = slots([5, 5.3, 5.6], GONE, (NORTH, SOUTH))
    assert of(*BEGUN, SEEN, gone) == (Grade.PROBE, Grade.PROBE)


def test_a_report_is_all_there_is():
    """Before the first probe L is the hotline's."""
    assert of(*BEGUN) == (Grade.REPORT, None)


def test_a_check_sets_an_end_of_the_interval():
    """A person's word is named at the end of (L, R] that it set, and nowhere else."""
    assert of(*BEGUN, SEEN, check(6, ABSENT)) == (Grade.PROBE, Grade.CHECK)
    assert of(*BEGUN, SEEN, check(6, PRESENT)) == (Grade.CHECK, None)
    later = slots([7], ONLINE)
    assert of(*BEGUN, SEEN, check(6, PRESENT), later) == (Grade.PROBE, None)


def test_probes_that_come_after_a_check_leave_its_r():
    """R is the check's instant, so it is the check's; probes that were earlier take it over."""
    gone = slots([8, 8.3, 8.6], GONE, (NORTH, SOUTH))
    assert of(*BEGUN, SEEN, check(6, ABSENT), gone)[1] is Grade.CHECK
    before = slots([5, 5.3], GONE, (NORTH, SOUTH))
    after = slots([6.2], GONE, (NORTH, SOUTH))
    assert of(*BEGUN, SEEN, before, check(6, ABSENT), after)[1] is Grade.PROBE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("08-late-feed-gone-at-the-first-probe", [(Grade.REPORT, Grade.PROBE)]),
        ("01-two-cases-that-a-group-joins", [("probe", None), ("probe", "statement")]),
        (
            "01-back-at-the-stated-origin",
            [("probe", None), ("probe", None), ("probe", "statement")],
        ),
        ("01-a-move-takes-24-hours", [(Grade.PROBE, Grade.PROBE), (None, None)]),
    ],
)
def test_what_is_no_probe_is_named(name, expected):
    """The notice of a removal that nobody observed, and an owner whose place another one took."""
    history = told(name)
    state = history.state(history.as_of())
    found = [tuple(grades(state, case)) for case in state.cases]
    assert sorted(found, key=str) == sorted(expected, key=str)
