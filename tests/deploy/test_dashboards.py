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
from synthetic_days import END_S, STEP_S, synthetic_prometheus

from agents.edges.metrics.figures.catalogue import METRICS
from agents.edges.web.formatting import cell
from schemas.moments import DAY_MS
from streams.rollup.figures import RemovalTimeReading
from streams.rollup.windows import Window

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
BOARDS = {file.stem: json.loads(file.read_text()) for file in FILES}
KINDS = {
    "bargauge",
    "heatmap",
    "row",
    "stat",
    "state-timeline",
    "table",
    "text",
    "timeseries",
}
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


LINTER = {
    "template-datasource-rule": "a dashboard's",
    "template-job-rule": "a dashboard's, where a query asks for a job",
    "template-label-promql-rule": "a dashboard's",
    "template-on-time-change-reload-rule": "a dashboard's",
    "uneditable-dashboard": "a dashboard's",
    "panel-datasource-rule": "a panel's",
    "panel-title-description-rule": "a panel's",
    "panel-units-rule": "a panel's",
    "panel-no-targets-rule": "a panel's",
    "target-promql-rule": "a query's: it is asked of a real Prometheus below",
    "target-rate-interval-rule": "a query's",
    "target-job-rule": "a query's, but for JOBLESS",
    "target-counter-agg-rule": "a query's",
    "target-logql-rule": "there is no log data source: no query is of another kind",
    "target-logql-auto-rule": "as above",
    "template-instance-rule": "left out: figures have no instance, replicas say the same",
    "target-instance-rule": "left out, for the same reason",
}
"""The rules of grafana's dashboard-linter, and where each is kept."""


def test_all_rules_of_the_linter_are_accounted_for() -> None:
    """Seventeen; two are left out, with their reason."""
    assert len(LINTER) == 17
    assert sum(where.startswith("left out") for where in LINTER.values()) == 2


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_keeps_the_linter_s_rules(name: str) -> None:
    """Those of a whole dashboard; it cannot be edited, has a shared crosshair and its marks."""
    board = BOARDS[name]
    variables = {one["name"]: one for one in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert variables["datasource"]["label"] == "Data source"
    if "job" in variables:
        assert variables["job"]["datasource"]["uid"] == "${datasource}"
        assert variables["job"]["label"] == "Job"
        assert variables["job"]["multi"]
        assert variables["job"]["allValue"] == ".+"
    for one in (one for one in variables.values() if one["type"] == "query"):
        assert one["refresh"] == 2
        metric, label = re.fullmatch(
            r"label_values\((\w+), (\w+)\)", one["query"]
        ).groups()  # no match fails the test as well
        labels = {metric.name: {*metric.labels, "job"} for metric in METRICS}
        assert label in labels[metric]
    assert board["editable"] is False
    assert board["graphTooltip"] == 1
    assert {one["name"] for one in board["annotations"]["list"]} == {"Alerts", "Method changes"}
    assert [link["tags"] for link in board["links"]] == [["hostwatch"]] == [board["tags"]]


@pytest.mark.parametrize("name", BOARDS)
def test_a_choice_is_offered_where_a_panel_follows_it(name: str) -> None:
    """Nobody chooses a country or a window for nothing, and no query asks for what none chose."""
    offered = {one["name"] for one in BOARDS[name]["templating"]["list"]}
    asked = " ".join(expr for _, expr in queries(BOARDS[name]))
    followed = {one for one in re.findall(r"\$(\w+)", asked) if not one.startswith("__")}
    assert followed | {"datasource"} == offered


def test_each_figure_of_hosters_is_of_the_chosen_countries() -> None:
    """A panel that passed the choice over would be taken for a figure of the country."""
    for title, expr in queries(BOARDS["overview"]):
        figures = re.findall(r"\bhostwatch_\w+\{role=", expr)
        assert expr.count('and on (hoster) hostwatch_hoster_info{country=~"$country"}') == len(
            figures
        ), title


def test_totals_are_those_of_all_hosters(tmp_path: Path) -> None:
    """Beyond 64 hosters the rest is folded into `other`, which is in every sum and no ranking.

    One role at a time, the whole (`total`) never beside its parts; a country has its own alone.
    """
    figures = {
        ("a", "hosting"): 5,
        ("b", "hosting"): 3,
        ("other", "hosting"): 10,
        ("total", "hosting"): 18,
        ("a", "proxy"): 7,
    }
    homes = {"a": "XA", "b": "XB", "other": "", "total": ""}
    series = [
        (f'hostwatch_open_cases{{hoster="{hoster}",role="{role}",instance="w"}}', value)
        for (hoster, role), value in figures.items()
    ]
    series += [
        (f'hostwatch_hoster_info{{hoster="{hoster}",country="{country}",instance="w"}}', 1)
        for hoster, country in homes.items()
    ]
    asked = dict(queries(BOARDS["overview"]))
    share = asked["Share of the four largest"]
    told = [
        (filled(asked["Open cases"]), 18),
        (filled(asked["Open cases"], role="proxy"), 7),
        (filled(asked["Open cases"], country="XB"), 3),
        (filled(share), 8 / 18),
        (f"count({filled(asked['Ten largest backlogs'])})", 2),
    ]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": f"{value}x5"} for name, value in series],
        "promql_expr_test": [
            {"expr": expr, "eval_time": "3m", "exp_samples": [{"labels": "{}", "value": value}]}
            for expr, value in told
        ],
    }
    file = tmp_path / "totals.json"
    file.write_text(json.dumps({"rule_files": [], "tests": [test]}))
    done = subprocess.run(
        ["promtool", "test", "rules", file], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", BOARDS)
def test_a_panel_leads_to_the_page_and_to_what_to_do(name: str) -> None:
    """Every panel has the page beside it, and the runbook's section where an alert is about it."""
    headings = set(
        re.findall(r"^## (\w+)", (GRAFANA.parent / "runbook.md").read_text(), re.MULTILINE)
    )
    sections = {f"/go/runbook#{heading.lower()}" for heading in headings} | {"/go/runbook"}
    for panel in panels(BOARDS[name]):
        if panel["type"] in WITHOUT_UNIT:
            continue
        urls = [link["url"] for link in panel["links"]]
        assert urls[0] in {"/go/", "/go/hoster/${hoster}", "/go/pipeline"}
        assert set(urls[1:]) <= sections, panel["title"]
        if re.search(r"(?<!No )\balerts?\b", panel["description"]):
            assert urls[1:], panel["title"]


def test_every_link_of_the_table_is_used() -> None:
    """A panel that is renamed would lose what to do about it, in silence; each board has a page."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import links, json;"
        "print(json.dumps([links.RUNBOOK, links.PAGES]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(GRAFANA)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    titles = {panel["title"] for board in BOARDS.values() for panel in panels(board)}
    runbook, pages = json.loads(done.stdout)
    assert set(runbook) <= titles
    assert set(pages) == set(BOARDS)


def test_the_windows_offered_are_those_of_the_figures() -> None:
    """A window that the metric does not have would show an empty panel."""
    for name in ("overview", "hoster"):
        (one,) = (v for v in BOARDS[name]["templating"]["list"] if v["name"] == "window")
        assert sorted(one["query"].split(",")) == sorted(Window)


@pytest.mark.parametrize("name", BOARDS)
def test_a_panel_keeps_the_linter_s_rules(name: str) -> None:
    """panel-datasource, panel-title-description, panel-units, panel-no-targets; and each kind."""
    for panel in panels(BOARDS[name]):
        assert panel["type"] in KINDS
        assert panel["title"]
        if panel["type"] in WITHOUT_UNIT:
            continue
        assert panel["description"].endswith(".")
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]
        assert all(one["datasource"]["type"] == "prometheus" for one in panel["targets"])


SAFE = {"#0072B2", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#999999"}
"""Okabe and Ito's colours, with grey in the place of black."""


@pytest.mark.parametrize("name", BOARDS)
def test_colours_are_told_apart_by_the_colour_blind(name: str) -> None:
    """No colour is Grafana's own choice: each is of the one palette, or a shade of one of it."""
    for panel in panels(BOARDS[name]):
        text = json.dumps(panel)
        assert set(re.findall(r"#[0-9A-Fa-f]{6}", text)) <= SAFE, panel["title"]
        wanted = {"timeseries": "shades", "state-timeline": "thresholds"}.get(panel["type"])
        if wanted is not None:
            assert panel["fieldConfig"]["defaults"]["color"]["mode"] == wanted
        assert "palette-classic" not in text


@pytest.mark.parametrize("name", BOARDS)
def test_thresholds_are_drawn_where_there_are_any(name: str) -> None:
    """A threshold beside lines that nobody draws tells nobody anything."""
    for panel in panels(BOARDS[name]):
        if panel["type"] == "timeseries":
            several = len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1
            custom = panel["fieldConfig"]["defaults"]["custom"]
            drawn = custom.get("thresholdsStyle", {}).get("mode", "off")
            assert (drawn == "dashed") is several, panel["title"]


@pytest.mark.parametrize("name", BOARDS)
def test_bounds_are_drawn_as_bands(name: str) -> None:
    """A panel of bounds over time fills from the lower to the upper, both of which it has."""
    for panel in panels(BOARDS[name]):
        fills = {
            one["matcher"]["options"]: prop["value"]
            for one in panel.get("fieldConfig", {}).get("overrides", ())
            for prop in one["properties"]
            if prop["id"] == "custom.fillBelowTo"
        }
        bounds = "bounds" in panel["title"] or "limits" in panel["title"]
        if panel["type"] == "timeseries":
            assert bool(fills) is bounds or "band" in panel["description"], panel["title"]
        legends = {one["legendFormat"] for one in panel.get("targets", ())}
        assert {*fills, *fills.values()} <= legends


def test_a_removal_time_is_shown_as_its_cell() -> None:
    """Never as one instant: the words are those of the pages, up to the ends of each cell."""
    (panel,) = (one for one in panels(BOARDS["hoster"]) if one["title"].startswith("Removal time"))
    mapped = {
        override["matcher"]["options"]: prop["value"]
        for override in panel["fieldConfig"]["overrides"]
        for prop in override["properties"]
        if prop["id"] == "mappings"
    }
    assert len(panel["targets"]) == len(RemovalTimeReading)
    for target in panel["targets"]:
        (reading,) = (r for r in RemovalTimeReading if f'unavailable="{r}"' in target["expr"])
        assert target["instant"]
        assert not target.get("range")
        ranges = [one["options"] for one in mapped[target["refId"]]]
        assert (ranges[0]["from"], ranges[-1]["to"]) == (0, 400 * DAY_MS / 1_000)
        for one, following in zip(ranges, [*ranges[1:], None], strict=True):
            first_ms, last_ms = (round(one[end] * 1_000) for end in ("from", "to"))
            for ms in (first_ms, (first_ms + last_ms) // 2, last_ms):
                assert cell(ms, reading) == one["result"]["text"]
            if following is not None:
                assert round(following["from"] * 1_000) == last_ms + 1
    others = [one for one in ALL if one[1] != panel["title"]]
    assert not [one for one in others if "hostwatch_removal_estimate_seconds" in one[2]]


def test_a_hoster_leads_to_its_dashboard() -> None:
    """Tables and lines of hosters have a link with the hoster in it."""
    text = json.dumps(BOARDS["overview"])
    assert "var-hoster=${__value.text}" in text
    assert "var-hoster=${__field.labels.hoster}" in text
    assert BOARDS["hoster"]["uid"] == "hostwatch-hoster"


@pytest.mark.parametrize("name", BOARDS)
def test_a_table_of_several_queries_is_one_table(name: str) -> None:
    """Grafana shows a table for each query unless they are merged; columns have their headings."""
    for panel in panels(BOARDS[name]):
        if panel["type"] != "table":
            continue
        merge, organize = panel["transformations"]
        assert merge["id"] == "merge"
        renamed = organize["options"]["renameByName"]
        hidden = organize["options"]["excludeByName"]
        several = len(panel["targets"]) > 1
        for target in panel["targets"]:
            value = f"Value #{target['refId']}" if several else "Value"
            assert value in renamed or hidden[value]
        assert hidden["Time"]


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


CHOSEN = {
    "$__rate_interval": "1h",
    "$__range": "7d",
    "$hoster": "alpha",
    "$role": "hosting",
    "$norm": "24h",
    "$window": "7d",
    "$country": ".*",
    "$job": ".+",
}
"""The variables' values."""


def filled(expr: str, **chosen: str) -> str:
    """Return a query with the variables' values, some of them chosen otherwise."""
    for name, value in (CHOSEN | {f"${name}": value for name, value in chosen.items()}).items():
        expr = expr.replace(name, value)
    assert "$" not in expr
    return expr


async def asked(session: aiohttp.ClientSession, address: str, query: str) -> str | None:
    """Return why a query over the last day has no samples; None = it has some."""
    data = {"query": query, "start": END_S - 86_400, "end": END_S, "step": STEP_S}
    async with session.post(f"{address}/api/v1/query_range", data=data) as answer:
        said = await answer.json()
    return said.get("error", None if said["data"]["result"] else "empty")


async def test_every_query_has_an_answer(tmp_path: Path) -> None:
    """Asked of a real Prometheus over the last of 35 days, each query gives samples.

    A country in which no hoster has its seat has no figures: none passes the choice over.
    """
    elsewhere = [one for one in ALL if "$country" in one[2]]
    async with synthetic_prometheus(tmp_path) as address, aiohttp.ClientSession() as session:
        said = {one: await asked(session, address, filled(one[2])) for one in ALL}
        none = {
            one: await asked(session, address, filled(one[2], country="XB")) for one in elsewhere
        }
    assert not {one: why for one, why in said.items() if why}
    assert set(none.values()) == {"empty"}
