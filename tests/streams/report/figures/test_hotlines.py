"""What rests on each hotline's own word, and what it took back and reported again."""

from typing import Any

import pytest
from reported import HOUR, case

from schemas.closed_lists import CaseClass, NormVerdict
from streams.report.figures.counted import counted
from streams.report.figures.hotlines import HotlineFigures, hotline_figures
from streams.report.published_case import ON_CHECK, PublishedCase, has_told_end

DAY_S = 86_400
TAKEN_BACK = {"case_class": CaseClass.WITHDRAWN, "seen": 30, "gone": None}


def of(cases: list[PublishedCase], norm_s: int | None = DAY_S) -> list[HotlineFigures]:
    """Return what is said of the hotlines of some cases."""
    return hotline_figures(counted(cases, norm_s), list(filter(has_told_end, cases)), norm_s)


def thirty(**columns: Any) -> list[PublishedCase]:
    """Return as many cases of as many incidents as being judged takes, all in time."""
    return [case(i, incident=f"i{i}", day=i, **columns) for i in range(30)]


@pytest.mark.parametrize(
    ("columns", "on_check", "verdicts"),
    [
        ({}, 0.0, 31),
        ({"flags": (ON_CHECK,)}, 1 / 31, 31),
        ({"flags": (ON_CHECK,), "weight": 10.0}, 10 / 40, 31),
        ({"flags": (ON_CHECK,), "weight": 0.0}, 0.0, 30),
        # late takes a probe, so that a check found it gone later says nothing of the verdict
        ({"flags": (ON_CHECK,), "seen": 30, "gone": 40}, 0.0, 31),
        # neither in time nor late is no verdict
        ({"flags": (ON_CHECK,), "seen": 20, "gone": 40}, 0.0, 30),
        ({"flags": (ON_CHECK, "announced_only")}, 0.0, 30),
        # another hotline's
        ({"flags": (ON_CHECK,), "hotline": "beta"}, 0.0, 30),
    ],
)
def test_verdicts_on_checks_alone(columns: dict[str, Any], on_check: float, verdicts: int) -> None:
    """Thirty cases that probes saw in time, and one more."""
    found = of([*thirty(), case(99, incident="x", day=31, **columns)])[0]
    assert (found.hotline, found.verdicts) == ("alpha", verdicts)
    assert found.on_check == pytest.approx(on_check, abs=1e-6)


@pytest.mark.parametrize(
    ("withdrawn_h", "again_h", "counts"),
    [
        (25, 26, True),
        (25, None, False),  # not made again
        (23, 26, False),  # before the norm had run out
        (24, 26, False),  # when it did
        (None, None, False),
    ],
)
def test_reports_taken_back_late_and_made_again(
    withdrawn_h: float | None, again_h: float | None, counts: bool
) -> None:
    """Such a case counts for no share, and is told of here."""
    back = case(
        99,
        incident="x",
        withdrawn_at=None if withdrawn_h is None else withdrawn_h * HOUR,
        reported_again_at=None if again_h is None else again_h * HOUR,
        **TAKEN_BACK,
    )
    (found,) = of([*thirty(), back])
    assert (found.verdicts, found.noticed) == (30, 31)
    assert found.again == pytest.approx(counts / 31, abs=1e-6)


def test_too_few_and_orders_carry_no_share() -> None:
    """Of too few nothing is said; orders have each their own term."""
    (few,) = of([case(1)])
    assert (few.verdicts, few.noticed, few.on_check, few.again) == (1, 1, None, None)
    (orders,) = of(thirty(verdict=NormVerdict.IN_TIME), None)
    assert (orders.on_check, orders.again) == (0.0, None)
    assert of([]) == []
