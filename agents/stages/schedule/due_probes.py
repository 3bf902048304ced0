"""Which URLs lifecycle asks for in one tick, and the orders of their probes.

What is due goes by the timing wheels of the tables; a URL that nobody asked for since its table was
loaded goes in its turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Final

from agents.config import Settings
from agents.engine.slices import Slices
from agents.engine.stage import Send
from agents.stages.cases.case_store import CaseStore
from agents.stages.cases.folding import decoded
from agents.stages.cases.oversight import Oversight
from schemas.codec import Rejected
from schemas.moments import Instant
from streams.schedule.orders import Orders

TICK_URLS_MAX: Final = 500
"""URLs worked off in one tick, so that a burst of due slots does not hold up the ledger."""

UNASKED_URLS_MAX: Final = 100
"""URLs asked for the first time since a load in one tick: 5,000 a second, so a million are asked
within 200 s and no slot, open for 20 min at least, is missed by that."""


class DueProbes:
    """Orders what is due in the tables that lifecycle holds.

    Args:
        settings: broker and prefix, to say where a record is damaged.
        tables: by partition; they come and go while probes are ordered.
        oversight: is told of records that cannot be read.
    """

    def __init__(
        self, settings: Settings, tables: Mapping[int, CaseStore], oversight: Oversight
    ) -> None:
        self._settings = settings
        self._tables = tables
        self._oversight = oversight

    async def orders(self, orders: Orders, now: Instant) -> list[Send]:
        """Return the orders of one tick.

        Args:
            orders: makes them.
            now: by the broker's clock.
        """
        sends: list[Send] = []
        slices = Slices()
        for table, key in [*asked(tuple(self._tables.values()), now)]:
            await slices.pause()
            found = self._record(table, key)
            try:
                state = None if found is None else await decoded(found)
            except Rejected:
                await self._oversight.damaged(self._settings, (table, key), self._tables)
                continue
            # meanwhile it may have been folded, and then it was asked too; or the partition went
            if state is not None and self._record(table, key) == found:
                sends += [Send(*one) for one in orders.due(table.wheel, state, now)]
        return sends

    def _record(self, table: CaseStore, key: str) -> bytes | None:
        """Return the record of a URL; None = there is none, or its partition is no longer held."""
        held = any(table is one for one in self._tables.values())
        return table.record(key) if held else None


def asked(tables: Sequence[CaseStore], now: Instant) -> Iterator[tuple[CaseStore, str]]:
    """Give the URLs that are asked in one tick: what is due, then some that nobody asked yet.

    Args:
        tables: what is held.
        now: by the broker's clock.
    """
    due = ((t, key) for t in tables for key in iter(partial(t.wheel.next_due, now), None))
    unasked = ((t, key) for t in tables for key in iter(t.next_unasked, None))
    return chain(islice(due, TICK_URLS_MAX), islice(unasked, UNASKED_URLS_MAX))
