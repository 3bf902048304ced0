"""Concentration: known figures, bounds, and an interval that holds the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.statistics.report.concentration import Concentration, concentration

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=12)


def of(counts: list[int], *, draws: int = 20) -> Concentration:
    """Return the concentration of owners whose cases each come in incidents of one."""
    found = concentration(
        {f"{o}/{i}": [(f"o{o}", 1.0)] for o, n in enumerate(counts) for i in range(n)}, draws=draws
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("counts", "cr4", "hhi"),
    [
        ([5], 1.0, 1.0),
        ([1, 1], 1.0, 0.5),
        ([10, 10, 10, 10, 10], 0.8, 0.2),
        ([94, 1, 1, 1, 1, 1, 1], 0.97, 0.94**2 + 6 * 0.01**2),
    ],
)
def test_known_markets_have_their_cr4_and_hhi(counts: list[int], cr4: float, hhi: float) -> None:
    """One owner has everything; equal owners have 1 / n; the Dutch case of 2020 is near 0.89."""
    found = of(counts)
    assert (found.cr4.value, found.hhi.value) == (pytest.approx(cr4), pytest.approx(hhi))
    assert (found.owners, found.cases) == (len(counts), sum(counts))


@settings(max_examples=30, deadline=None)
@given(COUNTS)
def test_hhi_is_bounded_and_the_curve_rises_ever_more_slowly(counts: list[int]) -> None:
    """HHI lies between 1 / n and 1; the curve rises to 1 ever more slowly."""
    found = of(counts)
    assert 1 / len(counts) - 1e-9 <= found.hhi.value <= 1 + 1e-9
    assert found.lorenz[-1] == pytest.approx(1)
    steps = np.diff([0.0, *found.lorenz])
    assert (np.diff(steps) <= 1e-12).all()
    for one in (found.cr4, found.hhi):
        assert one.low <= one.value <= one.high
    assert of(counts) == found


def test_an_incident_of_many_cases_is_drawn_as_one() -> None:
    """Where an owner's cases came in one incident, the interval is far wider."""
    apart = of([50, 50], draws=199)
    at_once = concentration(
        {"a": [("o0", 50.0)]} | {f"b{i}": [("o1", 1.0)] for i in range(50)}, draws=199
    )
    assert at_once is not None
    assert at_once.hhi.value == pytest.approx(apart.hhi.value)
    assert at_once.hhi.high - at_once.hhi.low > 3 * (apart.hhi.high - apart.hhi.low)


def test_without_a_case_there_is_none() -> None:
    """Nothing is concentrated."""
    assert concentration({}) is None
    assert concentration({"a": [("o", 0.0)]}) is None
