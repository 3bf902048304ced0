"""Laws of the counts of what stages worked off."""

from collections import Counter
from enum import StrEnum

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metric_types.declaration import Declared
from agents.edges.metric_types.instruments import ATTRIBUTED, FOLDED
from agents.edges.metrics.attribution_metrics import Placed
from agents.edges.metrics.result_metrics import ResultCollector
from streams.lifecycle import FoldResult


def exposed(metric: Declared, results: type[StrEnum], counts: Counter[StrEnum] | None) -> str:
    """Return what a scrape says."""
    registry = CollectorRegistry()
    registry.register(ResultCollector(metric, results, lambda: counts))
    return generate_latest(registry).decode()


@pytest.mark.parametrize(("metric", "results"), [(ATTRIBUTED, Placed), (FOLDED, FoldResult)])
def test_every_result_is_there_and_none_where_the_stage_does_not_run(metric, results) -> None:
    """A rate needs the 0 before the first; a process without the stage has no share in it."""
    first, *_ = results
    text = exposed(metric, results, Counter({first: 5}))
    for result in results:
        count = 5.0 if result is first else 0.0
        assert f'{metric.name}_total{{result="{result}"}} {count}' in text
    assert "_total{" not in exposed(metric, results, None)
    assert metric.series_max == str(len(results))
