"""The in-memory run: all properties hold, and each is noticed when it is broken on purpose."""

import subprocess
import sys
from dataclasses import replace

import pytest
from calm_world import CALM_WORLD, played
from msgspec.structs import replace as struct_replace

from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.stages.probe import fact_writer
from schemas.moments import HOUR_MS
from sim.memory import run as runs
from sim.memory.run import Size
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.seeds import Task, play_all
from sim.memory.stages.resolver import WorldNames
from sim.oracle.findings import OracleFinding
from sim.world.hosters import ALL
from streams.schedule.orders import Orders


@pytest.mark.soak  # `make test` shows it with three storms, tests/sim/memory/test_seeds.py
@pytest.mark.parametrize(
    ("name", "days"), [("storm", 0.4), ("calm", 1.0), ("hotlines", 1.0), ("storm", 1.0)]
)
def test_all_properties_hold_with_every_behaviour(name, days):
    """Nothing lost, doubled or wrong, nobody gains, and the same states from any order."""
    result = runs.play(SCENARIOS[name], 1, days)
    assert result.run_report.findings == {}
    assert (result.lost, result.doubled, result.differences, result.wrong_intervals) == (0,) * 4
    assert result.ok
    assert result.reports > 100
    assert (result.crashes > 0) == (SCENARIOS[name].fault_rates.crash_h > 0)
    assert result.probes > 10 * result.reports


def test_a_clock_of_the_prober_that_is_wrong_is_noticed(monkeypatch):
    """Probes that claim to be an hour older than they are put removals into wrong intervals."""
    said = fact_writer.observed

    def slow(order, seen, *of):
        early = {"sent_at": seen.sent_at - HOUR_MS, "done_at": seen.done_at - HOUR_MS}
        return said(order, struct_replace(seen, **early), *of)

    monkeypatch.setattr(fact_writer, "observed", slow)
    assert played().wrong_intervals > 0


def test_a_scheduler_that_forgets_the_probes_after_a_removal_is_noticed(monkeypatch):
    """Without them nobody sees what is put back."""
    due = Orders.due

    def forgetful(self, wheel, state, now):
        sends = due(self, wheel, state, now)
        return [] if any(case.gone_at is not None for case in state.cases) else sends

    monkeypatch.setattr(Orders, "due", forgetful)
    few = tuple(hoster for hoster in ALL if hoster.id in {"amber", "yarrow"})
    result = runs.play(replace(CALM_WORLD, hosters=few, rate=8), 3, 2.0)
    lines = {line.hoster.id: line for line in result.run_report.lines}
    assert lines["yarrow"].truth.back > lines["yarrow"].measured.back


def test_a_scheduler_that_orders_nothing_for_a_hoster_is_noticed(monkeypatch):
    """Probes that were never ordered are no excuse where nothing went wrong."""
    due = Orders.due

    def partial(self, wheel, state, now):
        sends = due(self, wheel, state, now)
        return [] if any(case.hoster == "amber" for case in state.cases) else sends

    monkeypatch.setattr(Orders, "due", partial)
    assert played().run_report.findings[OracleFinding.UNSEEN_REMOVAL] > 0


def test_a_name_that_goes_unresolved_is_noticed(monkeypatch):
    """A report whose place is never found is the case of nobody."""

    async def silent(*_, **__):
        return DnsResolution(status=DnsStatus.TIMEOUT)

    monkeypatch.setattr(WorldNames, "resolve", silent)
    result = played(days=0.3)
    assert result.run_report.findings[OracleFinding.MISPLACED] > 0


COMMAND = [sys.executable, "-c", "from agents.cli import main; main()", "simulate"]


def simulate(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, text=True)


def test_a_seed_comes_to_the_same_in_any_process():
    """A seed comes to the same in a process of its own, whatever ran there before."""
    task = Task(scenario="storm", days=0.1, size=Size(hosters=3))
    apart = {seed: result for seed, result, _ in play_all(task, range(1, 3), 2)}
    for seed in range(1, 3):
        here = task.run(seed)
        assert replace(apart[seed], cpu_s=0.0) == replace(here, cpu_s=0.0)
