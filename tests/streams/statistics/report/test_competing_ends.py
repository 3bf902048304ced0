"""Cumulative incidence: against R, and against what it must sum to."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.report.competing_ends import cumulative_incidence
from streams.statistics.survival import kaplan_meier

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "r" / "fixtures.json").read_text()
)["competing"]

ENDED = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["removed", "moved", "dark", None])), max_size=40
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: len(case["time"]))
def test_incidences_of_competing_ends_agree_with_r(case: dict[str, Any]) -> None:
    """Each end's incidence within 1e-6 of cmprsk, S within 1e-6 of survival."""
    times = [round(time) for time in case["time"]]
    found = cumulative_incidence(list(zip(times, case["end"], strict=True)))
    assert list(found.times) == case["at"]
    assert found.survival == pytest.approx(case["survival"], abs=1e-6)
    assert found.by_end.keys() == case["incidence"].keys()
    for end, curve in found.by_end.items():
        assert curve == pytest.approx(case["incidence"][end], abs=1e-6)


@given(ENDED)
def test_all_shares_sum_to_one(cases: list[tuple[int, str | None]]) -> None:
    """What ended, by all ends, and what did not are everything; no end exceeds its 1 - KM."""
    found = cumulative_incidence(cases)
    for place, survival in enumerate(found.survival):
        ended = sum(curve[place] for curve in found.by_end.values())
        assert ended + survival == pytest.approx(1)
    for end, curve in found.by_end.items():
        alone = kaplan_meier([t for t, _ in cases], [how == end for _, how in cases])
        for time, share in zip(found.times, curve, strict=True):
            assert share <= 1 - alone.survival_at(time) + 1e-9


def test_a_weight_is_as_many_cases() -> None:
    """A case of a sample that stands for three counts as three, in any order."""
    cases: list[tuple[int, str | None]] = [(1, "removed"), (1, None), (2, "moved"), (3, None)]
    once = cumulative_incidence(cases, [3, 1, 2, 4])
    each = cumulative_incidence(
        [one for one, n in zip(cases, (3, 1, 2, 4), strict=True) for _ in range(n)]
    )
    assert once == each
    assert cumulative_incidence(cases[::-1], [4, 2, 1, 3]) == each


def test_a_duration_below_0_is_refused() -> None:
    """Nothing ends before its clock begins."""
    with pytest.raises(ValueError, match="below 0"):
        cumulative_incidence([(-1, None)])
