"""The demo's parts that need no broker: settings, rules in quick time, hotlines, the screen."""

import subprocess
from dataclasses import replace

import pytest

from agents.edges.files.shipped import shipped
from sim.demo.demo_settings import Choice, clock_now, for_world
from sim.demo.quick_rules import scaled_rules
from sim.live.planning import LIVE, planned


@pytest.mark.parametrize("name", sorted(LIVE))
def test_the_demo_s_world_is_the_scenario_s(name):
    """What the world's servers are told has the hosters and the course of the scenario chosen."""
    choice = Choice(scenario=name, seed=3)
    plan = planned(for_world(choice, clock_now(choice)), 18_080)
    scenario = LIVE[name].plan(3, 18_080)
    assert replace(plan, tempo=scenario.tempo) == scenario


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
