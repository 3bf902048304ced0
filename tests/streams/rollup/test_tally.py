"""What is taken in can be let go: a tally comes to the same as if the case had never been."""

import pytest
from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Role
from schemas.records.case import Return
from streams.rollup.row_interning import rows
from streams.rollup.tally import Tally
from streams.rollup.windows import Window, WindowEvent

AS_OF = at(100)
BACK = Return(at(1), at(2), at(40))
CASES = {
    "awaiting": case(CaseClass.AWAITING, noticed=None, number=1),
    "online": case(CaseClass.ONLINE, seen=90, number=2),
    "unavailable": case(CaseClass.UNAVAILABLE, since=30, number=3),
    "removed": case(CaseClass.REMOVED, seen=1, gone=2, number=4),
    "returned": case(CaseClass.ONLINE, seen=60, returns=(BACK,), number=5),
    "excluded": case(CaseClass.EXCLUDED, since=3, number=6),
    "unsampled": case(CaseClass.REMOVED, seen=1, gone=2, number=7, inclusion=0.5, sampled=False),
}
ROWS = dict(zip(CASES, rows(CASES.values(), at(0)), strict=True))


def tally(*names: str) -> Tally:
    found = Tally(AS_OF)
    for name in names:
        found.add(ROWS[name], ROWS[name].phases[-1])
    return found


def shown(of: Tally):
    return of.figures("alpha", Role.HOSTING)


@pytest.mark.parametrize("name", CASES)
def test_a_case_that_is_let_go_leaves_nothing(name: str) -> None:
    """A case that changed is let go as it counted, and taken in as it is."""
    found = tally(*CASES)
    found.remove(ROWS[name], ROWS[name].phases[-1])
    assert shown(found) == shown(tally(*(one for one in CASES if one != name)))


def test_order_changes_no_figure() -> None:
    """Cases are taken in as they come."""
    assert shown(tally(*CASES)) == shown(tally(*reversed(CASES)))


def test_what_happened_counts_once() -> None:
    """An end that a return followed is one removal, whatever the case is now."""
    found = shown(tally("returned"))
    assert found.windows[WindowEvent.REMOVED][Window.FOUR_WEEKS] == 1
    assert found.windows[WindowEvent.REAPPEARED][Window.FOUR_WEEKS] == 1


def test_no_norm_is_asked_of_what_is_excluded() -> None:
    """It is in its class alone."""
    assert all(norm.n == 0 for norm in shown(tally("excluded")).norms)


def test_of_an_excluded_case_nothing_happened_but_its_report() -> None:
    """No alert goes by what two persons excluded, whether it had come back or not."""
    for returns in ((), (BACK,)):
        excluded = case(CaseClass.EXCLUDED, since=50, returns=returns)
        (row,) = rows([replace(excluded, first_end=(at(1), at(2)), back_last_at=at(40))], at(0))
        found = Tally(AS_OF)
        found.add(row, row.phases[-1])
        windows = shown(found).windows
        assert windows[WindowEvent.REPORTED][Window.FOUR_WEEKS] == 1
        assert windows[WindowEvent.REMOVED][Window.FOUR_WEEKS] == 0
        assert windows[WindowEvent.REAPPEARED][Window.FOUR_WEEKS] == 0
