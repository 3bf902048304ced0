"""A partitioned topic of open cases as they stand in `cases.v1`, written as fast as can be."""

import base64
import random
from collections.abc import Iterator
from itertools import chain

import msgspec
from aiokafka import AIOKafkaProducer
from ledger_events import BOTH, KEY, ONLINE, at, notice, observation, place, placed, report, slot

from agents.config import Settings
from schemas.codec import POSITION, STATE
from schemas.identity.ids import case_id, partition_of
from schemas.packing.rest_bytes import deflated, inflated
from schemas.packing.state_record import parted
from schemas.records.case import Position, UrlState
from streams import lifecycle
from streams.timetable import TIMETABLE_H

SEALED = 96, 96
"""Bytes of a sealed URL of 60 bytes, and of a sealed address."""

FORMS = 500
"""So many different records are encoded; they are written under as many keys as wanted."""

BATCH_BYTES = 250_000


def open_case() -> UrlState:
    """Return the state of a URL seen online by two vantages for a day after its notice."""
    chance = random.Random(1)
    where = place(sealed="sealed-address")
    resolved = [placed(h, where, vantage=v) for v in BOTH for h in (0, 0.25)]
    hours = [hour * (1 + chance.random() / 100) for hour in TIMETABLE_H if hour < 24]
    observations = [
        slot(hour, ONLINE) if not hour else [observation(hour, ONLINE, vantage) for vantage in BOTH]
        for hour in hours
    ]
    happened = [report(seen=0), placed(0, where), notice(0), *resolved, *chain(*observations)]
    return lifecycle.advance(KEY, None, happened)


def records(count: int, hosters: int = 64) -> Iterator[tuple[bytes, bytes]]:
    """Give keys and records of open cases; what differs from case to case differs here."""
    chance = random.Random(2)
    state = open_case()
    forms = [_Form(_state(state, n % hosters, chance)) for n in range(FORMS)]
    for number in range(count):
        key = chance.randbytes(16).hex()
        yield key.encode(), forms[number % FORMS].under(key)


class _Form:
    """The record of a state with one case, for any key; the case has the id that it has there."""

    def __init__(self, state: UrlState) -> None:
        (case,) = state.cases
        raw = STATE.encode(state)
        rest = parted(raw)[2]
        self._raw, self._case = raw[: -len(rest)], case
        self._before, self._after = inflated(rest).split(case.case_id.encode())

    def under(self, key: str) -> bytes:
        id = case_id(key, self._case.group, self._case.role, 0)
        return self._raw + deflated(self._before + id.encode() + self._after)


def _state(state: UrlState, hoster: int, chance: random.Random) -> UrlState:
    url, address = (base64.urlsafe_b64encode(chance.randbytes(n)).decode() for n in SEALED)
    places = tuple(
        msgspec.structs.replace(p, address=address, address_key=chance.randbytes(16).hex())
        for p in state.placements
    )
    cases = tuple(
        msgspec.structs.replace(c, hoster=f"hoster-{hoster}", group=f"hoster-{hoster}")
        for c in state.cases
    )
    return msgspec.structs.replace(
        state, url_key=chance.randbytes(16).hex(), sealed=url, placements=places, cases=cases
    )


def _position(partition: int) -> Position:
    return Position(partition=partition, offsets={}, as_of=at(24), code="0", method="1")


async def write_cases(settings: Settings, topic: str, count: int) -> None:
    """Write so many open cases and a position for each partition."""
    partitions = settings.kafka.partitions
    lanes: dict[int, list[tuple[bytes, bytes]]] = {p: [] for p in range(partitions)}
    for key, value in records(count):
        lanes[partition_of(key, partitions)].append((key, value))
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, acks="all", max_batch_size=BATCH_BYTES
    )
    await producer.start()
    try:
        for partition, lane in lanes.items():
            lane.append((b"position/%d" % partition, POSITION.encode(_position(partition))))
            name = settings.kafka.topic_prefix + topic
            await _write_lane(producer, name, partition, lane)
    finally:
        await producer.stop()


async def _write_lane(
    producer: AIOKafkaProducer, topic: str, partition: int, lane: list[tuple[bytes, bytes]]
) -> None:
    batch, sent = producer.create_batch(), []
    for key, value in lane:
        if batch.append(key=key, value=value, timestamp=None) is None:
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            assert batch.append(key=key, value=value, timestamp=None) is not None
    sent.append(await producer.send_batch(batch, topic, partition=partition))
    for future in sent:
        await future
