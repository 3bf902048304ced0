"""The interval of S(t): width and coverage, over probes that see a removal as an interval."""

import numpy as np
import pytest

from streams.statistics.report.survival_interval import Left, WeightedRemoval, left_at
from streams.timetable import TIMETABLE_H

SLOTS = [round(hours * 10) for hours in TIMETABLE_H]
DAY = 240
"""Tenths of hours."""


def drawn(chance: "np.random.Generator", n: int, median_h: float) -> list[WeightedRemoval]:
    """Draw cases whose lognormal removal is seen between two slots of the timetable."""
    found = []
    for i, t in enumerate(10 * median_h * np.exp(chance.normal(0, 1.2, n))):
        place = int(np.searchsorted(SLOTS, t))
        end = SLOTS[place] if place < len(SLOTS) else None
        found.append(WeightedRemoval(f"i{i}", (SLOTS[max(place - 1, 0)], end)))
    return found


def covered(times: int, n: int, median_h: float, seed: int) -> tuple[float, float]:
    """Return how often the interval of S(24 h) holds the truth, and its largest width."""
    from scipy.stats import norm

    truth = float(norm.sf(np.log(24 / median_h) / 1.2))
    chance, held, widest = np.random.default_rng(seed), 0, 0.0
    for _ in range(times):
        low, high = left_at(drawn(chance, n, median_h), DAY).interval
        held += low <= truth <= high
        widest = max(widest, high - low)
    return held / times, widest


def test_at_a_hundred_cases_it_is_narrow_and_holds() -> None:
    """S(24 h) at n = 100: at most 0.25 wide, and it mostly holds the truth."""
    for median_h in (8, 24):
        held, widest = covered(60, 100, median_h, 7)
        assert held >= 0.88  # 95 % of 60 is 57; below 53 has a chance of 1 %
        assert widest <= 0.25


@pytest.mark.soak
@pytest.mark.parametrize("median_h", [4, 12, 24, 60])
def test_it_holds_the_truth_as_often_as_it_says(median_h: float) -> None:
    """Over 4,000 draws of 100 cases at least 93 %, and at most 0.25 wide."""
    held, widest = covered(4_000, 100, median_h, 11)
    assert held >= 0.93
    assert widest <= 0.25


def test_cases_of_one_incident_tell_less() -> None:
    """Ten incidents of ten alike cases are ten cases, and one incident says nothing."""
    apart = [WeightedRemoval(f"i{i}", (0, 10) if i % 2 else (500, None)) for i in range(100)]
    together = [
        WeightedRemoval(f"i{i % 10}", (0, 10) if i % 2 else (500, None)) for i in range(100)
    ]
    wide, narrow = left_at(together, DAY), left_at(apart, DAY)
    assert wide.bounds == narrow.bounds
    assert wide.interval[1] - wide.interval[0] > 2 * (narrow.interval[1] - narrow.interval[0])
    assert left_at([WeightedRemoval("i", (0, 10))] * 5, DAY) == Left((0.0, 0.0), (0.0, 1.0))
