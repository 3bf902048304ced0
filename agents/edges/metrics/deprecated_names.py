"""Metrics under the names of the release before, for one release beside the new ones."""

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client.metrics_core import Metric

OLD_NAMES: Final = {
    "hostwatch_consumer_processed_offset": "hostwatch_consumer_done_records",
    "hostwatch_hosters_in_other": "hostwatch_folded_hosters",
    "hostwatch_probe_get_comparisons": "hostwatch_probe_checked_looks",
    "hostwatch_probe_observations": "hostwatch_probe_looks",
    "hostwatch_probe_orders_past_slot": "hostwatch_probe_orders_overdue",
    "hostwatch_report_to_notice_seconds": "hostwatch_hotline_delay_seconds",
}
"""The old name of a metric by its name. Rules, dashboards and documents use the new names alone."""


def with_old_names(families: Iterable[Metric]) -> Iterator[Metric]:
    """Give metrics, and those that have an old name once more under it.

    Args:
        families: what a collector gives.
    """
    for family in families:
        yield family
        old_name = OLD_NAMES.get(family.name)
        if old_name is not None:
            yield _renamed(family, old_name)


def _renamed(family: Metric, name: str) -> Metric:
    text = f"Old name of {family.name}; the next release does not have it."
    old = Metric(name, text, family.type, family.unit)
    old.samples = [
        sample._replace(name=name + sample.name.removeprefix(family.name))
        for sample in family.samples
    ]
    return old
