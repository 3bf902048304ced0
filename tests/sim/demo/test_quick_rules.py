"""Laws of rules in quick time."""

import subprocess

import pytest

from agents.edges.files.shipped import shipped
from sim.demo.quick_rules import scaled_rules


def test_scaling_by_one_changes_no_meaning():
    """Every duration keeps its length, whatever unit it is written in."""
    text = "interval: 1m\nfor: 1h30m\nexpr: x[5m:1m] offset -2d\n"
    assert scaled_rules(text, 1) == (
        "interval: 60s\nfor: 5400s\nexpr: x[300s:60s] offset -172800s\n"
    )


def test_scaling_leaves_words_and_labels_alone():
    """Only places where a duration has its meaning are touched."""
    text = "# offset 1d\nsummary: in 24 h\nexpr: a:b:max{window='24h'}\n"
    assert scaled_rules(text, 3_600) == text


@pytest.mark.parametrize("speed", [1.0, 3_600.0, 100_000.0])
def test_quick_rules_are_rules(tmp_path, speed):
    """Prometheus accepts the shipped rules at any speed."""
    for file in shipped("prometheus/rules").glob("*.yml"):
        quick = tmp_path / file.name
        quick.write_text(scaled_rules(file.read_text(), speed))
        found = subprocess.run(
            ["promtool", "check", "rules", quick], capture_output=True, check=False
        )
        assert found.returncode == 0, found.stderr
