"""What came back for each year watched, and where what moved went."""

import pytest
from reported import DAY, HOUR, case

from schemas.closed_lists import CaseClass
from streams.report.figures.counted import counted
from streams.report.figures.returns import NOBODY, OTHER, Moved, moves, returns


def test_returns_are_counted_for_each_year_watched() -> None:
    """Two removed cases, one back after 10 days: the watch of that one ends there."""
    cases = [
        case(1, incident="a", gone=24, seen=20, back_at=11 * DAY),
        case(2, incident="b", gone=24, seen=20),
        case(3, incident="c", seen=900, gone=None),
    ]
    (every,) = returns(counted(cases, 86_400), [], 101 * DAY)
    assert (every.removed, every.returned) == (2, 1)
    assert every.years == round(110 / 365.25, 2)
    assert every.rate == pytest.approx(365.25 / 110, abs=1e-3)
    assert every.interval is None  # one incident tells of it
    assert HOUR * 24 == DAY


def test_moves_name_the_judged_alone() -> None:
    """Other hosters stand together; who has it is not always known."""
    moved = {"case_class": CaseClass.MOVED, "seen": 2, "gone": 3}
    cases = [
        case(1, hoster="acme", moved_to="small", **moved),
        case(2, hoster="small", moved_to="acme", **moved),
        case(3, hoster="acme", **moved),
        case(4, hoster="acme"),
    ]
    assert moves(cases, ["acme"]) == [
        Moved(origin="acme", target=NOBODY, cases=1),
        Moved(origin="acme", target=OTHER, cases=1),
        Moved(origin=OTHER, target="acme", cases=1),
    ]
