"""The parts of `brackets`, as readers of `cases.v1` know them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records.norm_probes import NormProbes, named, packed

NOTHING = NormProbes(
    looked=0,
    unplanned=0,
    conclusive=False,
    blocked=False,
    long_unavailable=False,
    bare=False,
)


@given(st.integers(0, (1 << 20) - 1))
def test_every_number_has_one_reading(brackets: int) -> None:
    """No bit means two things, and none is lost."""
    assert packed(named(brackets)) == brackets


@pytest.mark.parametrize(
    ("brackets", "part"),
    [
        (0b1010_0101, {"looked": 0b1010_0101}),
        (1 << 8, {"conclusive": True}),
        (1 << 9, {"blocked": True}),
        (0b1010_0101 << 10, {"unplanned": 0b1010_0101}),
        (1 << 18, {"long_unavailable": True}),
        (1 << 19, {"bare": True}),
    ],
)
def test_bits_stay_where_ledgers_have_them(brackets: int, part: dict[str, int]) -> None:
    """Tables that were written before are read as they were meant."""
    assert named(brackets) == NOTHING._replace(**part)
