"""How long records took is counted by lists, by the age of their oldest record."""

from agents.engine.observe.latency import BOUNDS_S, LatencyHistogram
from agents.engine.stage import Received


def records(*appended_at: int) -> list[Received]:
    return [Received("t", 0, n, at, b"", b"") for n, at in enumerate(appended_at)]


def test_a_list_counts_by_its_oldest_record() -> None:
    """Each of its records as long as that one took."""
    took = LatencyHistogram()
    took.done(records(10_000, 4_000, 9_000), 5_000)
    assert took.counts == [0, 0, 3, *[0] * (len(BOUNDS_S) - 2)]
    assert took.sum_s == 3.0
    assert took.last_at == 5_000


def test_a_bound_belongs_to_what_is_below_it() -> None:
    """As with Prometheus; what took longer than all counts above all."""
    took = LatencyHistogram()
    took.done(records(0), 250)
    took.done(records(0), 251)
    took.done(records(0), 100_000_000)
    assert (took.counts[1], took.counts[2], took.counts[-1]) == (1, 1, 1)


def test_a_broker_whose_clock_is_ahead_took_no_time() -> None:
    """Less than none would lower a sum that only rises."""
    took = LatencyHistogram()
    took.done(records(9_000), 5_000)
    assert (took.counts[0], took.sum_s) == (1, 0.0)
