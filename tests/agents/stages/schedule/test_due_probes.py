"""Which URLs one tick asks for."""

from ledger_events import START

from agents.stages.cases.case_store import CaseStore
from agents.stages.schedule.due_probes import TICK_URLS_MAX, UNSCHEDULED_URLS_MAX, due_urls


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
