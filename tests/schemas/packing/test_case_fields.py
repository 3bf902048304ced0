"""Two parts of a case make the case again; figures need one of them."""

import pytest
from ledger_events import BOTH, GONE, ONLINE, check, fold, notice, place, placed, report, slots
from msgspec import msgpack

from schemas.closed_lists import NormVerdict
from schemas.packing.case_fields import (
    clock_of,
    cold_case,
    figures_of,
    hot_case,
    order_verdict,
    summary_of,
    verdicts,
    windows_of,
)
from schemas.packing.hot_cases import ColdCase, HotCase
from schemas.records.case import CaseSummary
from streams.lifecycle.result.cases import evaluate

STATES = {
    "awaiting": fold(report(), placed(0, place())),
    "removed": fold(
        report(seen=0), placed(0, place()), notice(1), slots([2, 3], ONLINE), slots([4, 5, 6], GONE)
    ),
    "returned": fold(
        report(seen=0),
        placed(0, place()),
        notice(1),
        slots([1, 2, 3], GONE, BOTH),
        slots([30, 31], ONLINE, BOTH),
        check(40),
    ),
}
CASES = [
    pytest.param(case, id=f"{name} {n}")
    for name, state in STATES.items()
    for n, case in enumerate(evaluate(state))
]


@pytest.mark.parametrize("case", CASES)
def test_two_parts_make_the_case_again(case: CaseSummary) -> None:
    """As they were written and read."""
    hot = msgpack.decode(msgpack.encode(hot_case(case)), type=HotCase)
    cold = msgpack.decode(msgpack.encode(cold_case(case)), type=ColdCase)
    assert summary_of(hot, cold) == case


@pytest.mark.parametrize("case", CASES)
def test_figures_need_the_hot_part_alone(case: CaseSummary) -> None:
    """Who it is and what was told of it are not in it."""
    found = figures_of(hot_case(case))
    assert (found.phases, found.verdicts, found.flags) == (case.phases, case.verdicts, case.flags)
    assert (found.noticed_at, found.clock) == (case.noticed_at, case.clock)
    assert (found.case_id, found.group, found.hotlines) == ("", "", ())


def test_a_clock_is_kept_where_one_runs() -> None:
    """A delivered notice's is a mark; before a notice there is none."""
    (awaiting,), (removed,) = evaluate(STATES["awaiting"]), evaluate(STATES["removed"])
    assert clock_of(hot_case(awaiting)) is None
    assert hot_case(removed).clocked is True
    clock = clock_of(hot_case(removed))
    assert clock is not None
    assert clock.clock is removed.clock
    assert order_verdict(clock) is None


def test_windows_are_kept_where_they_are_not_the_report_s() -> None:
    """The newest report of most cases is their only one."""
    (awaiting,) = evaluate(STATES["awaiting"])
    assert hot_case(awaiting).windows is None
    assert windows_of(hot_case(awaiting)) == (awaiting.reported_at, None)


def test_verdicts_are_kept_as_letters() -> None:
    """One letter each, in order."""
    assert verdicts("liu") == (NormVerdict.LATE, NormVerdict.IN_TIME, NormVerdict.UNDETERMINED)
    with pytest.raises(KeyError):
        verdicts("x")
