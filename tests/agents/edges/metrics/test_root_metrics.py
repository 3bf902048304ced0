"""What /metrics says of the newest root."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metrics.root_metrics import RootCollector


def test_the_end_of_the_newest_hour_is_told_and_0_if_there_is_none():
    """The alert passes over a 0."""
    name = "hostwatch_newest_root_timestamp_seconds"
    for at, said in ((None, [f"{name} 0.0"]), (5_000, [f"{name} 5.0"])):
        registry = CollectorRegistry()
        registry.register(RootCollector(lambda at=at: at))
        lines = generate_latest(registry).decode().splitlines()
        assert [line for line in lines if line[0] != "#"] == said
