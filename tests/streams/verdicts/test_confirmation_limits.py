"""What confirms an answer takes longer than chance and less than a norm."""

from schemas.moments import HOUR_MS, MINUTE_MS
from streams.verdicts.confirmation_limits import CONFIRM_PROBES_MIN, CONFIRM_SPAN_MS


def test_it_is_what_the_source_gives() -> None:
    """Three failures in a row, of which half an hour makes no chance."""
    assert (CONFIRM_PROBES_MIN, CONFIRM_SPAN_MS) == (3, 30 * MINUTE_MS)


def test_a_removal_can_be_confirmed_well_within_an_hour() -> None:
    """Else a hoster that removes in time would be called late for the confirmation."""
    assert CONFIRM_SPAN_MS < HOUR_MS
