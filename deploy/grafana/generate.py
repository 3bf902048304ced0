"""Writes the dashboards: `python deploy/grafana/generate.py` makes dashboards/*.json."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from colours import BLUE, RED
from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from hoster import HOSTER
from measurement import MEASUREMENT
from overview import OVERVIEW
from panels import DATASOURCE, Panel, Row, built
from pipeline import PIPELINE

FOLDER: Final = Path(__file__).parent / "dashboards"
TAG: Final = "hostwatch"
NORMS: Final = ("24h", "48h", "order")
ROLES: Final = ("hosting", "proxy")
WINDOWS: Final = ("7d", "1h", "24h", "28d")
"""The first is what a dashboard opens with: a week knows no weekday."""


def dashboards() -> dict[str, str]:
    """Return the text of each file by its name."""
    return {
        "overview.json": _text("overview", "Overview", "Which hosters have how much, and how fast they remove it.", OVERVIEW, hoster=False),
        "hoster.json": _text("hoster", "Hoster", "One hoster: its backlog, its norms, what is in doubt.", HOSTER, hoster=True),
        "measurement.json": _text("measurement", "Measurement", "Whether the figures can be trusted: vantages, probes, doubts.", MEASUREMENT, hoster=False),
        "pipeline.json": _text("pipeline", "Pipeline", "Whether the machine gets on: intake, stages, partitions.", PIPELINE, hoster=False),
    }  # one dashboard a line # fmt: skip


def _text(uid: str, title: str, about: str, rows: Sequence[Row], *, hoster: bool) -> str:
    firing = 'alertstate="firing",alertname!="HostwatchWatchdog"'
    if hoster:
        firing += ',hoster=~"|$hoster"'  # this hoster's, and those about no hoster
    made = (
        dashboard.Dashboard(f"hostwatch: {title}")
        .uid(f"hostwatch-{uid}")
        .description(about)
        .tags([TAG])
        .readonly()
        .refresh("1m")
        .time("now-28d" if uid in ("overview", "hoster") else "now-24h", "now")
        .timezone("utc")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(
            dashboard.DashboardLink("hostwatch")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .include_vars(True)
            .keep_time(True)
        )
        .annotation(_marks("Alerts", f"ALERTS{{{firing}}}", RED, "{{alertname}} {{hoster}}"))
        .annotation(
            _marks(
                "Method changes",
                "count by (method) (hostwatch_build_info) unless count by (method) (hostwatch_build_info offset 1h)",
                BLUE,
                "method {{method}}",
            )
        )
        .with_variable(
            dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
        )
    )
    followed = _followed(rows)
    for name, variable in _variables().items():
        if name in followed:
            made.with_variable(variable)
    for row in rows:
        made.with_row(dashboard.Row(row.title))
        for panel in row.panels:
            made.with_panel(built(panel, uid))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _variables() -> dict[str, Builder[models.VariableModel]]:
    """Return what may be chosen; each dashboard has what its panels follow, and nothing else."""
    custom = dashboard.CustomVariable
    return {
        "job": _query("job", "Job", "label_values(hostwatch_partitions, job)", all_value=".+"),
        "norm": custom("norm").label("Norm").values(",".join(NORMS)),
        # .* and not .+: `other` has no country, and counts where all are chosen
        "country": _query(
            "country", "Country", "label_values(hostwatch_hoster_info, country)", all_value=".*"
        ),
        "window": custom("window").label("Window").values(",".join(WINDOWS)),
        "hoster": _query("hoster", "Hoster", "label_values(hostwatch_open_cases, hoster)"),
        "role": custom("role").label("Role").values(",".join(ROLES)),
    }


def _followed(rows: Sequence[Row]) -> set[str]:
    """Return the variables that the panels' queries and titles name."""
    panels = [panel for row in rows for panel in row.panels if isinstance(panel, Panel)]
    asked = " ".join(text for p in panels for text in (p.title, *(ask.expr for ask in p.asks)))
    return set(re.findall(r"\$(\w+)", asked))


def _query(name: str, label: str, query: str, all_value: str = "") -> dashboard.QueryVariable:
    made = (
        dashboard.QueryVariable(name)
        .label(label)
        .query(query)
        .datasource(DATASOURCE)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )
    if all_value:
        made.multi(True).include_all(True).all_value(all_value)
    return made


def _marks(name: str, expr: str, colour: str, title: str) -> dashboard.AnnotationQuery:
    return (
        dashboard.AnnotationQuery()
        .name(name)
        .datasource(DATASOURCE)
        .enable(True)
        .icon_color(colour)
        .title_format(title)
        .expr(expr)
    )


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in dashboards().items():
        json.loads(text)
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
