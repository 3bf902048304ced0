"""A row says what its case's summary says, and of what a case never had that there is none."""

import pytest
from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, NormVerdict
from schemas.records.case import CaseSummary, Return
from streams.rollup.case_row import CaseRow
from streams.rollup.row_interning import rows

BACK = Return(at(1), at(2), at(40))
CASES = {
    "awaiting": case(CaseClass.AWAITING, noticed=None),
    "online": case(CaseClass.ONLINE, seen=30),
    "removed": case(CaseClass.REMOVED, seen=1, gone=2),
    "returned": replace(
        case(CaseClass.ONLINE, seen=40, returns=(BACK,)),
        first_end=(at(1), at(2)),
        again_noticed_at=at(41),
        again_verdicts=(NormVerdict.LATE, NormVerdict.UNDETERMINED),
        untold_returns=1,
    ),
}
SHARED = (
    *("reported_at", "noticed_at", "norms_s", "last_seen_at", "gone_at", "returns", "phases"),
    *("verdicts", "flags", "naming", "sampling", "norm_probes", "delay", "host", "first_end"),
    *("again_noticed_at", "again_verdicts", "untold_returns", "clock", "overdue", "late_at"),
    *("moved_at", "order_verdict", "order_due_at", "reported_last_at", "back_last_at"),
)


def row(of: CaseSummary) -> CaseRow:
    (found,) = rows([of], at(0))
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_row_says_what_its_summary_says(name: str) -> None:
    """Field by field, those that are read off its parts too."""
    made = row(CASES[name])
    assert {one: getattr(made, one) for one in SHARED} == {
        one: getattr(CASES[name], one) for one in SHARED
    }


def test_what_few_cases_have_takes_no_room_in_the_others() -> None:
    """No clock, no return: None in place of a record of nothing."""
    assert row(CASES["awaiting"]).clocked is None
    assert row(CASES["removed"]).came_back is None
    assert row(CASES["returned"]).came_back is not None
