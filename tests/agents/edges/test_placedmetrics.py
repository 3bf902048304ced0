"""Laws of the counts of attributed reports."""

from collections import Counter

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.placedmetrics import Placed, PlacedCollector


def exposed(counts: Counter[Placed] | None) -> str:
    registry = CollectorRegistry()
    registry.register(PlacedCollector(lambda: counts))
    return generate_latest(registry).decode()


def test_every_result_is_there_and_none_where_nothing_is_attributed():
    """A rate needs the 0 before the first; a process that does not attribute has no share in it."""
    text = exposed(Counter({Placed.HOSTER: 5}))
    for result in Placed:
        count = 5.0 if result is Placed.HOSTER else 0.0
        assert f'hostwatch_attributed_reports_total{{result="{result}"}} {count}' in text
    assert "_total{" not in exposed(None)
