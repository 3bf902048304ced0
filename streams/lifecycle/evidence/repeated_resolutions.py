"""When resolutions leave open where a URL is, so that they are repeated.

See docs/measurement.md, When it is probed.
"""

from collections.abc import Iterable, Sequence

from schemas.moments import DAY_MS, Instant
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.timeline_entry import TimelineEntry

REPEATED_MS = DAY_MS
"""A resolution that says something new is repeated for so long at most."""

RANGES_MAX = 7
"""A name that answers otherwise day after day is asked again on a week of days, as in doubt."""

TimeRange = tuple[Instant, Instant]


def new_owners(spells: Iterable[HostingSpell], pending: Iterable[Instant]) -> list[TimeRange]:
    """Return from when until when a new owner's name is asked again."""
    ranges = [(at, at + REPEATED_MS) for at in pending]
    for spell in spells:
        ranges += [(at, min(spell.opening_known_at, at + REPEATED_MS)) for at in spell.new_at]
    return sorted(one for one in ranges if one[0] < one[1])


def lacking(entries: Iterable[TimelineEntry]) -> list[TimeRange]:
    """Return from when until when an owner that a resolution lacks is asked for again."""
    ranges: list[TimeRange] = []
    was_here = True
    lacked_at: Instant | None = None
    for entry in entries:
        present = entry.dns_names_owner
        if present < 0 or (present > 0 and was_here) or entry.recheck:
            continue
        if present == 0:
            often = lacked_at is not None and entry.at - lacked_at <= REPEATED_MS
            if was_here and not often:
                ranges.append((entry.at, entry.at + REPEATED_MS))
            lacked_at = entry.at
        was_here = present > 0
    return ranges


def within(
    ranges: Sequence[TimeRange], since: Instant, until: Instant | None
) -> tuple[TimeRange, ...]:
    """Return the ranges that begin while a case goes on, `RANGES_MAX` at most."""
    if not ranges:
        return ()
    mine = sorted(one for one in ranges if since <= one[0] and (until is None or one[0] < until))
    return tuple(mine[:RANGES_MAX])
