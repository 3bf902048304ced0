"""What /metrics says of records that stop a role and records that are set aside."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metrics.set_aside_metrics import SetAsideCollector


def test_every_role_is_told_at_nought_too():
    """An alert that goes by the last word of a process needs a 0 to be over."""
    registry = CollectorRegistry()
    registry.register(
        SetAsideCollector(lambda: {"facts.v1": 2}, {"intake": False, "lifecycle": True})
    )
    said = [line for line in generate_latest(registry).decode().splitlines() if line[0] != "#"]
    assert said == [
        'hostwatch_record_stops_stage{role="intake"} 0.0',
        'hostwatch_record_stops_stage{role="lifecycle"} 1.0',
        'hostwatch_set_aside_records{topic="facts.v1"} 2.0',
    ]
