"""Finds the record that is to be set aside, and makes the skip that two persons sign."""

import asyncio
from collections.abc import Iterable
from typing import Final

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.person_key import PersonKey
from agents.edges.registry.skips import digest_of
from agents.engine.read.log_reader import LogReader
from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.proposals import Proposal, proposed, signer
from agents.tools.two_person import persons_of
from schemas.records.skips import Skip
from schemas.signing import Kind
from schemas.topics import HOTLINE, PROBES, SKIPS, TOPICS

FIND_DEADLINE_S: Final = 30.0
"""One fetch of one record; a broker that takes longer is down."""


class NoSuchRecord(UserError):
    """There is nothing to set aside; the message says why."""


async def record_at(settings: Settings, topic: str, partition: int, offset: int) -> Received:
    """Return the record that stands at a place.

    Raises:
        NoSuchRecord: the place is none of this ledger, or no record stands there.
        KafkaError, TimeoutError: the broker does not answer.
    """
    if not _is_ours(topic):
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


def _is_ours(topic: str) -> bool:
    for spec in TOPICS:
        before, _, after = spec.name.partition("{id}")
        if topic == spec.name:
            return spec is not SKIPS
        if spec in (HOTLINE, PROBES) and topic.startswith(before) and topic.endswith(after):
            return topic.count(".") == spec.name.count(".")
    return False


async def propose_skip(
    settings: Settings,
    place: tuple[str, int, int],
    reason: str,
    key: PersonKey,
    digest: str | None = None,
) -> Proposal:
    """Return a proposal to set a record aside.

    Args:
        settings: names the broker and the key file.
        place: topic, partition and offset.
        reason: why.
        key: of the first person.
        digest: of the record, as a worker's log has it: the record is not read, so neither the
            right to its topic nor the key file is needed. None = it is read.

    Raises:
        UserError: no record stands there, or whoever holds the key may not sign.
    """
    topic, partition, offset = place
    now = settings.clock.clock().now()
    persons = await persons_of(settings)
    first = signer(persons, key, now)
    if not _is_ours(topic):
        raise NoSuchRecord(f"{topic}: no topic of a ledger whose records can be set aside")
    if digest is None:
        keyring = Keyring.load(settings.key_file)
        record = await record_at(settings, topic, partition, offset)
        digest = digest_of(record.key, record.value, keyring.hash)
    skip = Skip(
        topic=topic,
        partition=partition,
        offset=offset,
        digest=digest,
        reason=reason,
        decided_at=now,
        signatures=(),
    )
    return proposed(Kind.SKIP, persons.ledger, [skip], first, key)
