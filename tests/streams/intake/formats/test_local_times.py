"""Times of files become instants, or are refused."""

from zoneinfo import ZoneInfo

import pytest

from streams.intake.formats.local_times import BadTime, time_of

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "pattern", "instant"),
    [
        ("2026-03-01 12:00:00", "", "2026-03-01T11:00:00Z"),
        ("2026-07-01T12:00", "", "2026-07-01T10:00:00Z"),
        ("2026-03-01T12:00:00Z", "", "2026-03-01T12:00:00Z"),
        ("2026-03-01 12:00:00 UTC", "", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00+05:30", "", "2026-03-01T06:30:00Z"),
        ("01-03-2026 12:00", "%d-%m-%Y %H:%M", "2026-03-01T11:00:00Z"),
    ],
)
def test_a_time_is_of_its_zone_or_the_named_one(text: str, pattern: str, instant: str) -> None:
    """Summer time is that of the day."""
    assert time_of(text, ZONE, pattern) == instant


def test_of_the_hour_that_comes_twice_the_later_is_taken() -> None:
    """It falls to the hoster: a sighting is the earlier instant, all else the later one."""
    text = "2026-10-25 02:30:00"
    assert time_of(text, ZONE) == "2026-10-25T01:30:00Z"
    assert time_of(text, ZONE, earlier=True) == "2026-10-25T00:30:00Z"


@pytest.mark.parametrize(
    "text", ["", "2026-03-01", "2026-W10-1", "yesterday", "2026-03-29 02:30:00", "0001-01-01 00:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """A day alone, a word, a time in the hour that the clock left out."""
    with pytest.raises(BadTime):
        time_of(text, ZONE)


def test_a_time_without_a_zone_needs_one() -> None:
    """Nobody guesses a zone."""
    with pytest.raises(BadTime):
        time_of("2026-03-01 12:00:00", None)
