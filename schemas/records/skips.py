"""`skips.v1`: records that two persons set aside, because no stage could handle them.

Kafka key: `topic/partition/offset` of the record set aside.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from schemas.moments import Instant
from schemas.signing import TwoSignatures

TopicName: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.-]{0,79}$")]
"""A topic without the run's prefix."""


class Skip(Struct, frozen=True, kw_only=True, gc=False):
    """One record set aside.

    Attributes:
        topic, partition, offset: where the record stands.
        digest: keyed hash of its key and value; a record with another one is not meant.
        reason: why, in words; no URL.
        decided_at: when the first person proposed it.
        signatures: of two persons, over all other fields.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    topic: TopicName
    partition: Annotated[int, Meta(ge=0, le=65_535)]
    offset: Annotated[int, Meta(ge=0)]
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    decided_at: Instant
    signatures: TwoSignatures


def skip_key(topic: str, partition: int, offset: int) -> bytes:
    """Return the Kafka key of a skip."""
    return f"{topic}/{partition}/{offset}".encode()
