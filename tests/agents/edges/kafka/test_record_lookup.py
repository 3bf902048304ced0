"""Which topics hold records that can be set aside."""

import pytest

from agents.edges.kafka.record_lookup import is_ours


@pytest.mark.parametrize(
    ("topic", "ours"),
    [
        *(("reports.v1", True), ("facts.v1", True), ("cases.v1", True)),
        *(("hotline.north.v1", True), ("probes.home.v1", True)),
        ("skips.v1", False),  # what sets aside is not set aside
        *(("hotline.v1", False), ("hotline.north.south.v1", False), ("other.v1", False)),
        *(("", False), ("Reports.v1", False), ("reports.v11", False)),
    ],
)
def test_a_topic_of_the_ledger_is_ours(topic: str, ours: bool) -> None:
    """Those of one hotline or vantage too; another name of the broker is none."""
    assert is_ours(topic) is ours
