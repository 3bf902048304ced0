"""Makers of published cases and of whole fields of hosters with a known truth."""

from typing import Any, Final

import numpy as np

from schemas.closed_lists import CaseClass, Role
from streams.report.published_case import PublishedCase

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR


def case(
    number: int,
    *,
    hoster: str = "acme",
    incident: str = "i",
    day: int = 0,
    seen: float | None = 1,
    gone: float | None = 2,
    **columns: Any,
) -> PublishedCase:
    """Return a case; `seen` and `gone` in hours after a notice at 00:00 of a day."""
    noticed_at = day * DAY
    said: dict[str, Any] = {
        "case": f"{hoster}-{number}",
        "hoster": hoster,
        "role": Role.HOSTING,
        "hotline": "alpha",
        "incident": incident,
        "noticed_at": noticed_at,
        "last_seen_at": None if seen is None else noticed_at + round(seen * HOUR),
        "gone_at": None if gone is None else noticed_at + round(gone * HOUR),
        "case_class": CaseClass.REMOVED,
        "weight": 1.0,
        "flags": (),
    }
    return PublishedCase(**said | columns)


def drawn(
    chance: "np.random.Generator",
    hoster: str,
    share: float,
    incidents: int,
    shape: float,
    *,
    correlation: float = 0.5,
    least: int = 3,
    most: int = 1_000,
) -> list[PublishedCase]:
    """Draw a hoster's cases: incidents of Pareto sizes, alike within an incident.

    The cases of an incident are in time with a probability of its own, drawn from a beta
    distribution with the mean `share` (beta-binomial).

    Args:
        chance: draws.
        hoster: its id.
        share: true share within 24 h.
        incidents: how many.
        shape: of the Pareto distribution of their sizes.
        correlation: of two cases of one incident.
        least: cases in one incident; with fewer than 3 few hosters of 15 incidents have 30.
        most: cases in one incident, likewise.
    """
    spread = 1 / correlation - 1
    found = []
    for day in range(incidents):
        size = min(int(least * (chance.pareto(shape) + 1)), most)
        own = chance.beta(share * spread, (1 - share) * spread)
        for in_time in chance.random(size) < own:
            seen, gone = (2, 3) if in_time else (40, 41)
            found.append(
                case(
                    len(found),
                    hoster=hoster,
                    incident=f"{hoster}/{day}",
                    day=day,
                    seen=seen,
                    gone=gone,
                )
            )
    return found
