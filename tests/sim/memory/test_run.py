"""The in-memory run: all properties hold, and each is noticed when it is broken on purpose."""

import json
import random
import subprocess
import sys

import pytest
from msgspec.structs import replace as struct_replace

from agents.orders import Orders
from schemas.facts import Attribution, Observation
from schemas.ledger import NoticeAccepted
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.reasons import ProbeError, Target
from sim.findings import Finding
from sim.hosters import ALL
from sim.memory import run as runs
from sim.memory.faults import Faults, Weather
from sim.memory.partition import Partition
from sim.memory.prober import Prober
from sim.memory.scenarios import CALM, SCENARIOS, Scenario

FEW = ("amber", "heath", "kelp", "larch", "thorn", "yarrow")
CALM_WORLD = Scenario(
    says="few hosters, and nothing goes wrong",
    hosters=tuple(hoster for hoster in ALL if hoster.id in FEW),
    weather=CALM,
)
DAYS = 1.0


def played(days=DAYS, seed=3):
    return runs.play(CALM_WORLD, seed, days)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_all_properties_hold_in_every_scenario(name):
    """Nothing lost, doubled or wrong, nobody gains, and the same states from any order."""
    result = runs.play(SCENARIOS[name], 1, DAYS)
    assert result.sentence.findings == {}
    assert (result.lost, result.doubled, result.differences, result.wrong_intervals) == (0,) * 4
    assert result.ok
    assert result.reports > 100
    assert (result.crashes > 0) == (SCENARIOS[name].weather.crash_h > 0)


def test_one_seed_is_one_run():
    """A seed decides everything, so a failing one can be played again."""
    first, second = (runs.play(SCENARIOS["storm"], 5, 0.2) for _ in range(2))
    assert first == second
    assert runs.play(SCENARIOS["storm"], 6, 0.2) != first


def test_a_lost_record_is_noticed(monkeypatch):
    """An owner that forgets a list it was given loses reports."""
    fold = Partition._fold

    def forgetful(self, came):
        return fold(self, [one for one in came if random.Random(one[1]).random() > 0.02])

    monkeypatch.setattr(Partition, "_fold", forgetful)
    result = played()
    assert result.lost or result.differences
    assert not result.ok


def test_a_notice_that_counts_from_another_instant_is_noticed(monkeypatch):
    """A clock that starts late is found in every case."""
    write = Partition.write

    def late(self, happened):
        record, at = happened
        if isinstance(record, NoticeAccepted):
            record = struct_replace(record, noticed_at=record.noticed_at + MINUTE_MS)
        write(self, (record, at))

    monkeypatch.setattr(Partition, "write", late)
    assert played().sentence.findings[Finding.NOTICED] > 0


def test_a_prober_that_believes_one_vantage_is_noticed(monkeypatch):
    """Were the quiet vantage to repeat what the announced is shown, cloaking would pay."""
    settle = Prober.settle

    def one_eyed(self, order, at):
        eye = self.eye
        self.eye = eye.__class__(
            world=eye.world,
            monitor=eye.monitor,
            places=eye.places,
            hosters=eye.hosters,
            source="127.0.1.1",
            agent="hostwatch",
        )
        yield from settle(self, order, at)
        self.eye = eye

    monkeypatch.setattr(Prober, "settle", one_eyed)
    result = played()
    gained = {line.hoster.id for line in result.sentence.lines if line.grounds}
    assert gained & {"larch", "thorn"}


def test_a_prober_that_takes_silence_for_gone_is_noticed(monkeypatch):
    """A look that failed is no 404; without hidden looks, which would take it back, it pays."""
    settle = Prober.settle

    def credulous(self, order, at):
        if order.vantage == "hidden":
            return
        for fact in settle(self, order, at):
            if isinstance(fact, Observation) and fact.facts.error is ProbeError.RESET:
                status = 200 if order.target is Target.ROOT else 404
                gone = struct_replace(fact.facts, error=None, status=status)
                yield struct_replace(fact, facts=gone)
            else:
                yield fact

    monkeypatch.setattr(Prober, "settle", credulous)
    result = played()
    assert "kelp" in {line.hoster.id for line in result.sentence.lines if line.grounds}


def test_a_clock_of_the_prober_that_is_wrong_is_noticed(monkeypatch):
    """Looks that claim to be an hour older than they are put removals into wrong intervals."""
    settle = Prober.settle

    def slow(self, order, at):
        for fact in settle(self, order, at):
            if isinstance(fact, Observation):
                yield struct_replace(
                    fact, sent_at=fact.sent_at - HOUR_MS, done_at=fact.done_at - HOUR_MS
                )
            else:
                yield fact

    monkeypatch.setattr(Prober, "settle", slow)
    assert played().wrong_intervals > 0


def test_a_scheduler_that_forgets_the_looks_after_a_removal_is_noticed(monkeypatch):
    """Without them nobody sees what is put back."""
    due = Orders.due

    def forgetful(self, wheel, state, now):
        sends = due(self, wheel, state, now)
        return [] if any(case.gone_at is not None for case in state.cases) else sends

    monkeypatch.setattr(Orders, "due", forgetful)
    result = runs.play(CALM_WORLD, 3, 3.0)
    lines = {line.hoster.id: line for line in result.sentence.lines}
    assert lines["yarrow"].truth.back > lines["yarrow"].measured.back


def test_a_scheduler_that_orders_nothing_for_a_hoster_is_noticed(monkeypatch):
    """Looks that were never ordered are no excuse where nothing went wrong."""
    due = Orders.due

    def partial(self, wheel, state, now):
        sends = due(self, wheel, state, now)
        return [] if any(case.hoster == "amber" for case in state.cases) else sends

    monkeypatch.setattr(Orders, "due", partial)
    assert played().sentence.findings[Finding.UNSEEN_REMOVAL] > 0


def test_a_name_that_goes_unresolved_is_noticed(monkeypatch):
    """A report whose place is never found is no case."""

    def silent(key, vantage, _, at, __):
        return Attribution(url_key=key, vantage=vantage, at=at, answered=False)

    monkeypatch.setattr(runs, "attribution", silent)
    result = played(days=0.3)
    assert result.sentence.findings[Finding.LOST] > 0


def test_faults_are_those_of_the_weather():
    """Calm: each record once and each order once; storm: some late, some twice, some missed."""
    calm = Faults(CALM, random.Random(1))
    assert all(len(calm.deliveries(0)) == 1 for _ in range(200))
    assert all(len(calm.executions(0, HOUR_MS)) == 1 for _ in range(200))
    assert not any(calm.crashes(at * HOUR_MS) for at in range(1, 200))
    rough = Faults(Weather(late=0.3, twice=0.3, missed=0.3, crash_h=5.0), random.Random(1))
    came = [rough.deliveries(0) for _ in range(200)]
    assert {len(one) for one in came} == {1, 2}
    assert max(one[0] for one in came) > MINUTE_MS
    assert {len(rough.executions(0, HOUR_MS)) for _ in range(200)} == {0, 1, 2}
    assert rough.executions(10, 5) == []
    assert any(rough.crashes(at * HOUR_MS) for at in range(1, 200))


def test_the_command_says_what_was_promised(tmp_path):
    """JSON with the promised keys, exit code 0, and a wrong scenario is one line."""
    out = tmp_path / "out.json"
    command = [sys.executable, "-c", "from agents.cli import main; main()", "simulate"]
    done = subprocess.run(
        [*command, "--seeds", "1..2", "--days", "0.2", "--json", str(out)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(out.read_bytes())
    assert list(result) == [
        "seeds",
        "reports",
        "lost",
        "doubled",
        "differences",
        "wrong_intervals",
        "sim_seconds_per_wall_second",
    ]
    assert result["seeds"] == 2
    assert result["sim_seconds_per_wall_second"] > 0
    wrong = subprocess.run(
        [*command, "--scenario", "none"], capture_output=True, check=False, text=True
    )
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


def test_controls_are_asked_as_the_url_is():
    """The run sends the prober every target that lifecycle orders."""
    seen = set()
    settle = Prober.settle

    def noting(self, order, at):
        seen.add(order.target)
        yield from settle(self, order, at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prober, "settle", noting)
        played(days=0.3)
    assert seen == {Target.URL, Target.RANDOM, Target.ROOT}
