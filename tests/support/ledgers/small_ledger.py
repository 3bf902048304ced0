"""A small ledger on a real broker with its table, as a pipeline without fault leaves them."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from ledger_events import (
    GONE,
    ONLINE,
    REFUSED,
    at,
    notice,
    place,
    placed,
    report,
    slots,
)
from msgspec import structs
from scratch_topics import scratch_settings
from topic_removal import remove_topics

from agents.config import ClockSettings, Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from schemas import codec, topics
from schemas.closed_lists import Category, Quarantine, Result
from schemas.identity.ids import partition_of
from schemas.records.case import Position, UrlState
from schemas.records.processing import Origin, OutcomeRecord, Quarantined
from streams import lifecycle

PARTITIONS = 2
LINE = "alpha"
INBOX = topics.HOTLINE.named(LINE)
AS_OF = at(100)
KEYS = tuple(f"{number:032x}" for number in range(1, 7))

_DECODE = {
    topics.REPORTS.name: codec.REPORTS_ENTRY.decode,
    topics.FACTS.name: codec.FACT.decode,
    topics.DECISIONS.name: codec.DECISION.decode,
}


@dataclass(slots=True)
class SmallLedger:
    """Builds a ledger step by step, so that a test can spoil one of them.

    Attributes:
        settings: a prefix of its own.
        outbox: started.
        offsets: next offset of each partition of the inbox.
        outcomes: not yet written.
    """

    settings: Settings
    outbox: KafkaOutbox
    offsets: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    outcomes: list[OutcomeRecord] = field(default_factory=list)

    async def send(self, id, result=Result.ACCEPTED, *, url_key=None, type="report", **said):
        """Put a record into the inbox and note its outcome."""
        partition = partition_of(id.encode(), PARTITIONS)
        await self.outbox.send([Send(INBOX, id.encode(), b"{}")])
        origin = Origin(
            topic=INBOX, partition=partition, offset=self.offsets[partition], appended_at=at(0)
        )
        self.offsets[partition] += 1
        self.outcomes.append(
            OutcomeRecord(
                hotline=LINE,
                record_id=id,
                origin=origin,
                result=result,
                url_key=url_key,
                type=type,
                digest="d",
                **said,
            )
        )

    async def refuse(self, id, reason):
        """Put a record into the inbox that is quarantined for a reason."""
        await self.send(id, Result.QUARANTINED, reason=reason)
        kept = Quarantined(
            hotline=LINE, origin=self.outcomes[-1].origin, reason=reason, record="sealed"
        )
        await self.outbox.send(
            [Send(topics.QUARANTINE.name, LINE.encode(), codec.QUARANTINED.encode(kept))]
        )

    async def entry(self, url_key, made, id):
        """Write an entry of the ledger."""
        record = structs.replace(made[0], url_key=url_key, record_id=id)
        await self.outbox.send(
            [Send(topics.REPORTS.name, url_key.encode(), codec.REPORTS_ENTRY.encode(record))]
        )

    async def facts(self, url_key, made):
        """Write facts."""
        await self.outbox.send(
            [
                Send(
                    topics.FACTS.name,
                    url_key.encode(),
                    codec.FACT.encode(structs.replace(fact, url_key=url_key)),
                )
                for fact, _ in made
            ]
        )

    async def write_outcomes(self):
        """Write the outcomes noted."""
        await self.outbox.send(
            [
                Send(topics.OUTCOMES.name, o.record_id.encode(), codec.OUTCOME.encode(o))
                for o in self.outcomes
            ]
        )
        self.outcomes.clear()

    async def commit(self):
        """Commit the inbox as intake does, up to its end."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka.bootstrap,
            group_id=f"{self.settings.kafka.topic_prefix}intake",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            prefix = self.settings.kafka.topic_prefix
            parts = {TopicPartition(prefix + INBOX, p): n for p, n in self.offsets.items()}
            consumer.assign(list(parts))
            await consumer.commit(parts)
        finally:
            await consumer.stop()

    async def fold(
        self,
        spoil: Callable[[dict[str, UrlState]], None] | None = None,
        *,
        as_of=AS_OF,
        method=lifecycle.METHOD_VERSION,
    ):
        """Write the table: states, spoiled if asked, and a position for each partition."""
        for partition in range(PARTITIONS):
            happened, offsets = defaultdict(list), {}
            for topic, decode in _DECODE.items():
                async for records in read_partitions(self.settings, topic, (partition,)):
                    for record in records:
                        key = record.key.decode()
                        happened[key].append((decode(record.value), record.appended_at))
                        offsets[topic] = record.offset + 1
            states = {key: lifecycle.advance(key, None, told) for key, told in happened.items()}
            if spoil is not None:
                spoil(states)
            position = Position(
                partition=partition, offsets=offsets, as_of=as_of, code="1", method=method
            )
            name = f"position/{partition}".encode()
            await self.outbox.send(
                [
                    *(
                        Send(topics.CASES.name, k.encode(), codec.STATE.encode(s))
                        for k, s in states.items()
                    ),
                    Send(
                        topics.CASES.name,
                        name,
                        codec.POSITION.encode(position),
                        partition=partition,
                    ),
                ]
            )


async def open_ledger(stack, bootstrap) -> SmallLedger:
    """Create the topics of a new ledger; what is written there is appended at `AS_OF`."""
    settings = scratch_settings(bootstrap, vantages=())
    kafka = settings.kafka.model_copy(update={"partitions": PARTITIONS})
    now = ClockSettings(start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=AS_OF)
    settings = settings.model_copy(update={"kafka": kafka, "clock": now})
    stack.push_async_callback(remove_topics, kafka.bootstrap, kafka.topic_prefix)
    await apply(settings, wanted(settings, [LINE]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    stack.push_async_callback(outbox.stop)
    return SmallLedger(settings, outbox)


async def fill(ledger: SmallLedger) -> None:
    """Report six URLs at two hosters: removed, there, refused, not attributed; some not taken."""
    for number, key in enumerate(KEYS):
        hoster = "acme" if number % 2 else "other"
        await ledger.send(f"r{number}", url_key=key)
        await ledger.entry(key, report(0, seen=0, category=Category.CSAM), f"r{number}")
        if number == len(KEYS) - 1:
            continue  # pending
        await ledger.send(f"n{number}", url_key=key, type="notice")
        await ledger.entry(key, notice(1 + number, recipient=hoster), f"n{number}")
        there = {"hoster": hoster, "hosters": (hoster,)}
        after = [GONE, ONLINE, REFUSED][number % 3]
        seen = [
            placed(0, place(hoster)),
            *slots([1, 8, 20], ONLINE, **there),
            *slots([40, 40.2, 40.4, 40.6, 70], after, **there),
        ]
        await ledger.facts(key, seen)
    await ledger.send("r0", Result.DUPLICATE, url_key=KEYS[0])
    await ledger.refuse("bad", Quarantine.BAD_URL)
