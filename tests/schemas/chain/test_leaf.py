"""What is hashed: no two records, and no two hours, give the same bytes."""

from chain_records import root_of_hour
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.chain.leaf import TopicPosition, hour_leaf, parts, record_leaf
from schemas.records.custody import Extent

RECORDS = st.tuples(
    st.builds(
        TopicPosition,
        st.sampled_from(["facts.v1", "facts.v11"]),
        st.integers(0, 11),
        st.integers(0),
    ),
    st.integers(0),
    st.binary(max_size=8),
    st.none() | st.binary(max_size=8),
)


def test_the_bytes_of_a_leaf_are_fixed() -> None:
    """Whoever reads the document writes the same: lengths of four bytes, numbers in decimal."""
    found = record_leaf(TopicPosition("facts.v1", 3, 41), 1_700_000_000_000, b"key", b"{}")
    assert found == (
        b"\x00\x00\x00\x08facts.v1\x00\x00\x00\x013\x00\x00\x00\x0241"
        b"\x00\x00\x00\x0d1700000000000\x00\x00\x00\x03key\x00\x00\x00\x02{}"
    )
    assert record_leaf(TopicPosition("facts.v1", 3, 41), 0, b"", None).endswith(b"\xff\xff\xff\xff")


@given(RECORDS, RECORDS)
def test_two_records_have_two_leaves(one: tuple, other: tuple) -> None:
    """Also if a byte moves from one part to the next, or a value is there and empty."""
    assert (record_leaf(*one) == record_leaf(*other)) == (one == other)


@given(st.lists(st.none() | st.binary(max_size=6)), st.lists(st.none() | st.binary(max_size=6)))
def test_two_lists_of_parts_have_different_bytes(one: list, other: list) -> None:
    """Whatever the parts hold."""
    assert (parts(one) == parts(other)) == (one == other)


def test_all_of_an_hour_is_in_its_leaf() -> None:
    """Its time, size, root and each bound of what it covers."""
    hour = root_of_hour(0)
    extent = Extent(topic="facts.v1", partition=0, begin=0, end=3)
    hour = replace(hour, extents=(extent,))
    changed = [
        replace(hour, hour_at=hour.hour_at + 1),
        replace(hour, size=hour.size + 1),
        replace(hour, root="0" * 64),
        replace(hour, extents=()),
        *(
            replace(hour, extents=(replace(extent, **{name: value}),))
            for name, value in (("topic", "skips.v1"), ("partition", 1), ("begin", 1), ("end", 4))
        ),
    ]
    assert len({hour_leaf(one) for one in (hour, *changed)}) == len(changed) + 1
