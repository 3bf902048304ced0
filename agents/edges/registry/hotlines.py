"""The hotlines that the registry on the broker names."""

import asyncio
from collections.abc import Iterable
from typing import Final

from agents.config import Settings
from agents.edges.kafka.admin_client import described, explained
from agents.edges.kafka.topic_admin import TopicNames
from agents.edges.registry.reader import RegistryReader
from schemas.moments import Instant
from schemas.records.registry import HotlineEntry
from schemas.topics import REGISTRY

_DEADLINE_S: Final = 30.0
"""A registry holds some thousand entries; reading them takes well under a second."""


async def registry_exists(settings: Settings) -> bool:
    """Return whether the topic of the registry is on the broker; it is not created.

    Raises:
        AdminError: the broker does not answer.
    """
    topic = TopicNames(settings.kafka.topic_prefix).broker(REGISTRY.name)
    return bool(await described(settings, [topic]))


async def hotlines_of_registry(settings: Settings) -> list[str]:
    """Return the ids of the hotlines in `registry.v1`, sorted; see `entries_of_registry`."""
    return [entry.id for entry in await entries_of_registry(settings)]


async def entries_of_registry(settings: Settings) -> list[HotlineEntry]:
    """Return the newest entries of hotlines in `registry.v1`, by id; none without such a topic.

    An entry of a newer version is passed over; who must not do that reads `read_registry`.

    Args:
        settings: with `kafka.bootstrap` set.

    Raises:
        AdminError: the broker does not answer in time.
    """
    if not await registry_exists(settings):
        return []
    reader = RegistryReader(settings)
    with explained(_DEADLINE_S):
        async with asyncio.timeout(_DEADLINE_S):
            await reader.start(tolerant=True)
            await reader.stop()
    entries = reader.registry_history.all_newest()
    return [entry for entry in entries if isinstance(entry, HotlineEntry)]


def ended(entries: Iterable[HotlineEntry], now: Instant) -> frozenset[str]:
    """Return the ids of the hotlines that have ended."""
    return frozenset(e.id for e in entries if e.until is not None and e.until <= now)
