"""Opens the inboxes of hotlines that the registry comes to name, while intake runs.

Every process of the role follows the same registry, so all of them come to read the same topics
within a second, and none is started again for it.
"""

import asyncio
from typing import Final

from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.registry.reader import RegistryReader
from agents.errors import UserError
from agents.process.log import log
from agents.stages.intake.stage import Intake
from schemas.records.registry import HotlineEntry

LOOK_EVERY_S: Final = 1.0
RETRY_S: Final = 10.0
"""Between two tries to make a topic that the broker refuses; other inboxes are read meanwhile."""


async def follow_inboxes(settings: Settings, registry: RegistryReader, intake: Intake) -> None:
    """Have intake read the inbox of every hotline of the registry, for ever.

    Args:
        settings: the broker, where inboxes that are not there yet are made.
        registry: is followed.
        intake: is told.
    """
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        named = {one.id for one in registry.book.all_newest() if isinstance(one, HotlineEntry)}
        if named <= intake.hotlines:
            continue
        try:
            await apply(settings, wanted(settings, sorted(named | intake.hotlines)))
        except UserError as error:
            log(intake.role).warning(f"a new hotline's inbox cannot be made yet: {error}")
            await asyncio.sleep(RETRY_S)
        else:
            intake.read(named)
