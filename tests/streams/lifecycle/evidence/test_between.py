"""What happened between two instants: the first one counts, the last one does not."""

from hypothesis import given
from hypothesis import strategies as st

from streams.lifecycle.evidence.between import between

INSTANTS = st.integers(0, 20)


@given(st.lists(INSTANTS).map(sorted), st.none() | INSTANTS, st.none() | INSTANTS)
def test_it_is_what_going_through_all_of_it_finds(happened, since, until):
    """Nothing at the ends is lost or taken twice, several of one instant included."""
    assert between(happened, since, until, int) == [
        at for at in happened if (since is None or at >= since) and (until is None or at < until)
    ]
