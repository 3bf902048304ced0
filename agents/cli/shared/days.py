"""Dates that a person types."""

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from agents.errors import UserError
from schemas.moments import Instant, instant

YEARS: Final = (1970, 9998)
"""Of instants, from the epoch on; a year more, which periods are reckoned with, still is a date."""

FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Noticed from 00:00 UTC on.")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Noticed before 00:00 UTC.")
]


def day_of(option: str, text: str | None) -> Instant:
    """Return the beginning of a day, UTC.

    Args:
        option: that the date was typed behind.
        text: the date; None = it was left out.

    Raises:
        UserError: it is no date, or of another year than `YEARS`.
    """
    try:
        day = datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UserError(f"{option}: a date like 2026-01-01") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise UserError(f"{option}: a date of the years {YEARS[0]} to {YEARS[1]}")
    return instant(day)
