"""A multiset is a sorted list, whatever comes and goes."""

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.statistics import sorted_multiset
from streams.statistics.sorted_multiset import SortedMultiset

NUMBERS = st.integers(-30, 30)
CHANGES = st.lists(st.lists(st.tuples(NUMBERS, st.booleans()), max_size=30), max_size=8)


@pytest.mark.parametrize("few", [0, 1_000])
@given(CHANGES, NUMBERS)
def test_it_is_a_sorted_list(few, changes, asked):
    """Numbers, count, lowest and how many are up to one; sorted anew or block by block."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sorted_multiset, "BLOCK", 3)
        patched.setattr(sorted_multiset, "FEW", few)
        held, one = [], SortedMultiset()
        one.change(7, 1)
        held.append(7)
        assert one.least() == 7
        for round_ in changes:
            for number, comes in round_:
                if comes:
                    held.append(number)
                elif number in held:
                    held.remove(number)
                else:
                    continue
                one.change(number, 1 if comes else -1)
            held.sort()
            assert len(one) == len(held)
            assert one.up_to(asked) == bisect_right(held, asked)
            assert list(one.numbers()) == held
            assert one.least() == (held[0] if held else None)
            assert not one.changed
