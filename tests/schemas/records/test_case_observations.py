"""What probes around norms came to is joined part by part."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.records.case_observations import ALL_SLOTS, NOTHING, NormProbes

SLOT_BITS = st.integers(0, ALL_SLOTS)
PROBING = st.builds(NormProbes, SLOT_BITS, SLOT_BITS, st.booleans(), st.booleans(), st.booleans())


@given(PROBING, PROBING, PROBING)
def test_joining_keeps_all_and_order_changes_nothing(
    one: NormProbes, two: NormProbes, three: NormProbes
) -> None:
    """Observations come in any order, and twice."""
    assert one | two == two | one
    assert (one | two) | three == one | (two | three)
    assert one | one == one == one | NOTHING == NOTHING | one
    assert (one | two).on_time == one.on_time | two.on_time
    assert (one | two).blocked is (one.blocked or two.blocked)
