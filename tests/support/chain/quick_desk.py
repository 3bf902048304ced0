"""The desk's ledger on a clock on which an hour takes a tenth of a second."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desk_ledger import SignedLedger, desk_ledger
from ledger_events import START

from agents.config import ClockSettings
from schemas.moments import DAY_MS
from sim.demo.demo_settings import as_toml

SPEED = 36_000


@asynccontextmanager
async def quick_desk(bootstrap: str, folder: Path) -> AsyncIterator[SignedLedger]:
    """Open the desk's ledger, and let its hours pass quickly from then on.

    So the hours of its records are over when the next command asks, and what is entered in the
    registry holds at once.
    """
    async with desk_ledger(bootstrap, folder) as desk:
        clock = ClockSettings(
            start_wall_ms=time.time_ns() // 1_000_000,
            start_world_ms=START + 600 * DAY_MS,
            speed=SPEED,
        )
        settings = desk.ledger.settings.model_copy(update={"clock": clock})
        desk.ledger.settings = settings
        desk.persons.config.write_text(as_toml(settings))
        yield desk
