"""The hotlines' inboxes in memory: what the world's hotlines send, judged by intake's rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.flow import Origin, OutcomeRecord
from schemas.ids import partition_of
from schemas.ledger import LedgerEntry
from schemas.topics import HOTLINE
from sim.hotlines import Event
from sim.memory.secrets import SECRETS
from streams.intake import Inbound, Judge
from streams.memory import Seen
from streams.registry import Book

PARTITIONS = 4


def _seen() -> defaultdict[int, Seen]:
    return defaultdict(Seen)


def _offsets() -> defaultdict[tuple[str, int], int]:
    return defaultdict(int)


@dataclass(slots=True)
class Inboxes:
    """Takes in records in the order they are sent.

    Attributes:
        book: the registry.
        outcomes: what became of each record.
    """

    book: Book
    outcomes: list[OutcomeRecord] = field(default_factory=list)
    _judge: Judge = field(default_factory=lambda: Judge(secrets=SECRETS, partitions=PARTITIONS))
    _memory: defaultdict[int, Seen] = field(default_factory=_seen)
    _offset: defaultdict[tuple[str, int], int] = field(default_factory=_offsets)

    def take(self, events: Iterable[Event]) -> Iterator[LedgerEntry]:
        """Yield the ledger entries that follow from records."""
        for event in events:
            partition = partition_of(event.key, PARTITIONS)
            place = (event.hotline, partition)
            origin = Origin(
                topic=HOTLINE.named(event.hotline),
                partition=partition,
                offset=self._offset[place],
                appended_at=event.at,
            )
            self._offset[place] += 1
            inbound = Inbound(
                hotline=event.hotline, origin=origin, key=event.key, value=event.value
            )
            memory = self._memory[partition]
            said = self._judge.judge(inbound, self.book.at(event.at), memory)
            memory.learn(said.outcome)
            self.outcomes.append(said.outcome)
            if said.entry is not None:
                yield said.entry
