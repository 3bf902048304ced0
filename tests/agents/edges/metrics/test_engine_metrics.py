"""Laws of the metrics of partitions: what is owned is there, and what is not is absent."""

import re
import subprocess
from time import monotonic

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from stages import record

from agents.edges.metric_types.instruments import (
    DONE,
    LAG,
    PARTITION_OWNED,
    PARTITION_READY,
    PARTITIONS,
    RECOVERY,
    STAGE_DELAY,
    STAGE_DONE,
    TABLE_KEYS,
)
from agents.edges.metrics.engine_metrics import RolesCollector, RolesOfProcess
from agents.engine.observe.ownership import Lag, Ownership, TableSize

ROLES = ("attribution", "intake", "probe-north")
DECLARED = {
    metric.name: metric
    for metric in (
        *(PARTITIONS, PARTITION_OWNED, PARTITION_READY, RECOVERY, LAG, DONE),
        *(STAGE_DELAY, STAGE_DONE, TABLE_KEYS),
    )
}


def process_roles() -> RolesOfProcess:
    """Return a process that runs two of three roles and owns partitions of one of them."""
    ownership = Ownership()
    ownership.set("intake", frozenset({1, 3}), frozenset({3}))
    ownership.set("attribution", frozenset(), frozenset())
    ownership.loading("intake", 29)
    ownership.passage("intake").done([record(4), record(5)], 700)
    ownership.keeps("intake", [TableSize(table="t.v1", partition=3, keys=41)])
    ownership.behind("intake", [Lag(topic="hotline.line.v1", partition=3, records=17, done=4_711)])
    return RolesOfProcess(
        running=("intake", "attribution"), roles=ROLES, partitions=4, ownership=ownership
    )


def registry_of(shown: RolesOfProcess) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(RolesCollector(shown))
    return registry


def samples(shown: RolesOfProcess) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = generate_openmetrics(registry_of(shown)).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_promtool_finds_nothing_to_say():
    """Names, units and types follow Prometheus' own rules."""
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=generate_latest(registry_of(process_roles())).decode(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_owned_is_shown_and_nothing_else():
    """A partition of another process has no series here, so that a count is a count of owners."""
    found = samples(process_roles())
    owned = {where for where in found if where[0] == PARTITION_OWNED.name}
    assert owned == {
        labelled(PARTITION_OWNED.name, role="intake", partition=number) for number in ("1", "3")
    }
    assert found[labelled(PARTITION_READY.name, role="intake", partition="1")] == 0
    assert found[labelled(PARTITION_READY.name, role="intake", partition="3")] == 1
    lag = labelled(LAG.name, role="intake", topic="hotline.line.v1", partition="3")
    assert found[lag] == 17
    assert {where: keys for where, keys in found.items() if where[0] == TABLE_KEYS.name} == {
        labelled(TABLE_KEYS.name, table="t.v1", partition="3"): 41
    }
    assert found[labelled(RECOVERY.name, role="intake")] == 29
    assert found[labelled(RECOVERY.name, role="attribution")] == 0


def test_a_role_without_a_group_tells_what_it_has_to_load():
    """The rollup owns no partition; while its length is not known there is no sample."""
    for left in (None, 0, 12):
        shown = RolesOfProcess(ownership=Ownership(), loading={"rollup": lambda left=left: left})
        assert samples(shown).get(labelled(RECOVERY.name, role="rollup")) == left


def test_every_role_is_counted_by_every_worker():
    """A role whose only worker is gone is told of by the others."""
    counted = {
        where: value
        for where, value in samples(process_roles()).items()
        if where[0] == "hostwatch_partitions"
    }
    assert counted == {labelled(PARTITIONS.name, role=role): 4 for role in ROLES}


def test_a_role_of_another_worker_in_this_process_is_not_shown():
    """What ran here before, in a test or a replay, is not this worker's."""
    ownership = Ownership()
    ownership.set("intake", frozenset({0}), frozenset({0}))
    shown = samples(RolesOfProcess(running=(), roles=ROLES, partitions=4, ownership=ownership))
    assert {name for name, _ in shown} == {PARTITIONS.name}


def test_every_sample_carries_the_labels_that_are_declared():
    """A label too many is a series too many."""
    for name, labels in samples(process_roles()):
        declared = DECLARED[re.sub(r"_(bucket|count|sum)$", "", name)]
        assert {key for key, _ in labels} - {"le"} == set(declared.labels)


def test_how_long_records_took_is_told_of_every_role_that_runs():
    """At 0 too, for a rate; when it was last done only where it was."""
    found = samples(process_roles())
    bucket = f"{STAGE_DELAY.name}_bucket"
    assert found[labelled(bucket, role="intake", le="0.25")] == 0
    assert found[labelled(bucket, role="intake", le="1.0")] == 2
    assert found[labelled(f"{STAGE_DELAY.name}_sum", role="intake")] == 1.4
    assert found[labelled(f"{STAGE_DELAY.name}_count", role="attribution")] == 0
    of_role = [name for name, labels in found if ("role", "attribution") in labels]
    delays = [name for name in of_role if name.startswith(STAGE_DELAY.name)]
    assert STAGE_DELAY.series_max == f"{len(delays)} R"
    assert {where: at for where, at in found.items() if where[0] == STAGE_DONE.name} == {
        labelled(STAGE_DONE.name, role="intake"): 0.7
    }


def test_a_process_is_ready_when_every_role_joined_and_loaded():
    """A role that has not joined yet, and one that still loads, are not ready; rollup alone is."""
    ownership = Ownership()
    process = RolesOfProcess(
        running=("a", "b"), roles=("a", "b"), partitions=2, ownership=ownership
    )
    assert RolesOfProcess(ownership=Ownership()).ready
    assert not process.ready
    ownership.set("a", frozenset({0}), frozenset({0}))
    ownership.heard("a", monotonic(), 0.0, None)
    assert not process.ready
    ownership.set("b", frozenset({0}), frozenset())
    ownership.heard("b", monotonic(), 0.0, None)
    assert not process.ready
    ownership.set("b", frozenset({0}), frozenset({0}))
    assert process.ready


def test_a_process_without_a_group_is_not_ready_without_a_broker():
    """Rollup alone joins none, and follows a broker all the same."""
    assert not RolesOfProcess(ownership=Ownership(), broker_answers=lambda: False).ready
