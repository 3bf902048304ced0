"""Writes what follows from what is read, with nobody else writing between the two.

For commands that must not be carried out twice: whoever begins fences whoever had begun before, so
of two that run at once one ends with an error and has written nothing. All is written at once or
nothing is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from agents.config import Settings
from agents.engine.failures import Fenced
from agents.engine.produce.transactions import Transactions
from agents.engine.read.end_offsets import Ends
from agents.engine.stage import Send
from agents.errors import UserError

SHOWN_DEADLINE_S: Final = 60.0
"""Markers of a transaction are written some milliseconds after it is committed."""

_POLL_S: Final = 0.02
_WRITER: Final = frozenset({0})


async def exclusively(
    settings: Settings, role: str, decide: Callable[[], Awaitable[Sequence[Send]]]
) -> None:
    """Write what is decided, all of it or nothing; everyone can read it when this returns.

    Args:
        settings: the broker.
        role: names the transactional id: one writer of a role at a time.
        decide: reads, and returns what is to be written. What it raises is passed on.

    Raises:
        UserError: another command of this role began meanwhile.
        SendFailed, TimeoutError: the broker does not take it, or does not show it.
    """
    writer = Transactions(settings, role)
    await writer.open(_WRITER)
    try:
        records = await decide()
        if not records:
            return
        written = await writer.write(0, records)
    except Fenced:
        raise UserError(
            "another such command began meanwhile, and nothing was written: run it again"
        ) from None
    finally:
        await writer.close(_WRITER)
    single = {send.topic for send in records if send.partition == 0}
    await _shown(settings, {topic: at for topic, at in written.items() if topic in single})


async def _shown(settings: Settings, written: dict[str, int]) -> None:
    """Wait until readers of what is committed see what was written to partitions 0."""
    async with asyncio.timeout(SHOWN_DEADLINE_S), Ends(settings, list(written)) as ends:
        while True:
            now = (await ends.of((0,)))[0]
            if all(now[topic] > at for topic, at in written.items()):
                return
            await asyncio.sleep(_POLL_S)
