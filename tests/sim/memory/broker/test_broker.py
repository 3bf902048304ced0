"""The broker in memory keeps what Kafka keeps; every fault happens, and a broken one is noticed."""

from dataclasses import replace

import pytest

from agents.engine.stage import Send
from schemas.codec import OUTCOME
from schemas.topics import CASES, FACTS, HOTLINE, REPORTS
from sim.memory.broker import broker as brokers
from sim.memory.broker.broker import PARTITIONS, Broker, Fenced, Log, place_of
from sim.memory.broker.faults import Fault, Weather
from sim.memory.broker.owners import Owner
from sim.memory.broker.virtual_time import Agenda
from sim.memory.run import play
from sim.memory.scenarios.catalogue import SCENARIOS, Scenario
from sim.memory.stages.lifecycle import Lifecycle
from sim.oracle.findings import Finding
from sim.world.hosters import ALL

FEW = ("amber", "heath", "kelp", "larch", "thorn", "yarrow")
ROUGH = Weather(
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
    hosters=tuple(hoster for hoster in ALL if hoster.id in FEW),
    weather=ROUGH,
)


def test_things_happen_in_order_of_time():
    """What is planned for one instant happens in the order it was planned in; nothing is early."""
    agenda, seen = Agenda(10), []
    agenda.plan(30, lambda: seen.append(("c", agenda.now)))
    agenda.plan(5, lambda: seen.append(("a", agenda.now)))
    agenda.plan(10, lambda: agenda.plan(30, lambda: seen.append(("d", agenda.now))))
    agenda.plan(40, lambda: seen.append(("e", agenda.now)))
    agenda.run(40)
    assert seen == [("a", 10), ("c", 30), ("d", 30)]
    assert agenda.now == 40


def test_a_key_has_one_partition_and_its_order():
    """Records of a key stand in the partition that Kafka's partitioner picks, as they were sent."""
    broker = Broker(Agenda(0))
    for n in range(40):
        broker.write(Send(FACTS.name, b"key-%d" % (n % 5), b"%d" % n))
    for n in range(5):
        key = b"key-%d" % n
        stood = [one for one in broker.read(FACTS.name) if one.key == key]
        assert [int(one.value) for one in stood] == list(range(n, 40, 5))
        assert {one.partition for one in stood} == {place_of(key)}
    assert sum(broker.log(FACTS.name, p).end for p in range(PARTITIONS)) == 40


def test_a_transaction_is_seen_whole_or_not_at_all():
    """Nobody sees what is open, what was aborted, or what an older owner of the id sends."""
    broker = Broker(Agenda(0))
    send = Send(CASES.name, b"k", b"v", partition=0)
    older = broker.begin("a")
    broker.put("a", older, [send, send])
    assert broker.read(CASES.name) == []
    broker.abort("a")
    broker.end("a", older)
    assert broker.read(CASES.name) == []
    broker.put("a", older, [send])
    newer = broker.begin("a")
    for act in (lambda: broker.put("a", older, [send]), lambda: broker.end("a", older)):
        with pytest.raises(Fenced):
            act()
    broker.put("a", newer, [send])
    broker.end("a", newer)
    assert [one.offset for one in broker.read(CASES.name)] == [0]
    assert broker.fenced == 2


def test_compaction_keeps_the_newest_of_each_key_at_its_offset(monkeypatch):
    """Old records go, offsets stay, and reading on from any offset finds all that is newer."""
    monkeypatch.setattr(brokers, "COMPACT_AT", 8)
    broker = Broker(Agenda(0))
    for n in range(50):
        broker.write(Send(CASES.name, b"k%d" % (n % 3), b"%d" % n, partition=0))
    log: Log = broker.log(CASES.name, 0)
    assert len(log.records) < 3 + 2 * 8
    assert log.end == 50
    newest = {one.key: int(one.value) for one in log.since(0)}
    assert newest == {b"k0": 48, b"k1": 49, b"k2": 47}
    assert [one.offset for one in log.since(48)] == [48, 49]


def test_orders_that_are_settled_go_and_all_others_stay(monkeypatch):
    """Whoever reads on from what was committed finds all that comes behind it, at its offset."""
    monkeypatch.setattr(brokers, "COMPACT_AT", 8)
    broker = Broker(Agenda(0), frozenset({"orders"}))
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
    """In rough weather each kind of fault strikes, and all properties hold all the same."""
    total = dict.fromkeys(Fault, 0)
    for seed in range(4):
        result = play(WORLD, seed, 0.5)
        assert result.ok, (seed, result.sentence.findings, result.differences)
        for fault, count in result.faults.items():
            total[fault] += count
    assert all(count > 0 for count in total.values()), total


def test_nothing_goes_wrong_in_calm_weather():
    """Without weather no fault is counted."""
    result = play(replace(WORLD, weather=SCENARIOS["calm"].weather), 1, 0.5)
    assert result.ok
    assert sum(result.faults.values()) == 0


def broken(many=8):
    """Play some seeds and give those results at which something is wrong."""
    for seed in range(1, many + 1):
        result = play(WORLD, seed, 0.3)
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
    assert any(Finding.INTAKE in result.sentence.findings for result in broken())


def test_a_partition_that_goes_over_without_recovery_is_noticed(monkeypatch):
    """An owner that begins where the group has come to, with an empty table, forgets."""

    def hasty(self):
        log = self.hands.broker.log(CASES.name, self.owner.partition)
        self._epoch = self.hands.broker.begin(self._id)
        self._table.hold([(r.key, r.value) for r in log.records if r.key[:9] == b"position/"])
        self._table.resume(self.owner.partition)
        return self._table.offsets

    monkeypatch.setattr(Lifecycle, "recover", hasty)
    assert any(result.differences for result in broken())


def test_a_zombie_that_is_not_fenced_is_noticed(monkeypatch):
    """Its older state takes the place of the newer one."""
    monkeypatch.setattr(Broker, "_check", lambda *_: None)
    assert any(result.differences for result in broken())


def test_an_owner_that_commits_before_it_has_written_is_noticed(monkeypatch):
    """What it had in hand when it died is missed."""
    work = Owner.work

    def hasty(self, steps, offsets=None):
        if offsets:
            self.settled(offsets)
        work(self, steps, None)

    monkeypatch.setattr(Owner, "work", hasty)
    assert any(result.lost or result.differences for result in broken())


def test_what_no_look_decides_is_the_same_in_any_weather():
    """Fates of all records, cases and notices of every hoster: as if nothing had gone wrong."""
    calm = play(replace(WORLD, weather=SCENARIOS["calm"].weather), 2, 0.4)
    rough = play(WORLD, 2, 0.4)
    assert set(map(OUTCOME.encode, calm.evidence.outcomes)) == set(
        map(OUTCOME.encode, rough.evidence.outcomes)
    )
    assert standings(calm) == standings(rough)
    assert len(standings(calm)) == len(FEW)


def standings(result):
    lines = {line.hoster.id: line.measured for line in result.sentence.lines}
    return {id: (one.reported, one.noticed) for id, one in lines.items()}
