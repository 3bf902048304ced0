"""Fills a real broker with a year of reports, notices and observations, fast.

Histories are folded, drawn and encoded once; each URL is one of them, shifted in time and put under
its own key, host and hoster. The table has the newest state of each URL as one of its history: a
report reads it for open disputes alone.
"""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from ledger_events import CONTROL, GONE, KEY, ONLINE, START, notice, place, placed, report, slot
from msgspec import structs
from scratch_topics import WORLD_TIMES, create_topic

from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from schemas import codec
from schemas.identity.ids import partition_of
from schemas.moments import DAY_MS, HOUR_MS, Instant
from schemas.records.case import Position, position_key
from schemas.topics import CASES, DECISIONS, FACTS, REPORTS
from streams import lifecycle
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort

YEAR: Final = Cohort(START, START + 365 * DAY_MS, 86_400)
HOSTERS: Final = 150
OBSERVATIONS: Final = 24
"""Of each URL; two vantages see it, so that it is probed twelve times."""

_HOSTER: Final = "hoster-000"
_HOST: Final = 4_000_000_000
_SEALED: Final = "s" * 260
_GONE_H: Final = (1, 3, 6, 10, 20, 26, 40, 60, 100, None)

BATCH_BYTES: Final = 512 * 1024
"""Half of what a broker takes at once."""


@dataclass(frozen=True, slots=True)
class Template:
    """A record with places for its URL, its hoster and its times.

    Attributes:
        topic: where it stands.
        body: in the form of `bytes % values`.
        places: what stands in its places, in order: a name, or the distance of a time in ms.
        after_ms: when it is appended.
    """

    topic: str
    body: bytes
    places: tuple[str | int, ...]
    after_ms: int

    def made(self, values: dict[str, bytes], start_at: Instant) -> bytes:
        """Return the record of a URL."""
        said = (
            values[place] if isinstance(place, str) else b"%d" % (start_at + place)
            for place in self.places
        )
        return self.body % tuple(said)


@dataclass(frozen=True, slots=True)
class DrawnHistory:
    """Records of a URL, and the state that they come to."""

    records: tuple[Template, ...]
    state: bytes


_PLACES: Final = re.compile(
    rb"|".join([KEY.encode(), _HOSTER.encode(), b"%d" % _HOST, rb"(?<![0-9])1[0-9]{12}(?![0-9])"])
)
_NAMED: Final = {KEY.encode(): "key", _HOSTER.encode(): "hoster", b"%d" % _HOST: "host"}


def _template(topic: str, value: bytes, appended_at: Instant) -> Template:
    places: list[str | int] = []

    def taken(found: re.Match[bytes]) -> bytes:
        named = _NAMED.get(found[0])
        places.append(int(found[0]) - START if named is None else named)
        return b"%b"

    body = _PLACES.sub(taken, value.replace(b"%", b"%%"))
    return Template(topic, body, tuple(places), appended_at - START)


def drawn_history(gone_h: float | None) -> DrawnHistory:
    """Return a URL that goes so long after its notice, or never.

    Args:
        gone_h: hours.
    """
    there = {"hoster": _HOSTER, "hosters": (_HOSTER,)}
    until_h = 720.0 if gone_h is None else gone_h
    seen = [until_h * share for share in (0.02, 0.2, 0.4, 0.6, 0.98)]
    after = [until_h + minutes / 60 for minutes in (6, 22, 38)]
    first, at_first = report(0, seen=0, host=_HOST)
    told = [
        (structs.replace(first, sealed=_SEALED), at_first),
        notice(1, recipient=_HOSTER),
        placed(0.01, place(_HOSTER)),
    ]
    for hour in (*seen, *after):
        facts = ONLINE if gone_h is None or hour < gone_h else GONE
        with_controls = hour in (seen[0], after[0])
        told += slot(1 + hour, facts, control=CONTROL if with_controls else None, **there)
    observations = len(told) - 3
    if observations != OBSERVATIONS:
        raise AssertionError(observations)
    records = []
    for number, (record, appended_at) in enumerate(told):
        topic, of = (REPORTS.name, codec.REPORTS_ENTRY) if number < 2 else (FACTS.name, codec.FACT)
        records.append(_template(topic, of.encode(record), appended_at))
    return DrawnHistory(tuple(records), codec.STATE.encode(lifecycle.advance(KEY, None, told)))


@dataclass(slots=True)
class _Writer:
    """Writes records of one partition of a topic in batches.

    Attributes:
        count: how many were written, which is the next offset.
    """

    producer: AIOKafkaProducer
    topic: str
    partition: int
    count: int = 0
    _batch: BatchBuilder | None = None
    _sent: list["asyncio.Future[object]"] = field(default_factory=list)

    async def add(self, key: bytes, value: bytes, appended_at: Instant) -> None:
        """Write a record."""
        self.count += 1
        batch = self._batch or self.producer.create_batch()
        if batch.append(timestamp=appended_at, value=value, key=key) is None:
            await self._send(batch)
            batch = self.producer.create_batch()
            batch.append(timestamp=appended_at, value=value, key=key)
        self._batch = batch

    async def end(self) -> None:
        """Send what is left, and wait until the broker has all."""
        if self._batch is not None:
            await self._send(self._batch)
        await asyncio.gather(*self._sent)

    async def _send(self, batch: BatchBuilder) -> None:
        sent = await self.producer.send_batch(batch, self.topic, partition=self.partition)
        self._sent.append(sent)


async def fill(settings: Settings, urls: int, seed: int = 1) -> int:
    """Write a year of so many URLs; return how many observations there are.

    Args:
        settings: of a prefix without topics; `kafka.partitions` of each.
        urls: how many.
        seed: of what is drawn.
    """
    partitions = settings.kafka.partitions
    filled = (REPORTS.name, FACTS.name, DECISIONS.name, CASES.name)
    for topic in filled:
        await create_topic(settings, topic, partitions, WORLD_TIMES)
    await apply(settings, [one for one in wanted(settings, []) if one.name not in filled])
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, max_batch_size=BATCH_BYTES, acks=1
    )
    await producer.start()
    try:
        of_partition: list[list[bytes]] = [[] for _ in range(partitions)]
        chance = random.Random(seed)
        for _ in range(urls):
            key = b"%032x" % chance.getrandbits(128)
            of_partition[partition_of(key, partitions)].append(key)
        for partition, keys in enumerate(of_partition):
            await _partition(producer, settings, partition, (keys, chance))
    finally:
        await producer.stop()
    return urls * OBSERVATIONS


async def _partition(
    producer: AIOKafkaProducer,
    settings: Settings,
    partition: int,
    drawn: tuple[Sequence[bytes], random.Random],
) -> None:
    keys, chance = drawn
    prefix = settings.kafka.topic_prefix
    writers = {
        topic: _Writer(producer, prefix + topic, partition)
        for topic in (REPORTS.name, FACTS.name, CASES.name)
    }
    for key in keys:
        hoster = min(int(chance.expovariate(1 / 25)), HOSTERS - 1)
        history = _HISTORIES[min(int(chance.expovariate(1 / (1 + hoster % 7))), len(_GONE_H) - 1)]
        start_at = YEAR.from_at + chance.randrange(364 * DAY_MS)
        values = {
            "key": key,
            "hoster": b"hoster-%03d" % hoster,
            "host": b"%d" % (4_000_000_000 + hoster * 10_000 + chance.randrange(1_500)),
        }
        for record in history.records:
            writer = writers[record.topic]
            await writer.add(key, record.made(values, start_at), start_at + record.after_ms)
        await writers[CASES.name].add(key, history.state, start_at)
    position = Position(
        partition=partition,
        offsets={topic: writers[topic].count for topic in (REPORTS.name, FACTS.name)},
        as_of=YEAR.as_of + HOUR_MS,
        code="1",
        method=METHOD_VERSION,
    )
    at_end = position_key(partition), codec.POSITION.encode(position), YEAR.as_of
    await writers[CASES.name].add(*at_end)
    for writer in writers.values():
        await writer.end()


_HISTORIES: Final = [drawn_history(hours) for hours in _GONE_H]
