"""Laws of the alert rules: they pass their own tests, name only what exists, and scale."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from narrowed_rules import SELDOM_COLLECTED, narrowed

from agents.edges.metrics.figures.catalogue import METRICS
from sim.demo.quick_rules import scaled_rules

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
FIGURES = DEPLOY / "prometheus" / "rules" / "hostwatch.rules.yml"
TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))


def promtool(*arguments: str | Path) -> str:
    """Return what promtool complains of; nothing if it is content."""
    done = subprocess.run(
        ["promtool", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=SELDOM_COLLECTED,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr or "failed"


@pytest.mark.parametrize("file", RULES, ids=lambda path: path.stem)
def test_the_rules_are_clean(file):
    """Syntax and promtool's own lints."""
    assert promtool("check", "rules", "--lint=all", "--lint-fatal", file) == ""


def test_every_file_of_rules_has_its_tests():
    """A rule that nothing tries may never fire."""
    tested = {path.name.replace(".test.", ".rules.") for path in TESTS}
    assert tested == {path.name for path in RULES}


def test_the_configuration_is_valid():
    """Prometheus starts with it and finds the rules."""
    assert promtool("check", "config", DEPLOY / "prometheus" / "prometheus.yml") == ""


def stories() -> Iterator[Any]:
    """Yield what the files beside the rules try, one by one."""
    for file in TESTS:
        whole = yaml.safe_load(file.read_text())
        for number, test in enumerate(whole["tests"]):
            story = {**whole, "tests": [test]}
            yield pytest.param(file, story, id=f"{file.stem}-{number}")


@pytest.mark.parametrize(("file", "story"), [*stories()])
def test_the_alerts_do_what_they_say(tmp_path, file, story):
    """Silent one step before, fires at, resolves; replicas count once."""
    (test,) = story["tests"]
    queries = " ".join(asked["expr"] for asked in test.get("promql_expr_test", []))
    alerts = frozenset(
        [asked["alertname"] for asked in test.get("alert_rule_test", [])]
        + re.findall(r'alertname="(\w+)"', queries)
    )
    for rules in story["rule_files"]:
        text = narrowed((file.parent / rules).read_text(), alerts, queries)
        (tmp_path / Path(rules).name).write_text(text)
    narrow = {**story, "rule_files": [Path(rules).name for rules in story["rule_files"]]}
    (tmp_path / "story.json").write_text(json.dumps(narrow))
    assert promtool("test", "rules", tmp_path / "story.json") == ""


@pytest.mark.soak  # the same with all rules at once, as `make check` has it
@pytest.mark.parametrize("file", TESTS, ids=lambda path: path.stem)
def test_the_alerts_do_so_beside_all_others(file):
    """No rule gets in another's way."""
    assert promtool("test", "rules", file) == ""


def test_scaled_rules_are_rules(tmp_path):
    """In quick time they are still valid, and no duration of the original is left."""
    text = scaled_rules(FIGURES.read_text(), 3_600)
    file = tmp_path / "quick.rules.yml"
    file.write_text(text)
    assert promtool("check", "rules", file) == ""
    assert text.count("offset 24s") == FIGURES.read_text().count("offset 1d")
    assert text.count("[15m]") == FIGURES.read_text().count("[15m]")
    assert "[6s]" in text
    assert "for: 1s" in text
    assert "keep_firing_for: 500ms" in text
    assert "offset 1d" not in text


def test_rules_name_only_metrics_that_are_declared():
    """A renamed metric would leave an alert that can never fire."""
    used = set(re.findall(r"(?<!:)\bhostwatch_\w+", "".join(map(Path.read_text, RULES))))
    suffixes = re.compile(r"_(bucket|gcount|gsum|total)$")
    assert {suffixes.sub("", name) for name in used} <= {metric.name for metric in METRICS}


def test_every_alert_has_its_section_in_the_runbook():
    """The link in an alert leads to a heading."""
    headings = {
        line.removeprefix("## ").strip().lower()
        for line in (DEPLOY / "runbook.md").read_text().splitlines()
        if line.startswith("## ")
    }
    text = "".join(map(Path.read_text, RULES))
    alerts = re.findall(r"alert: (\w+)", text)
    links = re.findall(r"runbook_url: \"{{ \$externalLabels\.runbook_base }}#(\w+)\"", text)
    assert links == [alert.lower() for alert in alerts]
    assert set(links) <= headings


def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do():
    """In this order; who is woken by it reads no further than needed."""
    sections = re.split(r"(?m)^## ", (DEPLOY / "runbook.md").read_text())[1:]
    assert len(sections) == len(set(sections)) >= 30
    for section in sections:
        places = [section.find(f"**{word}") for word in ("What it means", "Look", "Do")]
        assert -1 < places[0] < places[1] < places[2], section.partition("\n")[0]


def test_the_runbook_lists_its_alerts_in_order_with_their_severity():
    """Who is woken finds the section by the alert's name: hosters, hotlines, hostwatch itself."""
    text = (DEPLOY / "runbook.md").read_text()
    severity = {
        rule["alert"]: rule["labels"]["severity"]
        for file in RULES
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    listed = re.findall(r"(?m)^\| \[(\w+)\]\(#(\w+)\) \| (\w+) \|$", text)
    assert listed == [(name, name.lower(), severity[name]) for name in sorted(severity)]
    assert re.findall(r"(?m)^## (\w+)$", text) == sorted(severity)


def test_a_section_has_one_form():
    """The same three heads in every section, so that nobody searches for where to begin."""
    text = (DEPLOY / "runbook.md").read_text()
    heads = set(re.findall(r"(?m)^\*\*([^*]+)\*\*", text))
    assert heads == {"What it means.", "What it does not mean.", "Look at.", "Do."}


def test_the_runbook_names_only_metrics_that_are_there():
    """A query to be pasted has to have an answer."""
    text = (DEPLOY / "runbook.md").read_text()
    used = set(re.findall(r"(?<!:)\bhostwatch_\w+", text))
    suffixes = re.compile(r"_(bucket|gcount|gsum|total)$")
    assert {suffixes.sub("", name) for name in used} <= {metric.name for metric in METRICS}
    recorded = set(re.findall(r"record: (\S+)", "".join(map(Path.read_text, RULES))))
    assert set(re.findall(r"\b\w+:hostwatch_\w+:\w+", text)) <= recorded
