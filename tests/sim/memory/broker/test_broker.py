"""Storms over the broker in memory: every fault happens, and a broken broker is noticed.

What it keeps as Kafka does is asked of both in `test_client`.
"""

from dataclasses import replace
from functools import cache

from calm_world import HOSTERS

from agents.engine.consume.stage_runner import StageRunner
from agents.engine.stage import Send
from agents.stages.cases.case_store import CaseStore
from schemas.codec import OUTCOME
from schemas.records.case import POSITION_KEY
from schemas.topics import CASES, HOTLINE, REPORTS
from sim.memory.broker import broker as brokers
from sim.memory.broker.broker import Broker, Log
from sim.memory.broker.faults import Fault, FaultRates
from sim.memory.run import play
from sim.memory.scenarios.catalogue import SCENARIOS, Scenario
from sim.oracle.findings import OracleFinding

ROUGH = FaultRates(
    late=0.05,
    twice=0.05,
    missed=0.02,
    lost=0.02,
    reordered=0.2,
    crash_h=3.0,
    pause_h=2.0,
    rebalance_h=2.0,
)
WORLD = Scenario(
    says="few hosters, and much goes wrong",
    hosters=HOSTERS,
    fault_rates=ROUGH,
)


CALM_WORLD = replace(WORLD, fault_rates=SCENARIOS["calm"].fault_rates)
DAYS = 0.4


@cache
def undisturbed(seed, *, rough):
    """Play a world whose broker is whole once, whoever asks for it."""
    return play(WORLD if rough else CALM_WORLD, seed, DAYS)


def test_compaction_keeps_the_newest_of_each_key_at_its_offset(monkeypatch):
    """Old records go, offsets stay, and reading on from any offset finds all that is newer."""
    monkeypatch.setattr(brokers, "COMPACT_AT", 8)
    broker = Broker(lambda: 0)
    epoch = broker.begin("a")
    for n in range(50):
        broker.put("a", epoch, [Send(CASES.name, b"k%d" % (n % 3), b"%d" % n, partition=0)])
        broker.end("a", epoch)
    log: Log = broker.log(CASES.name, 0)
    assert len(log.records) < 3 + 2 * 8
    assert log.end == 100
    newest = {one.key: int(one.value) for one in log.since(0)}
    assert newest == {b"k0": 48, b"k1": 49, b"k2": 47}
    assert [one.offset for one in log.since(96)] == [96, 98]


def test_orders_that_are_settled_go_and_all_others_stay(monkeypatch):
    """Whoever reads on from what was committed finds all that comes behind it, at its offset."""
    monkeypatch.setattr(brokers, "COMPACT_AT", 8)
    broker = Broker(lambda: 0, frozenset({"orders"}))
    for n in range(50):
        broker.write(Send("orders", b"k", b"%d" % n, partition=0))
        broker.write(Send("kept", b"k", b"%d" % n, partition=0))
        broker.commit("group", 0, {"orders": n // 2, "kept": n // 2})
    log = broker.log("orders", 0)
    assert len(log.records) < 26 + 8
    assert [int(one.value) for one in log.since(24)] == list(range(24, 50))
    assert [one.offset for one in log.since(24)] == list(range(24, 50))
    assert log.end == 50
    assert len(broker.log("kept", 0).records) == 50


def test_every_fault_happens_and_changes_nothing():
    """With all faults each kind of fault strikes, and all properties hold all the same."""
    total = dict.fromkeys(Fault, 0)
    for seed in range(1, 7):
        result = undisturbed(seed, rough=True)
        assert result.ok, (seed, result.run_report.findings, result.differences)
        for fault, count in result.faults.items():
            total[fault] += count
        if all(total.values()):
            break
    assert all(count > 0 for count in total.values()), total


def test_nothing_goes_wrong_in_calm_weather():
    """Without faults none is counted."""
    result = undisturbed(1, rough=False)
    assert result.ok
    assert sum(result.faults.values()) == 0


def broken():
    """Play some seeds, for hours first, and give those results at which something is wrong."""
    for days, seeds in ((0.1, 4), (0.3, 8)):
        for seed in range(1, seeds + 1):
            result = play(WORLD, seed, days)
            if not result.ok:
                yield result


def test_a_broker_that_loses_a_record_of_the_ledger_is_noticed(monkeypatch):
    """An acknowledged report that is not there is missed."""
    write = Broker.write

    def losing(self, send):
        if send.topic != REPORTS.name or sum(send.value) % 11:
            write(self, send)

    monkeypatch.setattr(Broker, "write", losing)
    assert any(result.lost for result in broken())


def test_a_broker_that_doubles_a_record_of_an_inbox_is_noticed(monkeypatch):
    """Received is counted by origin, so a record that nobody sent is one too many."""
    write = Broker.write

    def doubling(self, send):
        write(self, send)
        if send.topic.startswith(HOTLINE.named("")[:8]) and not sum(send.value) % 11:
            write(self, send)

    monkeypatch.setattr(Broker, "write", doubling)
    assert any(OracleFinding.INTAKE in result.run_report.findings for result in broken())


def test_a_partition_that_goes_over_without_recovery_is_noticed(monkeypatch):
    """An owner that begins where the group has come to, with an empty table, forgets."""
    resume = CaseStore.resume

    def hasty(self, partition, *of):
        resume(self, partition, *of)
        for key in list(self.store.keys()):
            if not key.startswith(POSITION_KEY):
                self.store.write([(key, None)])

    monkeypatch.setattr(CaseStore, "resume", hasty)
    assert any(result.differences for result in broken())


def test_a_zombie_that_is_not_fenced_is_noticed(monkeypatch):
    """Its older state takes the place of the newer one."""
    monkeypatch.setattr(Broker, "check", lambda *_: None)
    assert any(result.differences for result in broken())


def test_an_owner_that_commits_before_it_has_written_is_noticed(monkeypatch):
    """What it had in hand when it died is missed."""

    def hasty(self):
        return {
            (topic, number): progress.taken
            for number, partition in self._queues.items()
            for topic, progress in partition.progress.items()
        }

    monkeypatch.setattr(StageRunner, "done", hasty)
    assert any(result.lost or result.differences for result in broken())


def test_what_no_probe_decides_is_the_same_with_any_faults():
    """Outcomes of all records, cases and notices of every hoster: as if nothing had gone wrong."""
    calm = undisturbed(1, rough=False)
    rough = undisturbed(1, rough=True)
    assert set(map(OUTCOME.encode, calm.evidence.outcomes)) == set(
        map(OUTCOME.encode, rough.evidence.outcomes)
    )
    assert standings(calm) == standings(rough)
    assert len(standings(calm)) == len(HOSTERS)


def standings(result):
    lines = {line.hoster.id: line.measured for line in result.run_report.lines}
    return {id: (one.reported, one.noticed) for id, one in lines.items()}
