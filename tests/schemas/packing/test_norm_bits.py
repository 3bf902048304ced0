"""The bits of `brackets`, as readers of `cases.v1` know them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from schemas.packing.norm_bits import norm_bits, norm_probes_of
from schemas.records.case_observations import NOTHING

ANY = st.integers(0, (1 << 19) - 1)


@given(ANY)
def test_every_number_has_one_reading(brackets: int) -> None:
    """No bit means two things, and none is lost."""
    assert norm_bits(norm_probes_of(brackets)) == brackets


@pytest.mark.parametrize(
    ("brackets", "part"),
    [
        (0b1010_0101, {"on_time": 0b1010_0101}),
        (1 << 8, {"conclusive": True}),
        (1 << 9, {"blocked": True}),
        (0b1010_0101 << 10, {"unplanned": 0b1010_0101}),
        (1 << 18, {"long_unavailable": True}),
    ],
)
def test_bits_stay_where_ledgers_have_them(brackets: int, part: dict[str, int]) -> None:
    """Tables that were written before are read as they were meant."""
    assert norm_probes_of(brackets) == structs.replace(NOTHING, **part)


@given(ANY, ANY)
def test_what_two_say_together_is_what_their_bits_say(one: int, two: int) -> None:
    """The fold joins the parts, and the fast path the bits: both come to the same."""
    assert norm_bits(norm_probes_of(one) | norm_probes_of(two)) == one | two
    assert norm_probes_of(one) | NOTHING == norm_probes_of(one) == NOTHING | norm_probes_of(one)
