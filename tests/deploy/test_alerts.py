"""Laws of the alerts: silent a step before, firing in time, over in time, silent without data."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from alert_stories import HOSTERS, HOTLINES, PROBERS, PROCESSES, AlertStory
from narrowed_rules import SELDOM_COLLECTED, narrowed

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules"
FILES = ("hostwatch.rules.yml", "hostwatch.process.rules.yml")
GROUPS = {"hosters": HOSTERS, "hotlines": HOTLINES, "probers": PROBERS, "processes": PROCESSES}
STORIES = (*HOSTERS, *HOTLINES, *PROBERS, *PROCESSES)
ALERTS = frozenset(
    re.findall(r"- alert: (\w+)", "".join((RULES / name).read_text() for name in FILES))
)
TOLD_IN_YAML = {"HosterBacklogGrowing", "HosterFoundHiding", "HostwatchPartitionUnowned"}
"""Those that have a file of their own beside the rules, with their texts."""

WITHOUT_DATA = {"HostwatchTargetDown", "HostwatchFiguresStale", "HostwatchWatchdog"}
"""Those that silence itself sets off."""


def series(metric: str, labels: dict[str, str]) -> str:
    """Return a series as PromQL writes it."""
    inside = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{metric}{{{inside}}}"


def written(folder: Path, test: dict[str, Any], alert: str | None = None) -> Path:
    """Write a test over all rules, or over one alert's without its text; JSON is YAML."""
    folder.mkdir(exist_ok=True)
    rules = [RULES / name for name in FILES]
    if alert is not None:
        for rule in rules:
            text = narrowed(rule.read_text(), frozenset({alert}), texts=False)
            (folder / rule.name).write_text(text)
        rules = [folder / rule.name for rule in rules]
    file = folder / "story.json"
    files = [str(rule) for rule in rules]
    file.write_text(
        json.dumps({"rule_files": files, "evaluation_interval": test["interval"], "tests": [test]})
    )
    return file


def tried(*files: Path) -> str:
    """Let promtool run tests; one start for many takes two thirds of what a start for each takes.

    Returns:
        What it complains of, by file; nothing if all tests hold.
    """
    done = subprocess.run(
        ["promtool", "test", "rules", *files],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=SELDOM_COLLECTED,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr or "failed"


def counters(metric: str) -> str:
    """Return a metric's name as it is scraped: what processes count of themselves are counters."""
    counts = metric in (
        "hostwatch_attributed_reports",
        "hostwatch_collector_errors",
        "hostwatch_feedback_records",
        "hostwatch_intake_limited_requests",
        "hostwatch_intake_refused_connections",
        "hostwatch_probe_orders",
        "hostwatch_probe_observations",
    )
    return f"{metric}_total" if counts else metric


def shown(story: AlertStory, at: int, *, firing: bool) -> dict[str, Any]:
    """Return what promtool is to find at an instant: the alert once, or not at all."""
    count = f'count(ALERTS{{alertname="{story.alert}",alertstate="firing"}})'
    samples = [{"labels": "{}", "value": 1}] if firing else []
    return {"expr": count, "eval_time": f"{at}m", "exp_samples": samples}


def labelled(story: AlertStory) -> dict[str, Any]:
    """Return that the firing alert has exactly its labels."""
    labels = {"alertname": story.alert, "alertstate": "firing", **story.labels}
    return {
        "expr": f'ALERTS{{alertname="{story.alert}",alertstate="firing"}}',
        "eval_time": f"{story.fires_at}m",
        "exp_samples": [{"labels": series("ALERTS", labels), "value": 1}],
    }


def named(story: AlertStory) -> str:
    """Return a story's name, unlike that of another one of the same alert."""
    same = [one for one in STORIES if one.alert == story.alert]
    return story.alert if len(same) == 1 else f"{story.alert}-{same.index(story)}"


def inputs(story: AlertStory, end: int | None = None) -> list[dict[str, str]]:
    """Return a story's series, from as many replicas as export them.

    Args:
        story: the story.
        end: minute after which nothing is scraped any more; None = all of it is.
    """
    replicas = (
        [{}] if "instance" in str(story.seen[0].labels) else [{"instance": "a"}, {"instance": "b"}]
    )
    kept = None if end is None else end // story.step + 1
    return [
        {
            "series": series(counters(seen.metric), {**seen.labels, **replica}),
            "values": seen.values if kept is None else cut(seen.values, kept),
        }
        for seen in story.seen
        for replica in replicas
    ]


def cut(values: str, kept: int) -> str:
    """Return as many of a series' values as are kept, then the mark of one that has ended."""
    found: list[str] = []
    for part in values.split():
        match = re.fullmatch(r"(_|-?[\d.]+)(?:([+-][\d.]+))?(?:x(\d+))?", part)
        assert match, part
        first, step, times = match[1], float(match[2] or 0), int(match[3] or 0)
        if first == "_":
            found += ["_"] * max(times, 1)
        else:
            found += [f"{float(first) + step * number:.6g}" for number in range(times + 1)]
    return " ".join([*found[:kept], "stale"])


@pytest.mark.parametrize("stories", GROUPS.values(), ids=GROUPS)
def test_an_alert_fires_in_its_time(tmp_path: Path, stories: Sequence[AlertStory]) -> None:
    """Silent one step before, firing once with its labels, and over when its reason is."""
    files = [
        written(
            tmp_path / named(story),
            {
                "interval": f"{story.step}m",
                "input_series": inputs(story),
                "promql_expr_test": [
                    shown(story, story.silent_at, firing=False),
                    shown(story, story.fires_at, firing=True),
                    labelled(story),
                    shown(story, story.over_at, firing=False),
                ],
            },
            story.alert,
        )
        for story in stories
    ]
    said = tried(*files)
    assert not said, said


@pytest.mark.parametrize("stories", GROUPS.values(), ids=GROUPS)
def test_an_alert_does_not_outlive_its_data(tmp_path: Path, stories: Sequence[AlertStory]) -> None:
    """All series end while it fires: two hours later nothing is said that nobody measured.

    Those that miss their data go on.
    """
    files = [
        written(
            tmp_path / named(story),
            {
                "interval": f"{story.step}m",
                "input_series": inputs(story, story.fires_at),
                "promql_expr_test": [
                    shown(story, story.fires_at, firing=True),
                    shown(story, story.fires_at + 120, firing=story.alert in WITHOUT_DATA),
                ],
            },
            story.alert,
        )
        for story in stories
    ]
    said = tried(*files)
    assert not said, said


@pytest.mark.parametrize(
    ("alert", "metric", "labels"),
    [
        ("HosterBacklogNew", "hostwatch_open_cases", {}),
        ("HosterFoundHiding", "hostwatch_recheck_disagreed_cases", {}),
        ("HosterNoticesMisdirected", "hostwatch_flagged_cases", {"flag": "misdirected"}),
        (
            "HotlineRecordsQuarantined",
            "hostwatch_intake_records",
            {"hotline": "north", "result": "quarantined", "reason": "malformed"},
        ),
    ],
)
@pytest.mark.parametrize("begins", [True, False])
def test_what_was_missed_is_not_taken_for_new(
    tmp_path: Path, alert: str, metric: str, labels: dict[str, str], *, begins: bool
) -> None:
    """A day, or an hour, after the first start or a gap of three hours nothing is new for that."""
    company = {} if "hotline" in labels else {"hoster": "alpha", "role": "hosting"}
    gap = "_x12" if begins else "{0}x288 _x36"  # a value in five minutes
    file = written(
        tmp_path,
        {
            "interval": "5m",
            "input_series": [
                {
                    "series": series(name, {**inside, "instance": "a"}),
                    "values": f"{gap.format(value)} {value}x600",
                }
                for name, inside, value in (
                    (metric, {**company, **labels}, 20),
                    ("hostwatch_rollup_ready", {}, 1),
                )
            ],
            "promql_expr_test": [
                {
                    "expr": f'sum(count_over_time(ALERTS{{alertname="{alert}"}}[72h]))',
                    "eval_time": "72h",
                    "exp_samples": [],
                }
            ],
        },
        alert,
    )
    said = tried(file)
    assert not said, said


def test_without_data_only_silence_is_told(tmp_path: Path) -> None:
    """An empty Prometheus fires the watchdog and what misses its data, and nothing else."""
    names = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(WITHOUT_DATA)]
    file = written(
        tmp_path,
        {
            "interval": "1m",
            "promql_expr_test": [
                {
                    "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                    "eval_time": "1h",
                    "exp_samples": names,
                }
            ],
        },
    )
    said = tried(file)
    assert not said, said


def test_every_alert_says_what_it_asks() -> None:
    """Severity, summary, description, a section of the runbook, and a dashboard that exists."""
    groups = [g for name in FILES for g in yaml.safe_load((RULES / name).read_text())["groups"]]
    boards = {
        json.loads(file.read_text())["uid"]
        for file in (RULES.parents[1] / "grafana" / "dashboards").glob("*.json")
    }
    for rule in (rule for group in groups for rule in group["rules"] if "alert" in rule):
        assert rule["labels"]["severity"] in {"critical", "warning", "info", "none"}, rule["alert"]
        told = rule["annotations"]
        assert set(told) == {"summary", "description", "runbook_url", "dashboard_url"}
        assert told["summary"].endswith(".")
        assert told["description"].endswith(".")
        base, _, link = told["dashboard_url"].partition(" }}/d/")
        assert base == "{{ $externalLabels.grafana_base"
        assert link.partition("?")[0] in boards, rule["alert"]
        about = rule["alert"].startswith("Hoster")
        assert ("?var-hoster={{ $labels.hoster }}" in told["dashboard_url"]) is about


def test_every_alert_has_its_story() -> None:
    """An alert that nothing tries may never fire."""
    assert {story.alert for story in STORIES} | TOLD_IN_YAML | {"HostwatchWatchdog"} == ALERTS


def test_a_gap_and_a_move_resolve_nothing(tmp_path: Path) -> None:
    """A worker that is started again for ten minutes, and another that takes over, change nothing.

    The backlog's series of the first ends, the second's begins ten minutes later; the recorded
    level has neither a gap nor a jump.
    """
    one = {"hoster": "alpha", "role": "hosting"}
    file = written(
        tmp_path,
        {
            "interval": "1m",
            "input_series": [
                {
                    "series": series("hostwatch_open_cases", {**one, "instance": "a"}),
                    "values": "20x30 stale",
                },
                {
                    "series": series("hostwatch_open_cases", {**one, "instance": "b"}),
                    "values": "_x41 21x60",
                },
            ],
            "promql_expr_test": [
                {
                    "expr": "hoster:hostwatch_open_cases:max",
                    "eval_time": f"{at}m",
                    "exp_samples": [
                        {"labels": series("hoster:hostwatch_open_cases:max", one), "value": value}
                    ],
                }
                for at, value in ((30, 20), (35, 20), (40, 20), (42, 21), (60, 21))
            ],
        },
    )
    said = tried(file)
    assert not said, said
