"""Opens topics for reading: of a broker over the network, or of one in this process.

A broker in this process stands under a name of its own in `kafka.bootstrap`. The simulator has one,
so that it runs the stages as they are.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, Self

from agents.clock import Clock
from agents.config import KafkaSettings, Settings
from agents.engine.read.end_offsets import Ends
from agents.engine.read.log_reader import LogReader
from agents.engine.stage import Received
from agents.engine.state.store import Pair


class LogSpan(Protocol):
    """A span of a partition as it was fetched.

    `agents.engine.read.fetched_span.FetchedSpan` is one.
    """

    @property
    def partition(self) -> int:
        """Return of which partition it is."""
        ...

    @property
    def position(self) -> int:
        """Return the position behind it."""
        ...

    def received(self, topic: str, clock: Clock) -> list[Received]:
        """Return the records as stages get them."""
        ...

    def pairs(self) -> list[Pair]:
        """Return the keys and values of all records."""
        ...


class Reader(Protocol):
    """Reads what is committed of a topic; see `agents.engine.read.log_reader.LogReader`."""

    async def start(self) -> frozenset[int]:
        """Connect and return the topic's partitions."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...

    async def bounds(self, partitions: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return where each partition begins and where what is committed ends."""
        ...

    async def since(self, partitions: Collection[int], wall_ms: int) -> dict[int, int]:
        """Return where each partition's records begin that were appended at a time or later."""
        ...

    async def identity(self) -> str:
        """Return what tells this topic from one of the same name."""
        ...

    def follow(self, positions: Mapping[int, int], ends: Mapping[int, int] = ...) -> None:
        """Read these partitions too, each from a position on and to its end, if it has one."""
        ...

    async def poll(self) -> Sequence[LogSpan]:
        """Return what one fetch brought."""
        ...


class EndReader(Protocol):
    """Says where topics end, as an async context; see `agents.engine.read.end_offsets.Ends`."""

    async def __aenter__(self) -> Self:
        """Connect."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        ...

    async def of(self, partitions: Collection[int]) -> dict[int, dict[str, int]]:
        """Return the end of every topic in each of the partitions."""
        ...


class InProcessBroker(Protocol):
    """A broker in this process."""

    def reader(self, topic: str) -> Reader:
        """Return a reader of a topic, by its full name."""
        ...

    def ends(self, topics: Sequence[str]) -> EndReader:
        """Return what says where topics end, by their names."""
        ...


_LOCAL: Final[dict[str, InProcessBroker]] = {}


@contextmanager
def local(name: str, broker: InProcessBroker) -> Iterator[None]:
    """Let a broker in this process be reached under a name.

    Args:
        name: what `kafka.bootstrap` says.
        broker: whom it means.
    """
    _LOCAL[name] = broker
    try:
        yield
    finally:
        del _LOCAL[name]


def reader_of(kafka: KafkaSettings, topic: str) -> Reader:
    """Return a reader of a topic.

    Args:
        kafka: where the broker is.
        topic: full name.
    """
    broker = _LOCAL.get(kafka.bootstrap or "")
    return LogReader(kafka, topic) if broker is None else broker.reader(topic)


def ends_of(settings: Settings, topics: Sequence[str]) -> EndReader:
    """Return what says where topics end.

    Args:
        settings: broker and prefix.
        topics: names without prefix.
    """
    broker = _LOCAL.get(settings.kafka.bootstrap or "")
    return Ends(settings, topics) if broker is None else broker.ends(topics)
