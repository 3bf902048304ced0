"""Laws of withdrawals (docs/measurement.md, Clocks): what they take back, and what they end."""

import pytest
from ledger_events import (
    GONE,
    MIN,
    ONLINE,
    at,
    class_of,
    classes,
    fold,
    notice,
    placed,
    report,
    slot,
    slots,
    told,
    withdrawal,
)

from schemas.closed_lists import NormVerdict
from streams.lifecycle.result.withdrawals import Gap, gaps


def gone(hours):
    return slots([hours, hours + 10 * MIN, hours + 20 * MIN, hours + 31 * MIN], GONE)


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([report(0)], []),
        ([report(0), withdrawal(5)], [(5, None)]),
        ([report(5), withdrawal(5)], [(5, None)]),
        ([report(6), withdrawal(5)], []),
        ([report(0), withdrawal(5), report(8, id="r2")], [(5, 8)]),
        ([report(0), report(1, hotline="beta"), withdrawal(5)], []),
        (
            [report(0), report(1, hotline="beta"), withdrawal(5), withdrawal(7, hotline="beta")],
            [(7, None)],
        ),
        ([report(0), report(1, id="r2"), withdrawal(5)], [(5, None)]),
        ([report(0), withdrawal(5, hotline="beta")], []),
        (
            [report(0), withdrawal(5), report(8, id="r2"), withdrawal(9), withdrawal(10)],
            [(5, 8), (9, None)],
        ),
    ],
)
def test_when_no_report_stands(happened, expected):
    """A withdrawal takes back its hotline's reports up to its time, of equal time too."""
    found = gaps(fold(*happened, placed()))
    hours = [(at(start), None if end is None else at(end)) for start, end in expected]
    assert [(gap.from_at, gap.until) for gap in found] == hours
    assert all(isinstance(gap, Gap) for gap in found)


def test_the_case_ends_when_no_report_stands_any_more():
    """Not before the last hotline took its report back."""
    two = [report(seen=0), report(1, hotline="beta", id="r2"), placed(), notice(2)]
    (case,) = fold(*two, withdrawal(5), withdrawal(7, hotline="beta")).cases
    assert [class_of(case, h) for h in (6, 7)] == ["awaiting", "withdrawn"]


def test_a_later_report_opens_a_new_case():
    """With clocks of its own: the notices of the first were taken back for good."""
    first, second = fold(
        report(seen=0),
        placed(),
        notice(1),
        slot(2, ONLINE),
        withdrawal(5),
        report(30, id="r2"),
        slot(31, ONLINE),
        notice(32),
    ).cases
    assert class_of(first, 29) == class_of(first, 1_000) == "withdrawn"
    assert first.case_id != second.case_id
    assert (second.opened_at, second.noticed_at) == (at(30), at(32))
    assert classes(second) == ["awaiting", "online", "expired"]


def test_a_withdrawal_takes_back_that_hotline_s_notices():
    """Those of another hotline stand; without any the case waits for one."""
    beta = report(0.5, hotline="beta", id="r2")
    mine = [report(seen=0), beta, placed(), notice(1), withdrawal(5)]
    (case,) = fold(*mine).cases
    assert case.noticed_at is None
    (case,) = fold(*mine, notice(3, hotline="beta")).cases
    assert case.noticed_at == at(3)
    (case,) = fold(*mine, notice(9)).cases
    assert case.noticed_at == at(9)
    (case,) = fold(*mine[:-1], withdrawal(1)).cases
    assert case.noticed_at is None


def test_a_withdrawal_after_the_end_changes_nothing():
    """Neither the class nor the verdict; one before R takes the case out."""
    seen = [slots([2, 30], ONLINE), gone(31)]
    case = told(*seen)
    assert told(*seen, withdrawal(40)) == case
    assert case.verdicts[0] is NormVerdict.LATE
    assert class_of(told(*seen, withdrawal(30.5)), 50) == "withdrawn"


def test_a_case_that_is_back_after_its_withdrawal_is_withdrawn():
    """No report stands, so nobody is measured any more; the first verdict stands."""
    seen = [slots([2], ONLINE), gone(5), withdrawal(20), slots([80, 81], ONLINE)]
    case = told(*seen)
    assert [class_of(case, h) for h in (21, 79, 81)] == ["removed", "removed", "withdrawn"]
    assert case.verdicts[0] is NormVerdict.IN_TIME
