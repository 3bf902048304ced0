"""What the broker's clock shows is told from acknowledgements."""

import pytest

from agents.clock import Clock
from agents.engine.produce.broker_time import BrokerClock, BrokerTime


@pytest.mark.parametrize(
    ("appended_at", "later_ms", "at_most"),
    [
        ([7_000], 0, 7_000),  # handed in at 100, on its way for 50
        ([7_000], 900, 7_900),  # the broker's clock has gone on since
        ([7_000, 1_000], 0, 7_000),  # one of two brokers is behind
        ([-1], 0, None),  # a topic that has its writers' times
        ([], 0, None),
    ],
)
def test_what_the_brokers_clock_shows_at_most(appended_at, later_ms, at_most) -> None:
    """It is told from when records were handed in, so that no delay makes it too little."""
    steady = [100]
    told = BrokerTime(lambda: steady[0])
    assert told.at_most() is None
    handed_in = told.handed_in()
    steady[0] += 50
    told.acknowledged(handed_in, appended_at)
    steady[0] += later_ms
    assert told.at_most() == (None if at_most is None else at_most + 50)
    assert told.at_least() == at_most


@pytest.mark.parametrize(
    ("shown_ms", "apart_ms"),
    [(7_000, 0), (7_050, 0), (7_051, 1), (6_999, -1), (187_050, 180_000)],
)
def test_how_far_a_clock_is_from_the_brokers(shown_ms, apart_ms) -> None:
    """What the way to the broker and back took is held for nobody's fault."""
    steady = [100]
    told = BrokerTime(lambda: steady[0])
    assert told.apart_ms(shown_ms) is None
    handed_in = told.handed_in()
    steady[0] += 50
    told.acknowledged(handed_in, [7_000])
    assert told.apart_ms(shown_ms) == apart_ms


def test_world_time_is_the_brokers_once_that_is_known() -> None:
    """However wrong the machine's clock is; until then it is asked."""
    steady = [100]
    told = BrokerTime(lambda: steady[0])
    machine = Clock(1_000, 50_000, 2)
    clock = BrokerClock(machine, told)
    assert abs(clock.now() - machine.now()) < 60_000
    told.acknowledged(told.handed_in(), [4_000])
    assert clock.now() == machine.world(4_000) == 56_000
    steady[0] += 500
    assert clock.now() == 57_000
