"""Laws of the alerts: silent a step before, firing in time, over in time, silent without data."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from alert_stories import HOSTERS, HOTLINES, PROCESSES, Story

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules"
FILES = ("hostwatch.rules.yml", "hostwatch.process.rules.yml")
STORIES = (*HOSTERS, *HOTLINES, *PROCESSES)
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


def narrowed(text: str, alert: str) -> str:
    """Return a rule file without the alerts but one: so many rules a minute take half an hour."""
    head, *rules = re.split(r"(?m)^(?=      - (?:alert|record): )", text)
    kept = [rule for rule in rules if not rule.startswith("      - alert: ")]
    kept += [rule for rule in rules if rule.startswith(f"      - alert: {alert}\n")]
    return "".join((head, *kept)) if kept else "groups: []\n"


def tried(folder: Path, test: dict[str, Any], alert: str | None = None) -> None:
    """Let promtool run one test over all rules, or over one alert's; JSON is YAML."""
    rules = [RULES / name for name in FILES]
    if alert is not None:
        for rule in rules:
            (folder / rule.name).write_text(narrowed(rule.read_text(), alert))
        rules = [folder / rule.name for rule in rules]
    file = folder / "story.json"
    files = [str(rule) for rule in rules]
    file.write_text(
        json.dumps({"rule_files": files, "evaluation_interval": test["interval"], "tests": [test]})
    )
    done = subprocess.run(
        ["promtool", "test", "rules", file],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def counters(metric: str) -> str:
    """Return a metric's name as it is scraped: those of probers count."""
    counts = metric in ("hostwatch_probe_orders", "hostwatch_probe_looks")
    return f"{metric}_total" if counts else metric


def shown(story: Story, at: int, *, firing: bool) -> dict[str, Any]:
    """Return what promtool is to find at an instant: the alert once, or not at all."""
    count = f'count(ALERTS{{alertname="{story.alert}",alertstate="firing"}})'
    samples = [{"labels": "{}", "value": 1}] if firing else []
    return {"expr": count, "eval_time": f"{at}m", "exp_samples": samples}


def labelled(story: Story) -> dict[str, Any]:
    """Return that the firing alert has exactly its labels."""
    labels = {"alertname": story.alert, "alertstate": "firing", **story.labels}
    return {
        "expr": f'ALERTS{{alertname="{story.alert}",alertstate="firing"}}',
        "eval_time": f"{story.fires_at}m",
        "exp_samples": [{"labels": series("ALERTS", labels), "value": 1}],
    }


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.alert)
def test_an_alert_fires_in_its_time(tmp_path: Path, story: Story) -> None:
    """Silent one step before, firing once with its labels, and over when its reason is."""
    replicas = (
        [{}] if "instance" in str(story.seen[0].labels) else [{"instance": "a"}, {"instance": "b"}]
    )
    tried(
        tmp_path,
        {
            "interval": f"{story.step}m",
            "input_series": [
                {
                    "series": series(counters(seen.metric), {**seen.labels, **replica}),
                    "values": seen.values,
                }
                for seen in story.seen
                for replica in replicas
            ],
            "promql_expr_test": [
                shown(story, story.silent_at, firing=False),
                shown(story, story.fires_at, firing=True),
                labelled(story),
                shown(story, story.over_at, firing=False),
            ],
        },
        story.alert,
    )


def test_without_data_only_silence_is_told(tmp_path: Path) -> None:
    """An empty Prometheus fires the watchdog and what misses its data, and nothing else."""
    names = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(WITHOUT_DATA)]
    tried(
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


def test_every_alert_has_its_story() -> None:
    """An alert that nothing tries may never fire."""
    assert {story.alert for story in STORIES} | TOLD_IN_YAML | {"HostwatchWatchdog"} == ALERTS


def test_a_gap_and_a_move_resolve_nothing(tmp_path: Path) -> None:
    """A worker that is started again for ten minutes, and another that takes over, change nothing.

    The backlog's series of the first ends, the second's begins ten minutes later; the recorded
    level has neither a gap nor a jump.
    """
    one = {"hoster": "alpha", "role": "hosting"}
    tried(
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
