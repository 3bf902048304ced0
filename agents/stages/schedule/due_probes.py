"""Which URLs are due in one tick, and the orders of their probes.

The timing wheels of the tables say what is due; a URL that was not scheduled since its table was
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
from agents.stages.cases.ledger_filter import LedgerFilter
from schemas.codec import Rejected
from schemas.moments import Instant
from streams.schedule.orders import Orders

TICK_URLS_MAX: Final = 500
"""URLs worked off in one tick, so that a burst of due slots does not hold up the ledger."""

UNSCHEDULED_URLS_MAX: Final = 100
"""URLs scheduled for the first time since a load in one tick: 5,000 a second, so a million are done
within 200 s and no slot, open for 20 min at least, is missed by that."""


class DueProbes:
    """Orders what is due in the tables that lifecycle holds.

    Args:
        settings: broker and prefix, to say where a record is damaged.
        tables: by partition; they come and go while probes are ordered.
        ledger_filter: is told of records that cannot be read.
    """

    def __init__(
        self, settings: Settings, tables: Mapping[int, CaseStore], ledger_filter: LedgerFilter
    ) -> None:
        self._settings = settings
        self._tables = tables
        self._ledger_filter = ledger_filter

    async def orders(self, orders: Orders, now: Instant) -> list[Send]:
        """Return the orders of one tick.

        Args:
            orders: makes them.
            now: by the broker's clock.
        """
        sends: list[Send] = []
        slices = Slices()
        for table, key in [*due_urls(tuple(self._tables.values()), now)]:
            await slices.pause()
            found = self._record(table, key)
            try:
                state = None if found is None else await decoded(found)
            except Rejected:
                await self._ledger_filter.damaged(self._settings, (table, key), self._tables)
                continue
            # it may have been folded meanwhile, and so scheduled too; or the partition went
            if state is not None and self._record(table, key) == found:
                sends += [Send(*one) for one in orders.due(table.wheel, state, now)]
        return sends

    def _record(self, table: CaseStore, key: str) -> bytes | None:
        """Return the record of a URL; None = there is none, or its partition is no longer held."""
        held = any(table is one for one in self._tables.values())
        return table.record(key) if held else None


def due_urls(tables: Sequence[CaseStore], now: Instant) -> Iterator[tuple[CaseStore, str]]:
    """Give the URLs of one tick: what is due, then some that were not scheduled since the load.

    Args:
        tables: what is held.
        now: by the broker's clock.
    """
    due = ((t, key) for t in tables for key in iter(partial(t.wheel.next_due, now), None))
    unscheduled = ((t, key) for t in tables for key in iter(t.next_unscheduled, None))
    return chain(islice(due, TICK_URLS_MAX), islice(unscheduled, UNSCHEDULED_URLS_MAX))
