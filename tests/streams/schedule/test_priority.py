"""Which probe goes first."""

import pytest

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.processing import ProbeOrder
from streams.norms.punctuality import ON_TIME_MS
from streams.schedule.priority import (
    REST_WAIT_MS,
    at_new_address,
    queue_request,
    rank,
    rank_once_late,
)

NOW = 1_770_000_000_000
HOUR = 1.0


def order(slot_h: float = 0.0, *, window_h: float = HOUR, **said) -> ProbeOrder:
    slot_at = NOW + round(slot_h * HOUR_MS)
    fields = {
        "order_id": "o",
        "url_key": "0" * 32,
        "case_id": "c",
        "hoster": "acme",
        "vantage": "north",
        "target": Target.URL,
        "slot_at": slot_at,
        "not_before": slot_at,
        "not_after": slot_at + round(window_h * HOUR_MS),
        "asked": (),
        "sealed": "",
    }
    return ProbeOrder(**{**fields, **said})


NORM_SLOT = order(bracket=True, window_h=6)
ON_TIME = order(window_h=0.1)
LATE = order(-0.2)
REST = order(sampled=False, bracket=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NORM_SLOT, ON_TIME),
        (ON_TIME, LATE),
        (LATE, REST),
        (order(-0.01, bracket=True), NORM_SLOT),
        (ON_TIME, order(window_h=0.2)),
        (LATE, order(-0.5, window_h=0.6)),
        (REST, order(-0.2, sampled=False)),
        (NORM_SLOT, order(bracket=True, target=Target.ROOT)),
        (NORM_SLOT, order(-0.1, bracket=True)),
    ],
)
def test_orders_rank_by_norm_time_and_sample(first: ProbeOrder, second: ProbeOrder) -> None:
    """Around a norm, then on time, then late, then what is not of the sample; and within each."""
    assert rank(first, NOW) < rank(second, NOW)


def test_slots_of_a_few_minutes_are_equally_new() -> None:
    """So those that came first go first, and a burst does not push itself out."""
    slot_at = NOW // ON_TIME_MS * ON_TIME_MS
    alike = {rank(order(sampled=False, slot_at=slot_at + n * MINUTE_MS), NOW) for n in range(5)}
    assert len(alike) == 1


def test_what_lost_its_chance_falls_behind_what_has_one() -> None:
    """It becomes one that came late; others stay what they are."""
    by = NORM_SLOT.slot_at + ON_TIME_MS
    before = rank(NORM_SLOT, NOW)
    assert rank_once_late(before, NORM_SLOT.slot_at, by) is None
    after = rank_once_late(before, NORM_SLOT.slot_at, by + 1)
    assert after == rank(NORM_SLOT, by + 1)
    assert rank(ON_TIME, NOW) < after < rank(REST, NOW)
    for one in (ON_TIME, LATE, REST):
        assert rank_once_late(rank(one, NOW), one.slot_at, NOW + HOUR_MS) is None


def test_what_is_not_of_the_sample_waits_no_longer_than_an_hour() -> None:
    """Its window may be longer; that of a probe of the sample is what it is."""
    for one, waits_until in (
        (order(window_h=6), NOW + 6 * HOUR_MS),
        (order(window_h=6, sampled=False), NOW + REST_WAIT_MS),
        (order(window_h=0.5, sampled=False), NOW + HOUR_MS // 2),
    ):
        asked = queue_request(one, ("hoster a",), NOW)
        assert (asked.not_after, asked.slot_at) == (waits_until, one.slot_at)
        assert (asked.lanes, asked.rank) == (("hoster a",), rank(one, NOW))


@pytest.mark.parametrize("one", [NORM_SLOT, ON_TIME, LATE, REST])
def test_a_probe_whose_name_has_moved_goes_first_among_its_like(one) -> None:
    """It keeps its class of rank, its slot and its window, and falls behind when it would have."""
    before = queue_request(one, ("hoster a", "address b"), NOW)
    after = at_new_address(before, ("hoster a", "address c"), NOW)
    assert (after.lanes, after.slot_at, after.not_after) == (
        ("hoster a", "address c"),
        before.slot_at,
        before.not_after,
    )
    assert after.rank[0] == before.rank[0]
    assert after.rank <= before.rank
    for at in (NOW, one.slot_at + ON_TIME_MS + 1):
        assert rank_once_late(after.rank, after.slot_at, at) == rank_once_late(
            before.rank, before.slot_at, at
        )
