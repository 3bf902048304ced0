"""Laws of the registry of /metrics: whole, within its budget, and no failure takes others along."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from structlog.testing import capture_logs
from whole_worker import whole_worker

from agents.edges.metric_types.instruments import CERTIFICATE_EXPIRY
from agents.edges.metrics.deprecated_names import OLD_NAMES
from agents.edges.metrics.figures.__main__ import type_of
from agents.edges.metrics.figures.catalogue import METRICS
from agents.edges.metrics.safe_registry import registry_of
from agents.process.log import FIELDS

SERIES_MAX = 8_500
OLD_SERIES_MAX = 300
"""Of a worker of all roles with 64 hosters shown, all of them estimated from samples, three
vantages and three hotlines; 830 of them are not of hosters. Together they are below 9,000."""

SECRET = "https://example.org/secret"


class Given(Collector):
    """Gives a sample, and fails while `broken`."""

    def __init__(self, name: str, *, broken: bool = False) -> None:
        """Take the name of the metric."""
        self.name = name
        self.broken = broken

    def describe(self) -> list[Metric]:
        """Declare nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give the sample, then fail or not."""
        yield GaugeMetricFamily(self.name, "A metric.", value=1)
        if self.broken:
            raise ValueError(SECRET)


def samples(registry: CollectorRegistry) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return what a scrape says."""
    text = generate_openmetrics(registry).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def errors(registry: CollectorRegistry) -> dict[str, float]:
    """Return the failures by collector."""
    return {
        dict(labels)["collector"]: value
        for (name, labels), value in samples(registry).items()
        if name == "hostwatch_collector_errors_total"
    }


def test_a_collector_that_fails_is_left_out_whole_and_counted() -> None:
    """What it gave before it failed may be half of it; the others are told as ever."""
    bad = Given("bad", broken=True)
    registry = registry_of([("good", Given("good")), ("bad", bad), ("last", Given("last"))])
    with capture_logs() as said:
        assert errors(registry) == {"good": 0, "bad": 1, "last": 0}
    names = {name for name, _ in samples(registry)}
    assert {"good", "last"} <= names
    assert "bad" not in names
    bad.broken = False
    assert ("bad", frozenset()) in samples(registry)
    assert errors(registry)["bad"] == 2  # those of the two scrapes above
    (line,) = said
    assert line["event"] == "the metrics of bad failed and are skipped: ValueError"
    assert SECRET not in str(line)
    assert {*line} - {"log_level"} <= FIELDS


def test_what_each_collector_took_is_told_of_the_same_scrape() -> None:
    """A collector that fails has its duration too."""
    registry = registry_of([("good", Given("good")), ("bad", Given("bad", broken=True))])
    found = samples(registry)
    for name in ("good", "bad"):
        took_s = found["hostwatch_collector_duration_seconds", frozenset({("collector", name)})]
        assert took_s > 0


@pytest.fixture(scope="module")
def worker(tmp_path_factory) -> CollectorRegistry:
    """Return a worker of every role with 64 hosters."""
    return whole_worker(tmp_path_factory.mktemp("worker"), 64)


OF_INTAKE = (
    "connections",
    "connections_max",
    "refused_connections",
    "keys_current",
    "feedback_answers",
    "feedback_current",
    "refused_requests",
    "limited_requests",
    "key_expiry_timestamp_seconds",
)
"""What the HTTP intake tells, a process of its own."""


def test_a_worker_tells_every_metric_that_is_declared_and_none_besides(worker) -> None:
    """The table is the contract of rules and documents; no certificate or intake is here."""
    suffix = re.compile(r"_(total|bucket|gcount|gsum|count|sum)$")
    declared = {metric.name: set(metric.labels) for metric in METRICS}
    told = set()
    for name, labels in samples(worker):
        base = name if name in declared else suffix.sub("", name)
        if base in OLD_NAMES.values():
            continue
        assert {key for key, _ in labels} - {"le"} == declared[base]
        told.add(base)
    of_intake = {f"hostwatch_intake_{name}" for name in OF_INTAKE}
    assert told == set(declared) - of_intake - {CERTIFICATE_EXPIRY.name}


def test_the_table_of_metrics_names_the_types_that_a_worker_exposes(worker) -> None:
    """A reader of the table writes `rate()` on counters and knows the suffix of every name."""
    told = {family.name: family.type for family in worker.collect()}
    told |= {f"{name}_info": kind for name, kind in told.items() if kind == "info"}
    for metric in METRICS:
        kind = type_of(metric.name)
        assert told.get(metric.name, kind) == kind, metric.name
    of_intake = {f"hostwatch_intake_{name}" for name in OF_INTAKE}
    declared = {metric.name for metric in METRICS} - of_intake - {CERTIFICATE_EXPIRY.name}
    assert declared <= set(told)


def test_promtool_finds_nothing_to_say_of_a_whole_worker(worker) -> None:
    """Names, units and types follow Prometheus' own rules, those of all collectors together."""
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=generate_latest(worker).decode(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_whole_worker_stays_within_its_series(worker) -> None:
    """Below the 9,000 of HostwatchSeriesBudget; a hotline more has 60, a vantage 150.

    Old names are there for one release: they fit in beside the others.
    """
    found = [name for name, _ in samples(worker)]
    old = sum(name.startswith(tuple(OLD_NAMES.values())) for name in found)
    assert len(found) - old < SERIES_MAX, len(found)
    assert old < OLD_SERIES_MAX, old
