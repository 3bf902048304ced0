"""What a stage is to the engine: a handler of lists of records of one partition.

A stage never sees Faust, offsets to commit or a consumer. It is told which partitions it owns,
is given lists of records, and returns when everything that follows from them is durable. The
engine commits after that and never before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.moments import Instant


@dataclass(frozen=True, slots=True)
class Received:
    """One record as it stood on the broker.

    Attributes:
        topic: topic name without the run's prefix.
        appended_at: broker append time in world time.
        key, value: raw bytes.
        headers: Kafka headers.
    """

    topic: str
    partition: int
    offset: int
    appended_at: Instant
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class Stage(Protocol):
    """A stage's side of the contract.

    Attributes:
        role: name of the consumer group and of the Faust app.
        topics: names without prefix of the topics it reads; for `hotline.*.v1` all of them.
        pooled: the stage waits for the outside; the engine then hands it lists of one, up to
            `concurrency` at a time, and commits up to the lowest unfinished record.
        concurrency: how many lists of one may be under way.
    """

    role: str
    topics: Sequence[str]
    pooled: bool
    concurrency: int

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load what is needed for partitions that are newly owned, before any record of them."""
        ...

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop everything held for partitions that are no longer owned."""
        ...

    async def handle(self, records: Sequence[Received]) -> None:
        """Work off a list of records of one topic and partition, in order.

        Returns when all that follows from them has been acknowledged by the broker. An
        exception is unexpected by definition: the process stops with the offset not advanced.
        """
        ...


@dataclass(frozen=True, slots=True)
class Send:
    """One record to write.

    Attributes:
        topic: topic name without the run's prefix.
        key, value: raw bytes; an empty value is not a tombstone, None is.
        headers: Kafka headers.
    """

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Outbox(Protocol):
    """Writes records and returns when the broker has acknowledged all of them."""

    async def send(self, records: Sequence[Send]) -> None:
        """Write the records, in order within a key; acks=all.

        Raises:
            SendFailed: the broker refused one or did not answer in time; what was written
                is not known, so the caller must not go on.
        """
        ...
