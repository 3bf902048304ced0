"""Partitions of many keys at once."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.identity.ids import partition_of
from schemas.identity.partitions import partitions_of

_KEYS = st.integers(0, 40).flatmap(lambda size: st.binary(min_size=size, max_size=size))
_ALIKE = st.integers(0, 40).flatmap(
    lambda size: st.lists(st.binary(min_size=size, max_size=size), max_size=40)
)


@given(st.lists(_KEYS, max_size=60), _ALIKE, st.integers(1, 256))
def test_many_keys_fall_where_each_falls_alone(mixed, alike, partitions):
    """Keys of mixed lengths or of one, few or many: each has the partition it has by itself."""
    for keys in (mixed, alike, [*alike, *mixed, *alike]):
        assert partitions_of(keys, partitions) == [partition_of(key, partitions) for key in keys]


def test_every_bit_of_a_lane_stays_in_it():
    """Neighbours of a key do not change its partition, whatever bits they have set."""
    key = b"k" * 32
    for other in (b"\x00" * 32, b"\xff" * 32, b"\x80\x00\x00\x00" * 8):
        keys = [other, key] * 20
        assert set(partitions_of(keys, 1_000_003)[1::2]) == {partition_of(key, 1_000_003)}
