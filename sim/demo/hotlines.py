"""Hands the hotlines' records to Kafka when their time has come."""

import asyncio
from dataclasses import dataclass
from typing import Final

from agents.clock import Clock
from agents.engine.stage import Outbox, Send
from schemas.moments import Instant
from schemas.topics import HOTLINE
from sim.live.steered import Steered

TICK_S: Final = 0.05
"""Three world minutes at the demo's speed: far below the hour from which a notice is backdated."""


@dataclass(slots=True)
class Hotlines:
    """The hotlines of a world.

    Attributes:
        world: what they have to say.
        clock: when they say it.
        outbox: takes the records.
        told_until: everything up to this instant has been acknowledged by the broker.
        sent: how many records that was.
        pausing: they are to find nothing new.
    """

    world: Steered
    clock: Clock
    outbox: Outbox
    told_until: Instant
    sent: int = 0
    pausing: bool = False

    async def work(self, stop: asyncio.Event) -> None:
        """Send what is due until told to stop, and then what is due at that instant.

        Raises:
            SendFailed: the broker did not take a record.
        """
        stopping = False
        while not stopping:
            stopping = stop.is_set()
            self._heed()
            await self._send_due(self.clock.now())
            if not stopping:
                await asyncio.sleep(TICK_S)

    def _heed(self) -> None:
        """Pause and go on between two sends only: what is under way was found before."""
        if self.pausing:
            self.world.pause(self.told_until)
        else:
            self.world.resume(self.told_until)

    async def _send_due(self, now: Instant) -> None:
        due = self.world.events(self.told_until, now)
        await self.outbox.send(
            [Send(topic=HOTLINE.named(e.hotline), key=e.key, value=e.value) for e in due]
        )
        self.told_until = now
        self.sent += len(due)
