"""Tables: the queries of a panel as columns of one table, a line for each hoster."""

from collections.abc import Sequence
from typing import Final, Protocol

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import dashboard as models

HOSTER_LINK: Final = (
    "/d/hostwatch-hoster?${{datasource:queryparam}}&var-hoster={value}&${{__url_time_range}}"
)
"""Leads to the dashboard of one hoster; `value` is Grafana's name for its id."""


class Column(Protocol):
    """What a table has to know of a query."""

    @property
    def legend(self) -> str:
        """Return the heading; empty = its value is no column, its labels are."""

    @property
    def unit(self) -> str:
        """Return the column's own unit, empty for the panel's."""


def joined(asks: Sequence[Column]) -> table.Panel:
    """Return a table in which each query is a column, told by its legend, the first one leading.

    Args:
        asks: the queries in order, the letters of which are A, B, ...
    """
    values = ["Value"] if len(asks) == 1 else [f"Value #{letter}" for letter in "ABCDEFGHIJ"]
    columns = list(zip(values, asks, strict=False))
    made = table.Panel().transformations(
        [
            models.DataTransformerConfig(id_val="merge", options={}),
            models.DataTransformerConfig(
                id_val="organize",
                options={
                    "excludeByName": {
                        "Time": True,
                        **{value: True for value, ask in columns if not ask.legend},
                    },
                    "renameByName": {
                        "hoster": "Hoster",
                        "name": "Name",
                        "country": "Country",
                        **{value: ask.legend for value, ask in columns if ask.legend},
                    },
                },
            ),
        ]
    )
    made.override_by_name("Hoster", [link("${__value.text}")])
    for _, ask in columns:
        if ask.unit:
            made.override_by_name(
                ask.legend, [models.DynamicConfigValue(id_val="unit", value=ask.unit)]
            )
    if asks[0].legend:
        made.sort_by([common.TableSortByFieldState().display_name(asks[0].legend).desc(True)])
    return made


def link(value: str) -> models.DynamicConfigValue:
    """Return the link from a hoster to its dashboard."""
    links = [{"title": "This hoster", "url": HOSTER_LINK.format(value=value)}]
    return models.DynamicConfigValue(id_val="links", value=links)
