"""What goes wrong is drawn from a seed, as often as it is to, and not once it is over."""

import random
from collections import Counter

from schemas.moments import HOUR_MS, MINUTE_MS
from sim.memory.broker.faults import STEPS_MAX, Fault, FaultRates, Faults

OFTEN = FaultRates(
    late=0.5, twice=0.5, missed=0.5, lost=0.5, reordered=0.5, crash_h=1.0, pause_h=1.0
)


def faults(rates: FaultRates = OFTEN, seed: int = 1) -> Faults:
    return Faults(rates, random.Random(seed), Counter())


def drawn(of: Faults) -> list:
    return [
        (of.lag(1, 5), of.again_ms(), of.leaves_out(), of.loses(), of.misses(), of.harm(hour))
        for hour in range(0, 40 * HOUR_MS, HOUR_MS)
    ]


def test_a_seed_decides_what_goes_wrong() -> None:
    """So that a failing one can be played again."""
    assert drawn(faults()) == drawn(faults())
    assert drawn(faults()) != drawn(faults(seed=2))


def test_without_faults_nothing_goes_wrong() -> None:
    """And nothing is counted."""
    calm = faults(FaultRates())
    assert {one[1:] for one in drawn(calm)} == {(None, False, False, False, None)}
    assert not calm.counts


def test_what_happened_is_counted() -> None:
    """By its kind."""
    rough = faults()
    found = drawn(rough)
    assert rough.counts[Fault.TWICE] == sum(one[1] is not None for one in found)
    assert rough.counts[Fault.LOST] == sum(one[3] for one in found)
    harms = [one[5] for one in found if one[5] is not None]
    assert rough.counts[Fault.CRASH] == sum(harm.pause_ms == 0 for harm in harms) > 0
    assert rough.counts[Fault.PAUSE] == sum(harm.pause_ms > 0 for harm in harms) > 0
    assert {harm.step for harm in harms} <= set(range(STEPS_MAX))


def test_nothing_goes_wrong_once_it_is_over() -> None:
    """A run ends in good order."""
    rough = faults()
    rough.over = True
    assert {one[1:] for one in drawn(rough)} == {(None, False, False, False, None)}


def test_what_is_late_is_late_by_minutes() -> None:
    """Beside the wait that every record has."""
    lags = [faults(seed=seed).lag(10, 20) for seed in range(200)]
    assert min(lags) >= 10
    assert max(lags) <= 20 + 5 * MINUTE_MS
    assert sum(lag > 20 for lag in lags) > 50
