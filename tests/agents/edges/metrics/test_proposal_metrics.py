"""What /metrics says of proposals that wait."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metrics.proposal_metrics import ProposalCollector


def test_the_oldest_that_waits_is_told_and_0_if_none_does():
    """The alert passes over a 0."""
    name = "hostwatch_oldest_waiting_proposal_timestamp_seconds"
    for at, said in ((None, [f"{name} 0.0"]), (5_000, [f"{name} 5.0"])):
        registry = CollectorRegistry()
        registry.register(ProposalCollector(lambda at=at: at))
        lines = generate_latest(registry).decode().splitlines()
        assert [line for line in lines if line[0] != "#"] == said
