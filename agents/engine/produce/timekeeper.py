"""Reads the broker's time once a minute, and stops a process whose machine's clock is wrong.

What is measured is dated by the broker's append times. A process that reckons with its machine's
clock would date figures days ahead after a wrong step of it. So each process appends a record to
`clock.v1` at its start and once a minute, and is answered with when the broker took it.
"""

import asyncio
import secrets
import time
from typing import Final

from agents.config import Settings
from agents.engine.failures import SendFailed
from agents.engine.produce.broker_time import BrokerTime
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.engine.supervision import Supervisor
from agents.errors import UserError
from agents.process.clock_check import APART_MAX_MS
from agents.process.log import log
from schemas import topics
from schemas.codec import CLOCK
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from schemas.records.processing import ClockReading

READ_EVERY_S: Final = 60.0
"""A steady clock that is wrong by 500 in a million, the most that is slewed, gains 30 ms."""

_NAME: Final = "clock"


class Timekeeper:
    """Keeps what the broker's clock shows while a process runs.

    Attributes:
        time: what the broker's clock shows.

    Args:
        settings: the broker, and the name of this process where it has one.
        every_s: wall time between readings.
    """

    def __init__(self, settings: Settings, every_s: float = READ_EVERY_S) -> None:
        """Read nothing yet."""
        self._outbox = KafkaOutbox(settings, "hostwatch-clock")
        self._process = settings.kafka.instance or secrets.token_hex(8)
        self._every_s = every_s
        self._task: Supervisor | None = None
        self.time: BrokerTime = self._outbox.time

    async def start(self) -> None:
        """Read the broker's time, and go on reading it.

        Raises:
            UserError: the machine's clock is more than 5 min from the broker's.
            SendFailed: no broker answered.
        """
        await self._outbox.start()
        try:
            await self.read()
            _refuse(self.apart_ms() or 0)
        except BaseException:  # a cancelled start too leaves no producer behind
            await self._outbox.stop()
            raise
        self._task = Supervisor(self._read_for_ever(), _NAME)

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            await self._task.end()
        await self._outbox.stop()

    async def read(self) -> None:
        """Append a record and keep when the broker took it.

        Raises:
            SendFailed: it was refused, or not acknowledged in time.
        """
        reading = ClockReading(process=self._process, shown_at=_shown_ms())
        sent = Send(topics.CLOCK.name, self._process.encode(), CLOCK.encode(reading))
        await self._outbox.send([sent])

    def apart_ms(self) -> int | None:
        """Return how far the machine's clock is ahead of the broker's, negative if behind."""
        return self.time.apart_ms(_shown_ms())

    async def _read_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.read()
            except SendFailed as error:  # the steady clock goes on; the next reading tells
                log(_NAME).warning("the broker's time was not read", error=str(error))


def _shown_ms() -> int:
    return time.time_ns() // 1_000_000


def _refuse(apart_ms: int) -> None:
    if abs(apart_ms) <= APART_MAX_MS:
        return
    side = "ahead of" if apart_ms > 0 else "behind"
    raise UserError(
        f"this machine's clock is {_span(abs(apart_ms))} {side} the broker's, and 5 min are"
        " allowed: set the wrong one of the two, let NTP keep both, and start again"
    )


def _span(ms: int) -> str:
    """Return a span in its largest fitting unit, as a person says it."""
    for unit_ms, unit in ((DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min")):
        if round(ms / unit_ms) >= 2:
            return f"{round(ms / unit_ms)} {unit}"
    return f"{ms // SECOND_MS} s"
