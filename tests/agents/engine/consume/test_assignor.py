"""A member gets the same partitions of every topic it reads, also while topics come and go."""

import pytest
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.consume.assignor import AlikePartitionAssignor

TOPICS = ("a", "b", "c")
PARTITIONS = 12


class Cluster:
    """Knows topics of equal counts; "c" may not be there yet."""

    def __init__(self, *, c: bool = True) -> None:
        """Take whether it is."""
        self._there = TOPICS if c else TOPICS[:2]

    def partitions_for_topic(self, topic):
        """Return the partitions of a topic."""
        return set(range(PARTITIONS)) if topic in self._there else None


def given_to(cluster, reads, assignor=AlikePartitionAssignor):
    members = {member: assignor.metadata(sorted(topics)) for member, topics in reads.items()}
    return {
        member: {topic: tuple(parts) for topic, parts in found.assignment}
        for member, found in assignor.assign(cluster, members).items()
    }


READS = st.dictionaries(
    st.text("mn", min_size=1, max_size=4), st.sets(st.sampled_from(TOPICS)), min_size=1, max_size=15
)


@given(reads=READS, there=st.booleans())
def test_partitions_are_alike_in_all_topics_of_a_member(reads, there):
    """No partition is given twice, nobody gets what it does not read, who reads it gets its own."""
    found = given_to(Cluster(c=there), reads)
    for member, topics in found.items():
        assert topics.keys() <= reads[member]
        assert len({parts for topic, parts in topics.items() if topic != "c" or there}) <= 1
    for topic in TOPICS:
        all_of = [part for topics in found.values() for part in topics.get(topic, ())]
        assert len(all_of) == len(set(all_of))
        if all(topic in topics for topics in reads.values()) and (topic != "c" or there):
            assert sorted(all_of) == list(range(PARTITIONS))


@pytest.mark.parametrize("count", [1, 2, 5, 12, 13])
def test_with_one_set_of_topics_it_gives_what_ranges_give(count):
    """So workers of an earlier version and of this one may be in one group."""
    reads = {f"m{number:02}": set(TOPICS) for number in range(count)}
    assert given_to(Cluster(), reads) == given_to(Cluster(), reads, RangePartitionAssignor)
