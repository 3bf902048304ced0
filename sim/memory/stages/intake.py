"""Intake in memory: the inboxes' records, judged by the product's rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.engine.stage import Received
from agents.stages.intake.stage import sends_of
from schemas.codec import OUTCOME
from schemas.records.flow import Origin
from schemas.topics import HOTLINE, OUTCOMES
from sim.memory.broker.broker import PARTITIONS
from sim.memory.stages.context import Hands
from sim.memory.stages.secrets import SECRETS
from streams.intake.dedup_index import DedupIndex
from streams.intake.judgement import Inbound, Judge, Judgement
from streams.registry.snapshot import Book

JUDGE = Judge(secrets=SECRETS, partitions=PARTITIONS)
_PREFIX, _SUFFIX = HOTLINE.name.split("{id}")


@dataclass(slots=True)
class Intake:
    """Judges one partition of all inboxes.

    Attributes:
        hands: what it works with.
        book: the registry.
        partition: which.
    """

    hands: Hands
    book: Book
    partition: int
    pooled: bool = False
    _memory: DedupIndex = field(default_factory=DedupIndex)

    def recover(self) -> Mapping[str, int] | None:
        """Learn from the outcomes what was accepted before."""
        for record in self.hands.broker.log(OUTCOMES.name, self.partition).records:
            self._memory.learn(OUTCOME.decode(record.value))
        return None

    def begin(self) -> None:
        """Nothing is to be done."""

    def handle(self, records: Sequence[Received]) -> Iterator[None]:
        """Judge a list and write all that follows."""
        judgements = [judged(record, self.book, self._memory) for record in records]
        yield
        yield from self.hands.write(sends_of(judgements, PARTITIONS))


def judged(record: Received, book: Book, memory: DedupIndex) -> Judgement:
    """Judge a record and remember what became of it.

    Args:
        record: as it stands in the inbox.
        book: the registry.
        memory: what was accepted before.
    """
    inbound = Inbound(
        hotline=record.topic.removeprefix(_PREFIX).removesuffix(_SUFFIX),
        origin=Origin(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            appended_at=record.appended_at,
        ),
        key=record.key,
        value=record.value,
    )
    found = JUDGE.judge(inbound, book.at(record.appended_at), memory)
    memory.learn(found.outcome)
    return found
