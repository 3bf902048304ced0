"""Dates that a person types."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from agents.errors import UserError
from schemas.moments import Instant, instant

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
        UserError: it is no date.
    """
    try:
        return instant(datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        raise UserError(f"{option}: a date like 2026-01-01") from None
