"""Which URLs are due in one tick, and the orders of their probes.

The timing wheels of the tables say what is due; a URL that was not scheduled since its table was
loaded goes in its turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Final

from agents.clock import Clock
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


TICK_S: Final = 0.02
"""Wall time between two ticks, so that probes of quick time stay within their windows."""

CALM_TICK_S: Final = 0.2
"""The same while nothing is due: a URL that was scheduled meanwhile, for an instant before that at
which the wheel is read again, waits so long at most."""


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
        self._found_some = False

    def pause_s(self, clock: Clock) -> float:
        """Return the wall time until the next tick: longer where nothing is due before.

        Args:
            clock: the broker's.
        """
        if self._found_some:
            return TICK_S
        begins = (table.wheel.earliest() for table in self._tables.values())
        due_at = min((at for at in begins if at is not None), default=None)
        wait_s = CALM_TICK_S if due_at is None else clock.wall_seconds(due_at - clock.now())
        return min(max(wait_s, TICK_S), CALM_TICK_S)

    async def orders(self, orders: Orders, now: Instant) -> list[Send]:
        """Return the orders of one tick.

        Args:
            orders: makes them.
            now: by the broker's clock.
        """
        sends: list[Send] = []
        slices = Slices()
        due = [*due_urls(tuple(self._tables.values()), now)]
        self._found_some = bool(due)
        for table, key in due:
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
