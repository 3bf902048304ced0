"""What /metrics says of proposals that wait."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metrics.proposal_metrics import ProposalCollector


def test_the_oldest_that_waits_is_told_and_none_is_absent():
    """A time of 0 would be half a century old, and the alert would fire."""
    for at, said in (
        (None, []),
        (5_000, ["hostwatch_oldest_waiting_proposal_timestamp_seconds 5.0"]),
    ):
        registry = CollectorRegistry()
        registry.register(ProposalCollector(lambda at=at: at))
        lines = generate_latest(registry).decode().splitlines()
        assert [line for line in lines if line[0] != "#"] == said
