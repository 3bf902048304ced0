"""The in-memory run: all properties hold, and each is noticed when it is broken on purpose."""

import json
import random
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace

from agents.cli import app
from agents.edges.dns.resolution import DnsStatus, Resolution
from agents.stages.lifecycle.stage import Lifecycle
from agents.stages.probe import fact_writer
from schemas.moments import HOUR_MS
from schemas.reasons import Target
from sim.memory import run as runs
from sim.memory.run import Size
from sim.memory.scenarios.catalogue import CALM, SCENARIOS, Scenario
from sim.memory.seeds import Task, play_all
from sim.memory.stages import exchange
from sim.memory.stages.resolver import WorldNames
from sim.oracle.findings import Finding
from sim.world.hosters import ALL
from streams.schedule.orders import Orders

FEW = ("amber", "heath", "kelp", "larch", "thorn", "yarrow")
CALM_WORLD = Scenario(
    says="few hosters, and nothing goes wrong",
    hosters=tuple(hoster for hoster in ALL if hoster.id in FEW),
    fault_rates=CALM,
)
DAYS = 0.3
SEEDS = 20
"""The command tells of each of so many."""


def played(days=DAYS, seed=3):
    return runs.play(CALM_WORLD, seed, days)


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


def test_a_lost_record_is_noticed(monkeypatch):
    """An owner that forgets records of a list it was given has other states than its ledger."""
    handle = Lifecycle.handle

    def forgetful(self, records):
        kept = [one for one in records if random.Random(one.offset).random() > 0.02]
        return handle(self, kept or records)

    monkeypatch.setattr(Lifecycle, "handle", forgetful)
    result = played()
    assert result.differences
    assert not result.ok


def test_a_prober_that_believes_one_vantage_is_noticed(monkeypatch):
    """Were the quiet vantage to repeat what the announced is shown, cloaking would pay."""
    asked = exchange._request

    def one_eyed(raw, _):
        seen = asked(raw, "127.0.1.1")
        return replace(seen, agent="hostwatch")

    monkeypatch.setattr(exchange, "_request", one_eyed)
    result = played()
    gained = {line.hoster.id for line in result.run_report.lines if line.gains}
    assert gained & {"larch", "thorn"}


def test_a_clock_of_the_prober_that_is_wrong_is_noticed(monkeypatch):
    """Looks that claim to be an hour older than they are put removals into wrong intervals."""
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
    """Looks that were never ordered are no excuse where nothing went wrong."""
    due = Orders.due

    def partial(self, wheel, state, now):
        sends = due(self, wheel, state, now)
        return [] if any(case.hoster == "amber" for case in state.cases) else sends

    monkeypatch.setattr(Orders, "due", partial)
    assert played().run_report.findings[Finding.UNSEEN_REMOVAL] > 0


def test_a_name_that_goes_unresolved_is_noticed(monkeypatch):
    """A report whose place is never found is the case of nobody."""

    async def silent(*_, **__):
        return Resolution(status=DnsStatus.TIMEOUT)

    monkeypatch.setattr(WorldNames, "resolve", silent)
    result = played(days=0.3)
    assert result.run_report.findings[Finding.MISPLACED] > 0


COMMAND = [sys.executable, "-c", "from agents.cli import main; main()", "simulate"]
PROMISED = [
    "seeds",
    "reports",
    "lost",
    "doubled",
    "differences",
    "wrong_intervals",
    "sim_seconds_per_wall_second",
]


def simulate(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, text=True)


def test_the_command_says_what_was_promised(tmp_path):
    """JSON with the promised keys, exit code 0, and a wrong scenario is one line."""
    out = tmp_path / "out.json"
    size = ("--days", "0.1", "--hosters", "2", "--rate", "6")
    done = simulate("--seeds", "1..3", *size, "--jobs", "2", "--json", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(out.read_bytes())
    assert list(result)[: len(PROMISED)] == PROMISED
    assert result["seeds"] == 3
    assert result["sim_seconds_per_wall_second"] > 0
    assert result["failed"] == []
    wrong = simulate("--scenario", "none")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


def test_processes_change_nothing():
    """A seed comes to the same in a process of its own, whatever ran there before."""
    task = Task(scenario="storm", days=0.1, size=Size(hosters=3))
    apart = {seed: result for seed, result, _ in play_all(task, range(1, 3), 2)}
    for seed in range(1, 3):
        here = task.run(seed)
        assert replace(apart[seed], cpu_s=0.0) == replace(here, cpu_s=0.0)


def test_a_failing_seed_says_how_to_play_it_again(monkeypatch, capsys):
    """Exit code 1 and the exact command, which fails in the same way."""
    handle = Lifecycle.handle
    monkeypatch.setattr(
        Lifecycle, "handle", lambda self, records: handle(self, records[:-1] or records)
    )
    asked = ["simulate", "--scenario", "calm", "--seed", "4", "--days", "0.2", "--hosters", "3"]
    assert code_of(asked) == 1
    said = capsys.readouterr().out.splitlines()
    assert "NOT as it should be" in said[0]
    again = said[1].removeprefix("again: hostwatch ")
    assert again.split() == asked
    assert code_of(again.split()) == 1
    assert capsys.readouterr().out.splitlines() == said


def code_of(arguments):
    with pytest.raises(SystemExit) as ended:
        app(arguments)
    return ended.value.code


def test_ctrl_c_ends_with_what_was_done(tmp_path):
    """Exit code 130, the seeds that were played are in the result, and no process is left.

    With so few seeds each is told of as it ends: the first line comes with the first seed.
    """
    out = tmp_path / "out.json"
    size = ("--days", "0.3", "--hosters", "3", "--jobs", "2", "--json", str(out))
    arguments = [*COMMAND, "--scenario", "calm", "--seeds", f"1..{SEEDS}", *size]
    # tests that run in the background were told to ignore it, and a child would be, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, bufsize=1) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("seed ")
        running.send_signal(signal.SIGINT)
        said = running.stdout.read()  # to the end of file: nobody holds it open any more
        assert running.wait() == 130
    result = json.loads(out.read_bytes())
    assert result["interrupted"]
    assert 1 <= result["seeds"] < SEEDS
    assert f"{result['seeds']} seeds" in said
    assert "left: hostwatch simulate --scenario calm --seeds " in said


def test_seeds_that_are_left_are_named(capsys):
    """What is not begun within the time can be played later, and is no failure."""
    asked = ["simulate", "--scenario", "calm", "--days", "0.2", "--hosters", "2"]
    assert code_of([*asked, "--seeds", "1..4", "--within", "0"]) == 0
    said = capsys.readouterr().out
    assert "left: hostwatch simulate --scenario calm --seeds 1..4 --days 0.2 --hosters 2" in said


def test_controls_are_asked_as_the_url_is():
    """The run sends the prober every target that lifecycle orders."""
    seen = set()
    said = fact_writer.observed

    def noting(order, *of):
        seen.add(order.target)
        return said(order, *of)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fact_writer, "observed", noting)
        played(days=0.3)
    assert seen == {Target.URL, Target.RANDOM, Target.ROOT}
