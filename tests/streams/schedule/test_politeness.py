"""How often a server is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import MINUTE_MS
from streams.schedule.politeness import (
    BACK_OFF_MAX_S,
    BACK_OFF_S,
    LANES_MAX,
    Politeness,
    lanes_of,
    network_of,
)

FOREVER = 1 << 60


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("255.255.255.255", "255.255.255.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
    ],
)
def test_politeness_counts_addresses_by_24_and_48(address: str, network: str) -> None:
    """Addresses are counted by /24 and /48."""
    assert network_of(address) == network


@given(
    per_minute=st.integers(1, 600),
    asks=st.lists(
        st.tuples(st.integers(0, 5_000), st.sampled_from(["a", "b"]), st.integers(1, 4)),
        min_size=1,
        max_size=80,
    ),
)
def test_no_lane_is_asked_more_than_its_share(per_minute: int, asks) -> None:
    """In no minute does a lane get more than N probes, whatever order they come in."""
    politeness, now = Politeness(per_minute), 0
    slots: dict[str, list[int]] = {}
    for step_ms, hoster, last in asks:
        now += step_ms
        lanes = lanes_of(hoster, f"192.0.{last}.1", "x.example")
        slot_at = politeness.book(lanes, now, FOREVER)
        assert slot_at is not None
        assert slot_at >= now
        for lane in lanes:
            slots.setdefault(lane, []).append(slot_at)
    for booked in slots.values():
        booked.sort()
        for at in booked:
            assert sum(at <= other < at + MINUTE_MS for other in booked) <= per_minute


def test_what_cannot_be_in_time_is_known_at_once() -> None:
    """The probe that would come after its window books nothing; others are undisturbed."""
    politeness = Politeness(30)
    crowded, free = lanes_of("a", "192.0.2.1", "x"), lanes_of("b", "198.51.100.1", "y")
    assert [politeness.book(crowded, 0, 10_000) for _ in range(7)] == [
        0,
        2_000,
        4_000,
        6_000,
        8_000,
        10_000,
        None,
    ]
    assert politeness.earliest(crowded, 0) == 12_000
    assert politeness.book(free, 0, 10_000) == 0


def test_each_request_of_a_probe_takes_room() -> None:
    """A probe of four requests takes the room of four."""
    politeness = Politeness(60)
    lanes = lanes_of("a", "192.0.2.1", "x")
    politeness.book(lanes, 0, 0)
    politeness.charge(lanes, 4)
    assert politeness.earliest(lanes, 0) == 4_000
    politeness.charge(lanes, 0)
    assert politeness.earliest(lanes, 0) == 4_000


@pytest.mark.parametrize(
    ("asked", "given_s"), [(None, BACK_OFF_S), (5, 5), (1, 1), (999_999, BACK_OFF_MAX_S)]
)
def test_after_429_the_name_rests_and_its_neighbours_do_not(asked, given_s) -> None:
    """The name rests as long as it asked for, within bounds; its neighbours do not."""
    politeness = Politeness(60)
    one, two = lanes_of("a", "192.0.2.1", "x"), lanes_of("a", "192.0.2.1", "y")
    politeness.back_off(one[-1], 0, asked)
    assert politeness.earliest(one, 0) == given_s * 1_000
    assert politeness.resting(one, given_s * 1_000 - 1)
    assert not politeness.resting(one, given_s * 1_000)
    assert politeness.earliest(two, 0) == 0


def test_lanes_whose_moment_has_passed_are_forgotten() -> None:
    """Lanes whose moment has passed are forgotten."""
    politeness = Politeness(60_000)
    for number in range(LANES_MAX + 10):
        politeness.book((f"name {number}",), number, FOREVER)
        politeness.back_off(f"name {number}", number * 1_000, 1)
    assert len(politeness._free_at) <= LANES_MAX + 1
    assert len(politeness._rest_until) <= LANES_MAX + 1


def test_hosters_that_nobody_knows_do_not_slow_each_other():
    """Their probes wait for their network, address and name alone."""
    politeness = Politeness(1)
    lanes = [lanes_of("unknown", f"{number}.0.2.1", "x.example") for number in (192, 198, 203)]
    assert [politeness.book(one, 0, FOREVER) for one in lanes] == [0] * 3
    assert politeness.book(lanes[0], 0, FOREVER) > 0
