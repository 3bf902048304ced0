"""Laws of /metrics: lint-clean, closed labels, nothing before it is complete."""

import re
import subprocess
from collections import Counter

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from views import many_hosters, sample_view

from agents.edges.metric_types.instruments import INSTRUMENTS
from agents.edges.metrics.figures.catalogue import METRICS
from agents.edges.metrics.figures.exposition import ViewCollector
from agents.edges.metrics.figures.samples import norm_label
from agents.edges.metrics.intake_metrics import INTAKE_INSTRUMENTS
from streams.views.view import View

VIEW = sample_view(shown_max=4)
INSTRUMENTED = {metric.name for metric in (*INSTRUMENTS, *INTAKE_INSTRUMENTS)}
"""What other collectors give."""


def exposed(view: View) -> str:
    registry = CollectorRegistry()
    registry.register(ViewCollector(lambda: view))
    return generate_latest(registry).decode()


def samples(view: View) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    registry = CollectorRegistry()
    registry.register(ViewCollector(lambda: view))
    families = text_string_to_metric_families(generate_openmetrics(registry).decode())
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


def test_promtool_finds_nothing_to_say():
    """Names, units and types follow Prometheus' own rules."""
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=exposed(VIEW),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_what_is_declared_is_exposed_and_all_of_it():
    """The table of metrics is the contract that rules and documents are held against."""
    suffixes = re.compile(r"_(bucket|gcount|gsum)$")
    names = {suffixes.sub("", name) for name, _ in samples(VIEW)}
    assert names == {metric.name for metric in METRICS} - INSTRUMENTED


def test_units_are_told_and_end_the_name():
    """Who reads OpenMetrics sees the unit that is declared."""
    registry = CollectorRegistry()
    registry.register(ViewCollector(lambda: VIEW))
    told = dict(re.findall(r"(?m)^# UNIT (\S+) (\S+)$", generate_openmetrics(registry).decode()))
    assert told == {m.name: m.unit for m in METRICS if m.unit and m.name not in INSTRUMENTED}
    for metric in METRICS:
        assert not metric.unit or metric.name.endswith(f"_{metric.unit}")
        assert metric.unit or not re.search("_(seconds|bytes)$", metric.name)
        assert metric.help.endswith(".")
        assert metric.series_max


def test_every_sample_carries_the_labels_that_are_declared():
    """A label too many is a series too many."""
    declared = {metric.name: set(metric.labels) for metric in METRICS}
    for name, labels in samples(VIEW):
        base = re.sub(r"_(bucket|gcount|gsum)$", "", name)
        assert {key for key, _ in labels} - {"le"} == declared[base]


def test_no_metric_has_more_series_than_are_declared():
    """Each hoster in each role shown has at most so many, and the flags just so many."""
    found = Counter(re.sub(r"_(bucket|gcount|gsum)$", "", name) for name, _ in samples(VIEW))
    of_hosters = {
        metric.name: int(metric.series_max.removesuffix("H") or 1) * len(VIEW.shown)
        for metric in METRICS
        if re.fullmatch(r"(\d+ )?H", metric.series_max)
    }
    assert all(found[name] <= most for name, most in of_hosters.items())
    for name in ("hostwatch_flagged_cases", "hostwatch_cases", "hostwatch_window_events"):
        assert found[name] == of_hosters[name]


def test_label_values_are_ids_or_closed_words():
    """Nothing a reporter or a hoster wrote can become a label; names come from the registry."""
    for name, labels in samples(VIEW):
        if name in {"hostwatch_hoster_info", "hostwatch_build_info"}:
            continue
        for key, text in labels:
            assert re.fullmatch(r"[a-z0-9_-]{1,40}|[0-9.]+|\+Inf", text), (name, key, text)


def test_nothing_but_its_absence_is_exposed_before_the_table_was_read():
    """A figure read halfway is too low and would end an alert."""
    names = {name for name, _ in samples(View(ready=False, cases=3))}
    assert names == {"hostwatch_rollup_ready", "hostwatch_build_info"}


def test_a_quantile_has_its_older_name_beside_it():
    """For one release: whoever asked for `percentile="50"` goes on to be answered."""
    told = {
        (labels["quantile"], labels["percentile"])
        for name, pairs in samples(VIEW)
        if name == "hostwatch_removal_estimate_seconds"
        for labels in [dict(pairs)]
    }
    assert told <= {("0.5", "50"), ("0.9", "90")}
    assert told


def test_no_creation_series_are_exposed():
    """`_created` would double the series of every histogram."""
    assert "_created" not in exposed(VIEW)


def test_the_series_of_64_hosters_stay_within_the_budget():
    """Fewer than 7,450 series for 64 hosters shown by themselves, so that a scrape stays small.

    Some 114 of each where all are estimated from samples, 12 of them of that alone. What a worker
    tells besides is counted in test_watched.py, a scrape is timed in tests/bench.
    """
    assert len(samples(many_hosters(VIEW, 64))) < 7_450


@pytest.mark.parametrize(("norm_s", "label"), [(86_400, "24h"), (3_600, "1h"), (5_400, "5400s")])
def test_norms_are_labelled_in_hours(norm_s, label):
    """A norm that is no whole number of hours is labelled in seconds, never rounded."""
    assert norm_label(norm_s) == label
