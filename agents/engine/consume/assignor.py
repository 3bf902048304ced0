"""Splits a group's partitions so that a member has the same ones of every topic it reads.

aiokafka's ranges split each topic among those who read it. While a topic comes or goes, members
read unequal sets for a moment, and one would get partition 0 of one topic and 1 of the next. Here
partition numbers are split among all members, and a topic's partition whose owner does not read it
yet is given to nobody: the owner joins again when it does.
"""

from collections.abc import Mapping
from itertools import pairwise

from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.protocol import (
    ConsumerProtocolMemberAssignment,
    ConsumerProtocolMemberMetadata,
)


class AlikePartitionAssignor(RangePartitionAssignor):
    """Ranges of partition numbers, the same in all topics; of one set of topics as aiokafka's."""

    name = RangePartitionAssignor.name  # members of an earlier version join the same group

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Return what each member gets.

        Args:
            cluster: knows the partitions of topics.
            members: what each reads.
        """
        reads = {member: frozenset(metadata.subscription) for member, metadata in members.items()}
        given: dict[str, dict[str, list[int]]] = {member: {} for member in members}
        for topic in frozenset[str]().union(*reads.values()):
            numbers = sorted(cluster.partitions_for_topic(topic) or ())
            for member, mine in zip(sorted(members), _ranges(numbers, len(members)), strict=True):
                if topic in reads[member]:
                    given[member][topic] = mine
        return {
            member: ConsumerProtocolMemberAssignment(cls.version, sorted(topics.items()), b"")
            for member, topics in given.items()
        }


def _ranges(numbers: list[int], count: int) -> list[list[int]]:
    """Cut a list into so many ranges, the first of them longer by one where it does not go even."""
    each, extra = divmod(len(numbers), count)
    starts = [each * one + min(one, extra) for one in range(count + 1)]
    return [numbers[start:end] for start, end in pairwise(starts)]
