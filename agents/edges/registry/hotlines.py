"""The hotlines that the registry on the broker names."""

import asyncio
from collections.abc import Iterable
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.edges.kafka.admin_client import AdminError, described
from agents.edges.kafka.topic_admin import TopicNames
from agents.engine.read.consumer_end import end_consumer
from agents.process import broker_access
from schemas.codec import REGISTRY as CODEC
from schemas.codec import Rejected
from schemas.moments import Instant
from schemas.records.registry import HotlineEntry
from schemas.topics import REGISTRY

_DEADLINE_S: Final = 30.0
"""A registry holds some thousand entries; reading them takes well under a second."""

_POLL_MS: Final = 500


async def registry_exists(settings: Settings) -> bool:
    """Return whether the topic of the registry is on the broker; it is not created.

    Raises:
        AdminError: the broker does not answer.
    """
    return bool(await described(settings, [_topic(settings)]))


async def hotlines_of_registry(settings: Settings) -> list[str]:
    """Return the ids of the hotlines in `registry.v1`, sorted; see `entries_of_registry`."""
    return [entry.id for entry in await entries_of_registry(settings)]


async def entries_of_registry(settings: Settings) -> list[HotlineEntry]:
    """Return the newest entries of hotlines in `registry.v1`, by id; none without such a topic.

    Args:
        settings: with `kafka.bootstrap` set.

    Raises:
        AdminError: the broker does not answer in 30 s.
    """
    consumer = AIOKafkaConsumer(
        **broker_access.arguments(settings.kafka),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    try:
        async with asyncio.timeout(_DEADLINE_S):
            try:
                await consumer.start()
                found = await _read(consumer, _topic(settings))
                return [entry for _, entry in sorted(found.items())]
            finally:
                await end_consumer(consumer, _DEADLINE_S)
    except TimeoutError:
        raise AdminError("the registry could not be read in 30 s") from None
    except KafkaError as error:
        raise AdminError(f"the registry could not be read ({type(error).__name__})") from None


def ended(entries: Iterable[HotlineEntry], now: Instant) -> frozenset[str]:
    """Return the ids of the hotlines that have ended."""
    return frozenset(e.id for e in entries if e.until is not None and e.until <= now)


def _topic(settings: Settings) -> str:
    return TopicNames(settings.kafka.topic_prefix).broker(REGISTRY.name)


async def _read(consumer: AIOKafkaConsumer, topic: str) -> dict[str, HotlineEntry]:
    found: dict[str, HotlineEntry] = {}
    if topic not in await consumer.topics():
        return found
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    await consumer.seek_to_beginning(partition)
    end = (await consumer.end_offsets([partition]))[partition]
    while await consumer.position(partition) < end:
        for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            for record in records:
                try:
                    entry = CODEC.decode(record.value)
                except Rejected:  # an entry of a newer version; the registry's own reader says so
                    continue
                before = found.get(entry.id)
                if isinstance(entry, HotlineEntry) and (
                    before is None or before.version < entry.version
                ):
                    found[entry.id] = entry
    return found
