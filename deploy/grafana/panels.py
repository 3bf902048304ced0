"""Panels as a table has them: what is asked, how it is drawn, and what it means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from colours import BLUE, WORDS
from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    text,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as queries
from links import links
from tables import joined, link

DATASOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")

WORDED: Final = re.compile(r"\{\{(outcome|verdict|result)\}\}")
"""Legends that are words of a closed list."""

Kind = Literal["stat", "lines", "bars", "table", "heatmap", "state", "gauge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One query of a panel.

    Attributes:
        expr: PromQL.
        legend: what its lines are called; in a table the heading of its column.
        colour: of its lines; None = that of the word they are called by, or a shade.
        band: it is a bound that is drawn with the following query as a band.
        unit: of its column, in a table; empty = the panel's.
        mappings: texts that are shown in the place of its numbers, as Grafana has them; such a
            query is asked for the present alone.
    """

    expr: str
    legend: str = ""
    colour: str | None = None
    band: bool = False
    unit: str = ""
    mappings: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel.

    Attributes:
        title, text: what it is, and how it is to be read.
        unit: Grafana's name of it.
        asks: the queries.
        kind: how it is drawn.
        width, height: in the grid of 24.
        steps: thresholds as (from, colour), ascending; none on purpose where a colour would judge.
            Beside lines they are drawn as dashed ones.
        stacked: lines lie on one another.
        minimum, maximum: of the axis.
    """

    title: str
    text: str
    unit: str
    asks: tuple[Ask, ...]
    kind: Kind = "lines"
    width: int = 12
    height: int = 8
    steps: tuple[tuple[float, str], ...] = ()
    stacked: bool = False
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPanel:
    """A panel of text."""

    title: str
    markdown: str
    width: int = 24
    height: int = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row, its panels in order of the flow."""

    title: str
    panels: tuple[Panel | TextPanel, ...]


def built(panel: Panel | TextPanel, uid: str) -> Builder[models.Panel]:
    """Return the panel as the SDK takes it, with where it leads to on the dashboard it is on."""
    if isinstance(panel, TextPanel):
        return (
            text.Panel()
            .title(panel.title)
            .description(panel.title)
            .content(panel.markdown)
            .span(panel.width)
            .height(panel.height)
        )
    made = _drawn(panel)
    made.title(panel.title).description(panel.text).unit(panel.unit).datasource(DATASOURCE)
    made.span(panel.width).height(panel.height).thresholds(_thresholds(panel.steps))
    made.links(links(uid, panel.title))
    if panel.minimum is not None:
        made.min(panel.minimum)
    if panel.maximum is not None:
        made.max(panel.maximum)
    if any("{{hoster}}" in ask.legend for ask in panel.asks):
        made.with_override(
            models.MatcherConfig(id_val="byType", options="number"),
            [link("${__field.labels.hoster}")],
        )
    for letter, ask in zip("ABCDEFGHIJ", panel.asks, strict=False):
        made.with_target(_query(letter, ask, panel.kind))
        if ask.colour is not None:
            made.override_by_query(letter, [_fixed(ask.colour)])
        if ask.mappings:
            shown = models.DynamicConfigValue(id_val="mappings", value=list(ask.mappings))
            made.override_by_query(letter, [shown])
    return made


def _drawn(panel: Panel):  # noqa: ANN202 - the SDK's panels share no type with these methods
    match panel.kind:
        case "stat":
            return (
                stat.Panel()
                .graph_mode(shapes.BigValueGraphMode.AREA)
                .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            )
        case "gauge":
            return (
                bargauge.Panel()
                .orientation(shapes.VizOrientation.HORIZONTAL)
                .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            )
        case "table":
            return joined(panel.asks)
        case "heatmap":
            return heatmap.Panel()
        case "state":
            # its own choice would be a scale from green over yellow to red
            steps = dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)
            return statetimeline.Panel().color_scheme(steps)
        case _:
            return _lines(panel)


def _lines(panel: Panel) -> timeseries.Panel:
    made = (
        timeseries.Panel()
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.SHADES).fixed_color(BLUE))
        .line_width(2)
        .fill_opacity(20 if panel.stacked else 0)
        .legend(
            common.VizLegendOptions()
            .display_mode(shapes.LegendDisplayMode.LIST)
            .placement(shapes.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI))
    )
    if panel.kind == "bars":
        made.draw_style(shapes.GraphDrawStyle.BARS).fill_opacity(60).line_width(1)
    if panel.steps:
        mode = common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED)
        made.thresholds_style(mode)
    if any(WORDED.fullmatch(ask.legend) for ask in panel.asks):
        for word, colour in WORDS.items():
            made.override_by_name(word, [_fixed(colour)])
    if panel.stacked:
        made.stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL))
    bands = [
        (low.legend, high.legend)
        for low, high in zip(panel.asks, panel.asks[1:], strict=False)
        if low.band
    ]
    for low, high in bands:
        made.override_by_name(
            high,
            [
                models.DynamicConfigValue(id_val="custom.fillBelowTo", value=low),
                models.DynamicConfigValue(id_val="custom.fillOpacity", value=15),
            ],
        )
    return made


def _query(letter: str, ask: Ask, kind: Kind) -> prometheus.Dataquery:
    made = (
        prometheus.Dataquery()
        .ref_id(letter)
        .expr(ask.expr)
        .legend_format(ask.legend or "__auto")
        .datasource(DATASOURCE)
    )
    if kind == "table":
        made.instant().format(queries.PromQueryFormat.TABLE)
    elif ask.mappings:
        made.instant()
    elif kind == "heatmap":
        made.range().format(queries.PromQueryFormat.HEATMAP)
    else:
        made.range()
    return made


def _fixed(colour: str) -> models.DynamicConfigValue:
    return models.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})


def _thresholds(steps: tuple[tuple[float, str], ...]) -> dashboard.ThresholdsConfig:
    """Return thresholds; without any all values have one colour that says nothing."""
    found = [models.Threshold(value=None, color=steps[0][1] if steps else BLUE)]
    found += [models.Threshold(value=value, color=colour) for value, colour in steps[1:]]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)
