"""Opens the inboxes of hotlines that the registry names, and leaves those that it ended.

Every process of the role follows the same registry. So all of them come to read the same topics
within a second, without a restart. The inbox of a hotline that has ended is left once it is read to
its end; what is appended later all the same is read when it is next checked.
"""

import asyncio
from collections.abc import Collection
from typing import Final

from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.registry.hotlines import ended
from agents.edges.registry.reader import RegistryReader
from agents.engine.read.consumed_topics import fully_consumed
from agents.errors import UserError
from agents.process.log import log
from agents.stages.intake.stage import IntakeStage
from schemas.moments import HOUR_MS
from schemas.records.registry import HotlineEntry
from schemas.records.reports import HotlineId
from schemas.topics import HOTLINE

POLL_EVERY_S: Final = 1.0
RETRY_S: Final = 10.0
"""Between two tries to make a topic that the broker refuses, or to leave one that is not read to
its end; other inboxes are read meanwhile."""

LINGER_MS: Final = HOUR_MS
"""An ended hotline's inbox is left after so long, and checked again every full hour: all members
look at the same instants, and a late sender moves partitions no more often than that."""


async def follow_inboxes(settings: Settings, registry: RegistryReader, intake: IntakeStage) -> None:
    """Have intake read the inbox of every hotline of the registry, for ever.

    Args:
        settings: the broker, where inboxes that are not there yet are made.
        registry: is followed.
        intake: is told.
    """
    clock, last_period = settings.clock.clock(), 0
    while True:
        await asyncio.sleep(POLL_EVERY_S)
        entries = [
            one for one in registry.registry_history.all_newest() if isinstance(one, HotlineEntry)
        ]
        now = clock.now()
        over = ended(entries, now - LINGER_MS)
        if over and last_period != now // LINGER_MS:
            if await _read_again(settings, intake, over):
                last_period = now // LINGER_MS
            else:
                await asyncio.sleep(RETRY_S)
        named = {one.id for one in entries} - over
        if named <= intake.hotlines:
            continue
        try:
            await apply(settings, wanted(settings, sorted(named | intake.hotlines)))
        except UserError as error:
            log(intake.role).warning(f"a new hotline's inbox cannot be made yet: {error}")
            await asyncio.sleep(RETRY_S)
        else:
            intake.subscribe(named)


async def _read_again(settings: Settings, intake: IntakeStage, over: Collection[HotlineId]) -> bool:
    """Leave the inboxes that are read to their ends and read the others; False = ask again."""
    try:
        done = await fully_consumed(settings, intake.role, [HOTLINE.named(id) for id in over])
    except (KafkaError, TimeoutError) as error:
        log(intake.role).warning(
            f"ended hotlines' inboxes cannot be read yet ({type(error).__name__})"
        )
        return False
    left = {id for id in over if HOTLINE.named(id) in done}
    intake.unsubscribe(left)
    intake.subscribe(frozenset(over) - left)
    return left == set(over)
