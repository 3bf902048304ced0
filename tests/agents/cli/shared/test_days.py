"""Dates that a person types."""

import pytest

from agents.cli.shared.days import day_of
from agents.errors import UserError
from schemas.moments import DAY_MS


def test_a_day_begins_at_midnight_utc() -> None:
    """Anything else names the option and a form that would do."""
    assert day_of("--from", "1970-01-03") == 2 * DAY_MS
    for text in (None, "", "1970-1", "03-01-1970", "1970-01-03T00:00"):
        with pytest.raises(UserError, match="--from: a date like"):
            day_of("--from", text)
    for text in ("0001-01-01", "9999-12-31"):
        with pytest.raises(UserError, match="--to: a date of the years"):
            day_of("--to", text)
