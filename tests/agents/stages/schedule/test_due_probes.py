"""Which URLs one tick asks for."""

import pytest
from ledger_events import KEY, START

from agents.clock import Clock
from agents.config import Settings, VantageSettings
from agents.stages.cases.case_store import CaseStore
from agents.stages.cases.ledger_filter import LedgerFilter
from agents.stages.schedule.due_probes import (
    CALM_TICK_S,
    TICK_S,
    TICK_URLS_MAX,
    UNSCHEDULED_URLS_MAX,
    DueProbes,
    due_urls,
)
from streams.schedule.orders import Orders


def test_one_tick_asks_a_bounded_number_of_urls():
    """However many partitions there are and are due: the ledger gets its turn after a tick."""
    tables = [CaseStore() for _ in range(3)]
    for number, table in enumerate(tables):
        keys = [f"{number:016x}{n:016x}" for n in range(TICK_URLS_MAX)]
        table.hold([(key.encode(), b"") for key in keys])
        table.resume(number)
        for key in keys[::2]:
            table.wheel.schedule(key, START)
    bound = TICK_URLS_MAX + UNSCHEDULED_URLS_MAX
    found, ticks = set(), 0
    while urls := list(due_urls(tables, START)):
        assert len(urls) <= bound
        found |= {key for _, key in urls}
        ticks += 1
    assert len(found) == 3 * TICK_URLS_MAX
    assert ticks > 1


class Standing(Clock):
    """A clock that stands still."""

    def now(self):
        """Return the start."""
        return START


@pytest.mark.parametrize(
    ("due_in_ms", "speed", "pause_s"),
    [
        pytest.param(None, 1, CALM_TICK_S, id="nothing is scheduled"),
        pytest.param(3_600_000, 1, CALM_TICK_S, id="nothing is due for long"),
        pytest.param(100, 1, 0.1, id="soon"),
        pytest.param(1, 1, TICK_S, id="at once"),
        pytest.param(-1, 1, TICK_S, id="over"),
        pytest.param(100_000, 1_000, 0.1, id="soon in quick time"),
    ],
)
def test_the_next_tick_comes_when_something_is_due(due_in_ms, speed, pause_s):
    """No sooner than a tick, and no later than a calm one."""
    table = CaseStore()
    if due_in_ms is not None:
        table.wheel.schedule(KEY, START + due_in_ms)
        assert due_in_ms <= 0 or table.wheel.next_due(START) is None  # its bucket has begun
    due = DueProbes(Settings(), {0: table}, LedgerFilter())
    assert due.pause_s(Standing(speed=speed)) == pytest.approx(pause_s)


async def test_after_a_tick_that_found_something_the_next_comes_at_once():
    """There may be more than one tick takes."""
    table, settings = CaseStore(), Settings()
    due = DueProbes(settings, {0: table}, LedgerFilter())
    table.wheel.schedule(KEY, START)
    await due.orders(Orders([VantageSettings(id="loud")], settings.probe), START)
    assert due.pause_s(Standing()) == TICK_S
    await due.orders(Orders([VantageSettings(id="loud")], settings.probe), START)
    assert due.pause_s(Standing()) == CALM_TICK_S
