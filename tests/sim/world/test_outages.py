"""When the monitor was away, it is asked of nothing."""

from sim.world.outages import Outages


def test_a_span_that_goes_on_spares_nothing_after_it():
    """Until it ends, and by its two ends themselves."""
    away = Outages()
    assert away.spare(0, 100)
    away.begin(10)
    assert (away.count, away.last_is_open, away.total_ms) == (1, True, 0)
    assert away.spare(0, 9)
    assert not away.spare(500, 600)
    away.end(20)
    assert (away.last_is_open, away.total_ms) == (False, 10)
    assert away.spare(21, 600)
    assert not away.spare(20, 600)
    assert not away.spare(0, 10)
