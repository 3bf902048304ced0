"""The demo's Prometheus: its files are what Prometheus itself takes, in the world's time."""

import subprocess

import pytest

from agents.edges.files.shipped import shipped
from sim.demo import prometheus
from sim.demo.demo_settings import prepared
from sim.demo.quick_rules import scaled_rules

SPEED = 3_600.0


async def test_without_a_prometheus_there_is_none(tmp_path, monkeypatch):
    """The demo goes on without one, and leaves no folder behind."""
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = prepared(tmp_path / "run")
    assert await prometheus.start(folder, (9_464,), SPEED) is None
    assert list(folder.path.iterdir()) == []


@pytest.fixture(params=["", "127.0.0.1:9093"])
async def started(request, tmp_path):
    """Return the folder of a run whose Prometheus was started, and whom it tells of alerts."""
    folder = prepared(tmp_path / "run")
    found = await prometheus.start(folder, (9_464, 9_465), SPEED, request.param)
    assert found is not None
    child, address = found
    await child.stop()
    assert address.startswith("http://127.0.0.1:")
    return folder.path / "prometheus", request.param


def test_its_configuration_is_one(started):
    """Every worker is scraped, and whoever is to be told of alerts stands there."""
    home, told = started
    config = home / "prometheus.yml"
    found = subprocess.run(
        ["promtool", "check", "config", config], capture_output=True, check=False
    )
    assert found.returncode == 0, found.stderr
    text = config.read_text()
    assert "127.0.0.1:9464" in text
    assert "127.0.0.1:9465" in text
    assert ("alertmanagers" in text) is bool(told)
    assert told in text


def test_rules_about_processes_keep_wall_time_and_all_others_are_quick(started):
    """A worker is down as long in any world; what a hoster does is the world's."""
    home, _ = started
    kinds = set()
    for file in sorted(shipped("prometheus/rules").glob("*.yml")):
        shown, text = (home / file.name).read_text(), file.read_text()
        wall = file.name.endswith(prometheus.WALL_TIME)
        assert shown == (text if wall else scaled_rules(text, SPEED))
        kinds.add((wall, shown == text))
    assert kinds == {(True, True), (False, False)}
