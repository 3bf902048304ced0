"""Laws of the dashboards: made by their program, linted, and every query has an answer."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from synthetic_days import END_S, START_S, STEP_S, synthetic_prometheus

from agents.edges.catalogue import METRICS

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
BOARDS = {file.stem: json.loads(file.read_text()) for file in FILES}
KINDS = {
    "bargauge", "heatmap", "row", "stat", "state-timeline", "table", "text", "timeseries",
}  # fmt: skip
WITHOUT_UNIT = {"text", "row"}

JOBLESS = re.compile(r"hoster|hotline|ALERTS|vector\(|hostwatch_build_info|ledger_position")
"""Rule target-job does not hold for figures: replicas export the same ones, `max by` takes one."""


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every panel, those inside rows too."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", ())


def queries(board: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give every query with its panel's title."""
    for panel in panels(board):
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


ALL = [(name, title, expr) for name, board in BOARDS.items() for title, expr in queries(board)]


def test_the_files_are_what_their_program_writes(tmp_path: Path) -> None:
    """Nobody edits the JSON: `python deploy/grafana/generate.py` gives it byte for byte."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import generate, json;"
        "print(json.dumps(generate.dashboards()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(GRAFANA)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(done.stdout) == {file.name: file.read_text() for file in FILES}


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_keeps_the_linter_s_rules(name: str) -> None:
    """The rules of grafana's dashboard-linter that speak of the whole dashboard.

    template-datasource, template-job, template-on-time-change-reload, uneditable-dashboard.
    template-instance and target-instance are left out: figures have no instance.
    """
    board = BOARDS[name]
    variables = {one["name"]: one for one in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert variables["job"]["datasource"]["uid"] == "${datasource}"
    assert variables["job"]["multi"]
    assert variables["job"]["allValue"] == ".+"
    assert all(one["refresh"] == 2 for one in variables.values() if one["type"] == "query")
    assert board["editable"] is False
    assert board["graphTooltip"] == 1  # a shared crosshair
    assert {one["name"] for one in board["annotations"]["list"]} >= {"Alerts", "Method changes"}


@pytest.mark.parametrize("name", BOARDS)
def test_a_panel_keeps_the_linter_s_rules(name: str) -> None:
    """panel-datasource, panel-title-description, panel-units, panel-no-targets; and each kind."""
    for panel in panels(BOARDS[name]):
        assert panel["type"] in KINDS
        assert panel["title"]
        if panel["type"] in WITHOUT_UNIT:
            continue
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]


@pytest.mark.parametrize(("name", "title", "expr"), ALL)
def test_a_query_keeps_the_linter_s_rules(name: str, title: str, expr: str) -> None:
    """target-job, target-rate-interval, target-counter-agg; and every metric is declared."""
    assert '$job"' in expr or JOBLESS.search(expr), (name, title)
    for inside in re.findall(r"\b(?:rate|irate|increase)\((.*?)\)", expr):
        assert "[$__rate_interval]" in inside
    for counter in re.findall(r"\w+_total\b", expr):
        assert re.search(rf"rate\({counter}\b", expr)
    used = set(re.findall(r"(?<!:)\bhostwatch_\w+", expr))
    suffixes = re.compile(r"_(bucket|gcount|gsum|total)$")
    assert {suffixes.sub("", one) for one in used} <= {metric.name for metric in METRICS}


def filled(expr: str) -> str:
    """Return a query with the variables' values."""
    for name, value in {
        "$__rate_interval": "1h",
        "$__range": "7d",
        "$hoster": "alpha",
        "$role": "hosting",
        "$norm": "24h",
        "$job": ".+",
    }.items():
        expr = expr.replace(name, value)
    assert "$" not in expr
    return expr


async def test_every_query_has_an_answer(tmp_path: Path) -> None:
    """Asked of a real Prometheus over the last of 35 days, each query gives samples."""
    empty = []
    async with synthetic_prometheus(tmp_path) as address, aiohttp.ClientSession() as session:
        for name, title, expr in ALL:
            asked = {
                "query": filled(expr),
                "start": max(START_S, END_S - 86_400),
                "end": END_S,
                "step": STEP_S,
            }
            async with session.post(f"{address}/api/v1/query_range", data=asked) as answer:
                said = await answer.json()
            if said["status"] != "success" or not said["data"]["result"]:
                empty.append((name, title, said.get("error", "empty")))
    assert not empty
