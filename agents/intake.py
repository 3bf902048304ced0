"""Who judges the inboxes: hotline.<id>.v1 in; reports.v1, outcomes.v1, quarantine.v1 out.

What was accepted before is remembered per partition. The memory is rebuilt from outcomes.v1 when
a partition is assigned: a record and its outcome have one key, so partition p of every inbox has
its memory in partition p of outcomes.v1.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.config import Settings
from agents.edges.keys import Keyring
from agents.edges.registry import RegistryReader
from agents.engine.bulk import read_partitions
from agents.engine.points import Point, passed
from agents.engine.stage import Outbox, Received, Send
from schemas.codec import LEDGER, OUTCOME, QUARANTINED
from schemas.flow import Origin
from schemas.ledger import HotlineId
from schemas.moments import Instant
from schemas.reasons import Quarantine, Result
from schemas.topics import HOTLINE, OUTCOMES, QUARANTINE, REPORTS
from streams.intake import Inbound, Judge, Judgement, Secrets
from streams.memory import Seen

_PREFIX, _SUFFIX = HOTLINE.name.split("{id}")


@dataclass(slots=True)
class Tally:
    """What this process has settled since it started; a rate for operators, not a figure.

    Attributes:
        settled: records by hotline, result and reason (None unless quarantined). A record that
            is delivered again counts again.
        newest_at: newest append time settled, by hotline.
    """

    settled: Counter[tuple[HotlineId, Result, Quarantine | None]] = field(default_factory=Counter)
    newest_at: dict[HotlineId, Instant] = field(default_factory=dict)

    def add(self, judged: Judgement) -> None:
        """Count one record whose outcome is durable."""
        outcome = judged.outcome
        self.settled[outcome.hotline, outcome.result, outcome.reason] += 1
        newest = self.newest_at.get(outcome.hotline, outcome.origin.appended_at)
        self.newest_at[outcome.hotline] = max(newest, outcome.origin.appended_at)


class Intake:
    """The stage.

    Args:
        settings: broker and partitions.
        keyring: seals and hashes.
        registry: started by the caller, stopped by the caller.
        outbox: writes what follows.
        hotlines: ids whose inboxes are read.
    """

    role = "intake"
    pooled = False
    concurrency = 1

    def __init__(
        self,
        settings: Settings,
        keyring: Keyring,
        registry: RegistryReader,
        outbox: Outbox,
        hotlines: Sequence[HotlineId],
    ) -> None:
        """Remember nothing yet."""
        self.topics: Sequence[str] = tuple(HOTLINE.named(id) for id in hotlines)
        self.tally = Tally()
        self._settings = settings
        self._registry = registry
        self._outbox = outbox
        self._memories: dict[int, Seen] = {}
        secrets = Secrets(url_key=keyring.url_key, hash=keyring.hash, seal=keyring.seal_bytes)
        self._judge = Judge(secrets=secrets, partitions=settings.kafka.partitions)

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Rebuild the memory of newly owned partitions from the outcomes."""
        memories = {partition: Seen() for partition in partitions}
        async for records in read_partitions(self._settings, OUTCOMES.name, partitions):
            for record in records:
                memories[record.partition].learn(OUTCOME.decode(record.value))
        self._memories.update(memories)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget partitions that are no longer owned."""
        for partition in partitions:
            self._memories.pop(partition, None)

    async def handle(self, records: Sequence[Received]) -> None:
        """Judge records of one inbox's partition and write all that follows, in one go."""
        book = self._registry.book
        judgements: list[Judgement] = []
        for record in records:
            memory = self._memories[record.partition]
            judged = self._judge.judge(_inbound(record), book.at(record.appended_at), memory)
            memory.learn(judged.outcome)
            judgements.append(judged)
        passed(Point.JUDGED)
        await self._outbox.send([send for judged in judgements for send in sends_of(judged)])
        for judged in judgements:
            self.tally.add(judged)


def hotline_of(topic: str) -> HotlineId:
    """Return the id of the hotline whose inbox a topic is."""
    return topic.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def sends_of(judged: Judgement) -> list[Send]:
    """Return what is written for one judgement: the entry or the quarantined record first."""
    outcome = judged.outcome
    key = outcome.record_id.encode()
    sends = [Send(topic=OUTCOMES.name, key=key, value=OUTCOME.encode(outcome))]
    if judged.entry is not None:
        entry_key = judged.entry.url_key.encode()
        sends.insert(0, Send(REPORTS.name, entry_key, LEDGER.encode(judged.entry)))
    if judged.quarantined is not None:
        hotline = outcome.hotline.encode()
        sends.insert(0, Send(QUARANTINE.name, hotline, QUARANTINED.encode(judged.quarantined)))
    return sends


def _inbound(record: Received) -> Inbound:
    return Inbound(
        hotline=hotline_of(record.topic),
        origin=Origin(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            appended_at=record.appended_at,
        ),
        key=record.key,
        value=record.value or b"",  # a tombstone says nothing, so it is malformed
    )
