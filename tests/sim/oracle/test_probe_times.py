"""When the monitor probes next, by the timetable and by when it was there."""

from schemas.moments import DAY_MS, HOUR_MS
from sim.oracle.probe_times import next_probe_ms
from sim.world.outages import Outages
from sim.world.world import WORLD_START


def test_the_next_probe_is_the_next_slot_and_its_spread():
    """By the timetable: 13 min -> 15 min, 5 h -> 8 h, 80 h -> 96 h, each spread by 5 % at most."""
    assert 0.25 * HOUR_MS <= next_probe_ms(int(0.2 * HOUR_MS)) <= 0.27 * HOUR_MS
    assert 8 * HOUR_MS <= next_probe_ms(5 * HOUR_MS) <= 8.2 * HOUR_MS
    assert 96 * HOUR_MS <= next_probe_ms(80 * HOUR_MS) <= 97.2 * HOUR_MS


def test_a_probe_that_falls_into_an_outage_is_not_asked_for():
    """The first slot that was clear of every outage, its confirmation too, is the next probe."""
    outages = Outages()
    outages.begin(WORLD_START + int(7.5 * HOUR_MS))
    assert next_probe_ms(5 * HOUR_MS, WORLD_START, outages) > 300 * DAY_MS
    outages.end(WORLD_START + int(8.1 * HOUR_MS))
    assert 11.5 * HOUR_MS <= next_probe_ms(5 * HOUR_MS, WORLD_START, outages) <= 11.7 * HOUR_MS
    assert 4 * HOUR_MS <= next_probe_ms(3 * HOUR_MS, WORLD_START, outages) <= 4.2 * HOUR_MS
    assert outages.count == 1
