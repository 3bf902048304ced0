"""What became of the records of a file that was handed in."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from msgspec import UNSET

from agents.config import Settings
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from agents.tools.importing.hand_in import Imported, ProgressListener
from schemas.closed_lists import Quarantine, Result
from schemas.codec import OUTCOME
from schemas.topics import OUTCOMES


@dataclass(slots=True, kw_only=True)
class Settled:
    """What became of the records of one file.

    Attributes:
        accepted, duplicate: counts.
        quarantined: counts by reason.
        doubted: records of all these of which something was guessed.
        outstanding: records without an outcome yet.
    """

    accepted: int = 0
    duplicate: int = 0
    quarantined: Counter[Quarantine] = field(default_factory=Counter)
    doubted: int = 0
    outstanding: int = 0


async def await_outcomes(
    settings: Settings, imported: Imported, idle_s: float, progress: ProgressListener
) -> Settled:
    """Count what became of a file's records, as long as outcomes keep coming.

    Args:
        settings: with `kafka.bootstrap` set.
        imported: what stands in the inbox.
        idle_s: wall seconds without a record after which no worker seems to run.
        progress: is told how many of the records have an outcome.

    Raises:
        KafkaError, TimeoutError: the broker failed.
    """
    waiting = {partition: set(offsets) for partition, offsets in imported.origins.items()}
    total = left = sum(map(len, waiting.values()))
    settled = Settled()
    follower = Follower(settings, OUTCOMES.name, range(settings.kafka.partitions))
    try:
        await follower.start()
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while left and loop.time() - heard_at < idle_s:
            for record in await follower.poll():
                heard_at = loop.time()
                left -= _settle(record, imported.topic, waiting, settled)
            progress(total - left, total)
    finally:
        await follower.stop()
    settled.outstanding = left
    return settled


def _settle(record: Received, topic: str, waiting: dict[int, set[int]], settled: Settled) -> int:
    """Count an outcome for the records that are waited for; return how many these are."""
    outcome = OUTCOME.decode(record.value)
    origin = outcome.origin
    there = waiting.get(origin.partition, set()) if origin.topic == topic else set()
    found = there & set(range(origin.offset, origin.last + 1))
    there -= found
    settled.doubted += len(found) if outcome.doubt is not UNSET else 0
    if outcome.result is Result.ACCEPTED:
        settled.accepted += len(found)
    elif outcome.result is Result.DUPLICATE:
        settled.duplicate += len(found)
    elif outcome.reason is not None:
        settled.quarantined[outcome.reason] += len(found)
    return len(found)
