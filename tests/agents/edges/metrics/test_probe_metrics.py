"""Laws of the prober's metrics: closed labels, all of them, and nothing counted is lost."""

import re
import subprocess
from collections import Counter

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from agents.edges.metrics.figures.catalogue import METRICS
from agents.edges.metrics.probe_metrics import (
    DELAY_BOUNDS_S,
    DURATION_BOUNDS_S,
    OrderResult,
    ProbeCollector,
    ProbePhase,
    ProberCounts,
)
from schemas.closed_lists import ProbeError
from schemas.records.facts import Facts

DECLARED = {metric.name: metric for metric in METRICS}


def registry() -> CollectorRegistry:
    """Return the metrics of a process with two vantages, one of them at rest."""
    north = ProberCounts(held=3, in_flight=2, past_slot=lambda: (2, 1), canary=False)
    north.probed(
        Facts(status=200, requests=2, bytes=300, resolve_ms=30, connect_ms=1, processing_ms=100),
        1_500,
    )
    north.probed(Facts(error=ProbeError.TIMEOUT, requests=1, bytes=5, connect_ms=9_999), 3_600_001)
    north.probed(Facts(status=404, head_status=404), 0)
    north.probed(Facts(status=206, head_status=404, method="GET"), 0)
    north.probed(Facts(error=ProbeError.RESET, head_status=200, method="GET"), 0)
    north.probed(Facts(status=206, method="GET"), -5)
    north.settled[OrderResult.LATE] += 4
    north.unprobed(OrderResult.NO_ADDRESS, ProbeError.DNS_FAILURE)
    made = CollectorRegistry()
    made.register(ProbeCollector(lambda: {"north": north, "south": ProberCounts()}))
    return made


def samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return all samples by name and labels."""
    text = generate_openmetrics(registry()).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float:
    return samples()[name, frozenset(labels.items())]


def test_promtool_finds_nothing_to_say() -> None:
    """Names, units and types follow Prometheus' own rules."""
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=generate_latest(registry()).decode(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_was_counted_is_shown() -> None:
    """Observations by error, orders by end, requests and bytes of each vantage."""
    assert value("hostwatch_probe_observations_total", vantage="north", error="none") == 4
    assert value("hostwatch_probe_observations_total", vantage="north", error="timeout") == 1
    assert value("hostwatch_probe_observations_total", vantage="north", error="dns_failure") == 1
    assert value("hostwatch_probe_orders_total", vantage="north", result="unseen") == 1
    assert value("hostwatch_probe_orders_total", vantage="north", result="looked") == 6
    assert value("hostwatch_probe_orders_total", vantage="north", result="late") == 4
    assert value("hostwatch_probe_requests_total", vantage="north") == 3
    assert value("hostwatch_probe_read_bytes_total", vantage="north") == 305
    assert value("hostwatch_probe_orders_held", vantage="north") == 3
    assert value("hostwatch_probes_in_flight", vantage="north") == 2
    assert value("hostwatch_probes_in_flight", vantage="south") == 0
    assert value("hostwatch_probe_orders_past_slot", vantage="north", sample="in") == 2
    assert value("hostwatch_probe_orders_past_slot", vantage="north", sample="out") == 1
    assert value("hostwatch_probe_orders_past_slot", vantage="south", sample="in") == 0
    assert value("hostwatch_probe_orders_total", vantage="south", result="looked") == 0


def test_checked_probes_are_told_by_what_came_of_them() -> None:
    """A GET in place of a HEAD checks nothing; one that got no answer differed."""
    assert value("hostwatch_probe_get_comparisons_total", vantage="north", result="agreed") == 1
    assert value("hostwatch_probe_get_comparisons_total", vantage="north", result="differed") == 2
    assert value("hostwatch_probe_get_comparisons_total", vantage="south", result="agreed") == 0


def test_lateness_and_phases_are_spread_over_their_bounds() -> None:
    """A bound takes what equals it; a phase that was not reached is not counted as quick."""
    delay, duration = "hostwatch_probe_delay_seconds", "hostwatch_probe_duration_seconds"
    assert value(f"{delay}_bucket", vantage="north", le="1.0") == 4
    assert value(f"{delay}_bucket", vantage="north", le="10.0") == 5
    assert value(f"{delay}_bucket", vantage="north", le="3600.0") == 5
    assert value(f"{delay}_count", vantage="north") == 6
    assert value(f"{delay}_sum", vantage="north") == 3_601.501
    assert value(f"{duration}_bucket", vantage="north", phase="processing", le="0.025") == 0
    assert value(f"{duration}_bucket", vantage="north", phase="processing", le="0.1") == 1
    assert value(f"{duration}_bucket", vantage="north", phase="connect", le="10.0") == 2
    assert value(f"{duration}_count", vantage="north", phase="tls") == 0
    assert value(f"{duration}_count", vantage="south", phase="resolve") == 0


def test_a_canary_that_was_not_asked_is_not_said_to_be_well() -> None:
    """A vantage without an answer of its canary has no sample, and a dead canary has 0."""
    assert value("hostwatch_canary_healthy", vantage="north") == 0
    assert ("hostwatch_canary_healthy", frozenset({("vantage", "south")})) not in samples()


def test_no_vantage_has_more_series_than_are_declared() -> None:
    """The figure is the number of all values of the closed lists, however long these get."""
    found: Counter[str] = Counter()
    for name, labels in samples():
        if ("vantage", "north") in labels:
            found[re.sub(r"_(total|bucket|count|sum)$", "", name)] += 1
    assert {name: f"{n} per vantage" for name, n in found.items()} == {
        name: DECLARED[name].series_max for name in found
    }


def test_labels_are_declared_and_closed() -> None:
    """Each series of each closed list is there from the start, and no other."""
    errors = {"none", *(error.value for error in ProbeError)}
    for name, labels in samples():
        declared = DECLARED[re.sub(r"_(total|bucket|count|sum)$", "", name)]
        assert {key for key, _ in labels} - {"le"} == set(declared.labels)
        said = dict(labels)
        assert said["vantage"] in ("north", "south")
        assert said.get("error", "none") in errors
        assert said.get("sample", "in") in ("in", "out")
        assert said.get("result", "late") in {*OrderResult, "agreed", "differed"}
        assert said.get("phase", "tls") in set(ProbePhase)
    spreads = len(DELAY_BOUNDS_S) + 3 + len(ProbePhase) * (len(DURATION_BOUNDS_S) + 3)
    assert len(samples()) == 2 * (len(OrderResult) + len(errors) + 8 + spreads) + 1
