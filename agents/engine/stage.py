"""What a stage is to the engine: a handler of lists of records of one partition.

A stage never sees Faust or a consumer. It is told which partitions it owns, is given lists of
records, and returns when everything that follows from them is durable. The engine commits after
that and never before; a transactional stage puts the offsets into its state too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

import msgspec

from schemas.closed_lists import Quarantine
from schemas.moments import Instant


class Received(msgspec.Struct, frozen=True, gc=False):
    """One record as it stood on the broker.

    Attributes:
        topic: topic name without the run's prefix.
        appended_at: broker append time in world time.
        key, value: raw bytes; the value of a tombstone is None.
        headers: Kafka headers.
    """

    topic: str
    partition: int
    offset: int
    appended_at: Instant
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def next_offset(self) -> int:
        """Return the offset to go on from after it."""
        return self.offset + 1


class UnreadableInboxBatch(Received, frozen=True, gc=False, kw_only=True):
    """A whole batch of an inbox that could not be read; it has no key and no value.

    Attributes:
        offset, last_offset: of its first and last record.
        fault: why.
        digest: hex SHA-256 of the bytes of the batch.
    """

    last_offset: int
    fault: Quarantine
    digest: str

    @property
    def next_offset(self) -> int:
        """Return the offset to go on from after it."""
        return self.last_offset + 1


def next_offsets(records: Iterable[Received]) -> dict[str, int]:
    """Return the offset to go on from after records of one partition, by topic."""
    return {record.topic: record.next_offset for record in records}


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
        """Work off a list of records of one partition, in order within a topic.

        Returns when all that follows from them has been acknowledged by the broker. An
        exception is unexpected by definition: the process stops with the offset not advanced.
        """
        ...


OnReady: TypeAlias = Callable[[int, Mapping[str, int]], None]
OnLost: TypeAlias = Callable[[int], None]


@runtime_checkable
class Transactional(Protocol):
    """A stage that writes the offsets of its lists into its state, in one transaction with it.

    Each partition is begun at the offsets that stand in the state that was loaded, whatever the
    group has committed: without state the topics are read from their beginning. The engine
    commits for it as for any stage, so that lag is seen; nothing rests on it.
    """

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Load what is needed for partitions newly owned; say of each when it may begin.

        Called in the place of `assigned`; cancelled if the partitions go before it is done.

        Args:
            partitions: newly owned.
            ready: is told a partition and the offset to begin at by topic; a topic that is not
                named is begun at its beginning.
            lost: is told a partition whose writer another process has become, where `handle` did
                not say so by raising `Fenced`. The partition is revoked, and recovered again if
                the group still gives it to this process.
        """
        ...


@runtime_checkable
class StageWithChangingTopics(Protocol):
    """A stage whose topics change while it runs.

    Attributes:
        role: see `Stage`.
        topics_change: marks such a stage; the value is not read.
        topics: is checked every second; the engine then reads those.
    """

    role: str
    topics_change: bool
    topics: Sequence[str]


class Pairing(NamedTuple):
    """Two topics of which a key's records are best worked off in one list.

    Attributes:
        leading: the topic whose records come first.
        following: the topic of what another stage makes of them, under the same keys.
        begins: what the values of leading records begin with that one follows; others wait for
            nothing.
    """

    leading: str
    following: str
    begins: bytes = b""


@runtime_checkable
class Paired(Protocol):
    """A stage that does less work if one list has a record and the one that follows from it.

    Attributes:
        pairing: the topics of both; while the stage is behind, the engine waits a little for the
            second. None = there are none.
    """

    pairing: Pairing | None


class Send(msgspec.Struct, frozen=True, gc=False):
    """One record to write.

    Attributes:
        topic: topic name without the run's prefix.
        key, value: raw bytes; an empty value is not a tombstone, None is.
        headers: Kafka headers.
        partition: where its writer knows that, from a record with the same key in a topic of
            as many partitions; None = found from the key.
    """

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int | None = None


class Writer(Protocol):
    """Writes the state of partitions in transactions; `Transactions` is one, see there."""

    async def open(self, partitions: frozenset[int]) -> None:
        """Become the one writer of partitions: earlier owners are fenced when this returns."""
        ...

    def begin(self, partition: int, topics: Sequence[str]) -> None:
        """Begin the next transaction of a partition while its records are still worked out."""
        ...

    async def write(self, partition: int, records: Sequence[Send]) -> dict[str, int]:
        """Write records as one; returns when the broker has committed them.

        Raises:
            SendFailed: refused, or not answered in time; `Fenced` where another process has become
                the writer.
        """
        ...

    async def close(self, partitions: frozenset[int]) -> None:
        """Stop being the writer of partitions; a transaction under way is ended first."""
        ...


class Outbox(Protocol):
    """Writes records and returns when the broker has acknowledged all of them.

    It is not the outbox pattern: nothing is kept to be relayed later.
    """

    async def send(self, records: Sequence[Send]) -> None:
        """Write the records, in order within a key; acks=all.

        Raises:
            SendFailed: the broker refused one or did not answer in time; what was written
                is not known, so the caller must not go on.
        """
        ...
