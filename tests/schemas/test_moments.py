"""Instants: between RFC 3339, datetimes and milliseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import moments

LAST_MS = 253_402_300_799_999  # the end of the year 9999


@given(st.integers(-62_135_596_800_000, LAST_MS))
def test_every_instant_survives_the_way_to_a_datetime_and_back(at: int) -> None:
    """Every millisecond of the years 1 to 9999 survives the way to a datetime and back."""
    assert moments.instant(moments.moment(at)) == at


def test_below_a_millisecond_is_cut() -> None:
    """Microseconds are cut, not rounded, before the epoch too, so order is kept."""
    assert moments.instant(datetime(1970, 1, 1, 0, 0, 0, 1_999, UTC)) == 1
    assert moments.instant(datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)) == -1


def test_zones_name_one_instant() -> None:
    """A time in another zone is the same instant."""
    there = datetime(2026, 3, 9, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert moments.instant(there) == moments.instant(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive datetime is no instant."""
    with pytest.raises(ValueError, match="without a zone"):
        moments.instant(datetime(2026, 3, 9))  # noqa: DTZ001 - a naive one is the case


def test_rfc3339_is_utc_to_the_second() -> None:
    """Written times end in Z and show whole seconds."""
    assert moments.rfc3339(1_772_971_200_999) == "2026-03-08T12:00:00Z"
