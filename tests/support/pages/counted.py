"""What a counter of this process has counted."""

from prometheus_client import Counter


def counted(counter: Counter) -> dict[str, float]:
    """Return the counts above 0 by the value of the counter's one label."""
    samples = [sample for family in counter.collect() for sample in family.samples]
    return {value: one.value for one in samples for value in one.labels.values() if one.value}
