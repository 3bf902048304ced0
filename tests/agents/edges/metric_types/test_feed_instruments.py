"""A feed's delay has buckets for what registries say of feeds."""

from agents.edges.metric_types.feed_instruments import CHANGES, FEED_BOUNDS_S, FEED_DELAY
from schemas.records.registry import HotlineEntry


def test_a_feed_in_time_and_one_too_late_are_told_apart() -> None:
    """At the delay of a hotline that registers none, and at a file a day."""
    usual = HotlineEntry(id="north", version=1, valid_from=0, name="North").feed_delay_s
    assert usual in FEED_BOUNDS_S
    assert max(FEED_BOUNDS_S) == 36 * 3_600
    assert sorted(FEED_BOUNDS_S) == list(FEED_BOUNDS_S)


def test_hotlines_are_told_apart_by_delay_and_not_by_what_they_are_told() -> None:
    """A result has a series each."""
    assert FEED_DELAY.labels == ("hotline",)
    assert int(CHANGES.series_max) == 3
