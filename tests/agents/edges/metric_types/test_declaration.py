"""Instruments are made of what is declared, and no registry holds them yet."""

import pytest
from prometheus_client import REGISTRY

from agents.edges.metric_types.declaration import Declared, counter, histogram, together

TOOK = Declared(
    name="hostwatch_test_seconds",
    help="How long it took.",
    labels=("role", "topic"),
    unit="seconds",
)


def test_a_counter_counts_under_its_labels() -> None:
    """Nobody asks when its series began."""
    made = counter(Declared(name="hostwatch_test_things", help="Things.", labels=("kind",)))
    made.labels("one").inc(3)
    samples = [(one.name, one.value) for found in made.collect() for one in found.samples]
    assert samples == [("hostwatch_test_things_total", 3.0)]
    assert "hostwatch_test_things" not in {found.name for found in REGISTRY.collect()}


def test_histograms_of_several_parts_are_one_family() -> None:
    """Each under its value of the label that they share."""
    parts = {role: histogram(TOOK, (1.0,), shared=1) for role in ("intake", "probe")}
    parts["intake"].labels("reports.v1").observe(0.5)
    parts["probe"].labels("orders.v1").observe(2.0)
    family = together(TOOK, parts)
    found = {
        (one.labels["role"], one.labels["topic"], one.labels["le"]): one.value
        for one in family.samples
        if one.name.endswith("_bucket")
    }
    assert found["intake", "reports.v1", "1.0"] == 1
    assert found["probe", "orders.v1", "1.0"] == 0
    assert found["probe", "orders.v1", "+Inf"] == 1
    assert family.type == "histogram"


def test_a_label_that_was_not_declared_is_refused() -> None:
    """A typing mistake would be a series of its own."""
    with pytest.raises(ValueError, match="label"):
        counter(TOOK).labels(rolle="intake", topic="reports.v1")
