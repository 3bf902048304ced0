"""Laws of the feed's own delay: from the delivery proof of a notice to its append."""

import pytest
from ledger_events import notice, report
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metric_types.feed_instruments import FEED_BOUNDS_S, FEED_DELAY
from agents.edges.metrics.feed_metrics import FeedCollector, FeedDelays
from schemas.closed_lists import HotlineMode
from schemas.moments import HOUR_MS

SENT, _ = notice(1.0)


def exposed(delays: FeedDelays | None) -> str:
    """Return what a scrape says."""
    registry = CollectorRegistry()
    registry.register(FeedCollector(lambda: delays))
    return generate_latest(registry).decode()


def told_of(hours: float, **given) -> str:
    """Return what is said of one notice that was received so many hours after its proof."""
    delays = FeedDelays()
    received_at = SENT.noticed_at + round(hours * HOUR_MS)
    reported, _ = report()
    delays.add([None, reported, replace(SENT, received_at=received_at, **given)])
    return exposed(delays)


def test_a_notice_counts_by_what_its_feed_took() -> None:
    """A file a day stands in the bucket of its age, under its hotline, one notice once."""
    text = told_of(12.5)
    series = f'{FEED_DELAY.name}_bucket{{hotline="{SENT.hotline}",le='
    assert f'{series}"43200.0"}} 0.0' in text
    assert f'{series}"129600.0"}} 1.0' in text
    assert f'{FEED_DELAY.name}_sum{{hotline="{SENT.hotline}"}} 45000.0' in text


@pytest.mark.parametrize(("hours", "given"), [(0, {}), (3, {"mode": HotlineMode.HISTORIC})])
def test_a_notice_without_proof_or_from_a_replay_has_no_feed_delay(hours, given) -> None:
    """A notice without a proof counts from its append; a replayed one comes years later."""
    assert "_bucket{" not in told_of(hours, **given)


def test_a_proof_from_a_clock_that_is_ahead_counts_as_no_delay() -> None:
    """Up to 5 min ahead are taken."""
    assert f'{FEED_DELAY.name}_sum{{hotline="{SENT.hotline}"}} 0.0' in told_of(-0.05)


def test_a_process_without_intake_says_nothing() -> None:
    """It has no share in the sum."""
    assert "_bucket{" not in exposed(None)
    assert FEED_DELAY.series_max == f"{len(FEED_BOUNDS_S) + 3} per hotline"
