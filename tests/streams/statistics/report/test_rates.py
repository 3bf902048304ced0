"""Rates for each unit of exposure, from incidents."""

import numpy as np
import pytest

from streams.statistics.report.rates import rate


def test_a_rate_is_events_by_exposure() -> None:
    """Ten events of five incidents in 20,000 addresses: 0.5 for each thousand."""
    found = rate([2, 2, 2, 2, 2], 20)
    assert found.value == 0.5
    assert found.interval is not None
    assert found.interval[0] < 0.5 < found.interval[1]
    assert found.interval[0] * found.interval[1] == pytest.approx(0.25)


def test_larger_incidents_make_it_less_sure() -> None:
    """As many events in fewer incidents: a wider interval."""
    many, few = rate([1] * 40, 10).interval, rate([10] * 4, 10).interval
    assert many is not None
    assert few is not None
    assert few[1] / few[0] > many[1] / many[0]


def test_one_incident_has_no_interval_and_no_exposure_no_rate() -> None:
    """None, and an error."""
    assert rate([7], 10).interval is None
    assert rate([], 10) == (0.0, None)
    with pytest.raises(ValueError, match="exposure"):
        rate([1], 0)


def test_the_interval_holds_the_truth() -> None:
    """Incidents of Poisson number and any size: about 95 of 100 intervals hold the rate."""
    chance = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        sizes = [float(s) for s in chance.geometric(0.4, chance.poisson(40))]
        interval = rate(sizes, 100).interval
        assert interval is not None
        held += interval[0] <= 1.0 <= interval[1]
    assert held >= 180
