"""Finds the one record that stands at a topic, a partition and an offset."""

import asyncio
from collections.abc import Iterable
from typing import Final

from agents.config import Settings
from agents.engine.read.log_reader import LogReader
from agents.engine.stage import Received
from agents.errors import UserError
from schemas.topics import HOTLINE, PROBES, SKIPS, TOPICS

FIND_DEADLINE_S: Final = 30.0
"""One fetch of one record; a broker that takes longer is down."""


class NoSuchRecord(UserError):
    """No record stands at the place; the message says why."""


async def record_at(settings: Settings, topic: str, partition: int, offset: int) -> Received:
    """Return the record that stands at a place.

    Raises:
        NoSuchRecord: the place is none of this ledger, or no record stands there.
        KafkaError, TimeoutError: the broker does not answer.
    """
    if not is_ours(topic):
        raise NoSuchRecord(f"{topic}: no topic of a ledger whose records can be set aside")
    reader = LogReader(settings.kafka, settings.kafka.topic_prefix + topic)
    try:
        async with asyncio.timeout(FIND_DEADLINE_S):
            there = await reader.start()
            if partition not in there:
                raise NoSuchRecord(
                    f"{topic} has no partition {partition}: it has 0 to {max(there)}"
                )
            begin, end = (await reader.bounds((partition,)))[partition]
            if not begin <= offset < end:
                has = f"it has offsets {begin} to {end - 1}" if begin < end else "it is empty"
                raise NoSuchRecord(f"{topic}, partition {partition}: no record stands there: {has}")
            reader.follow({partition: offset})
            found: list[Received] = []
            while not found:
                for chunk in await reader.poll():
                    found += chunk.received(topic, settings.clock.clock())
                    if chunk.position > offset:
                        return _at(found, topic, partition, offset)
    finally:
        await reader.stop()
    return _at(found, topic, partition, offset)


def _at(records: Iterable[Received], topic: str, partition: int, offset: int) -> Received:
    for record in records:
        if record.offset == offset:
            return record
    raise NoSuchRecord(f"{topic}, partition {partition}: no record stands at offset {offset}")


def is_ours(topic: str) -> bool:
    """Return whether a topic, named without its prefix, holds records that can be set aside."""
    for spec in TOPICS:
        before, _, after = spec.name.partition("{id}")
        if topic == spec.name:
            return spec is not SKIPS
        if spec in (HOTLINE, PROBES) and topic.startswith(before) and topic.endswith(after):
            return topic.count(".") == spec.name.count(".")
    return False
