"""Queries of what the workers say of themselves, for the dashboards Measurement and Pipeline."""

JOB = 'job=~"$job"'


DONE = f"max by (role, topic, partition) (hostwatch_consumer_processed_offset{{{JOB}}})"


def rate(metric: str, by: str, more: str = "") -> str:
    """Return a counter's rate, added up over the processes that count."""
    inside = f"{JOB},{more}" if more else JOB
    return f"sum by ({by}) (rate({metric}{{{inside}}}[$__rate_interval]))"
