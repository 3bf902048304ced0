"""Laws of the class at an instant."""

from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass
from schemas.records.case import Phase
from streams.case_class import class_at, phase_at

OPENED = Phase(from_at=at(1), case_class=CaseClass.AWAITING)
GONE = Phase(from_at=at(5), case_class=CaseClass.REMOVED)
CASE = replace(case(), phases=(OPENED, GONE))


def test_a_phase_holds_until_the_next_begins() -> None:
    """It begins at its instant and ends just before the next one's; the last holds for ever."""
    assert class_at(CASE, at(1)) is class_at(CASE, at(5) - 1) is CaseClass.AWAITING
    assert class_at(CASE, at(5)) is class_at(CASE, at(10_000)) is CaseClass.REMOVED
    assert phase_at(CASE, at(6)) is GONE


def test_a_case_has_no_class_before_it_exists() -> None:
    """Before the first phase a case is in none."""
    assert class_at(CASE, at(1) - 1) is phase_at(CASE, at(1) - 1) is None
