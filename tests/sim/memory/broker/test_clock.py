"""World time of a run in memory follows its loop."""

from sim.memory.broker.clock import SPEED, clock_from, settings_from

START = 1_770_000_000_000


def test_a_second_of_the_loop_is_many_of_the_world():
    """From the start of the world on, in whole milliseconds."""
    clock = clock_from(START)
    assert clock.at(0.0) == START
    assert clock.at(0.02) == START + round(20 * SPEED)
    assert clock.at(0.019_999_999_9) == clock.at(0.02)  # timers are not exact
    assert settings_from(START).speed == SPEED
