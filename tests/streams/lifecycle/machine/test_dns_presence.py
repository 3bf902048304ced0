"""Laws of leaving: which resolutions say that an owner serves a URL no more.

Rules 1.3 and 1.4 of docs/measurement.md.
"""

import pytest

from schemas.moments import HOUR_MS
from streams.lifecycle.evidence.owner import RESOLVER
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.dns_presence import DnsPresence

HERE, GONE, SILENT = 1, 0, -1


def resolved(hour, vantage, present, asked=("north", "south")):
    """Return a resolution that a probe made."""
    at = round(hour * HOUR_MS)
    return TimelineEntry(
        at, EntryKind.PROBED, at, vantage, ordered_vantages=asked, dns_names_owner=present
    )


def named(hour, vantage, present):
    """Return a resolution that was written by itself."""
    at = round(hour * HOUR_MS)
    return TimelineEntry(at, EntryKind.NAMED, at, vantage, dns_names_owner=present)


BEFORE = [resolved(h, v, HERE) for h in (0, 1) for v in ("north", "south")]
WITHOUT = [resolved(h, v, GONE) for h in (5, 6) for v in ("north", "south")]

HISTORIES = {
    "named by everybody": (BEFORE, None),
    "not yet a day": ([*BEFORE, *WITHOUT], None),
    "for a day": ([*BEFORE, *WITHOUT, resolved(25, "north", GONE)], 5),
    "once by a vantage": ([*BEFORE, *WITHOUT[:3], resolved(30, "north", GONE)], None),
    "named again": ([*BEFORE, *WITHOUT, named(20, "south", HERE), named(30, "south", GONE)], None),
    "a day after it was named again": (
        [*BEFORE, *WITHOUT, named(8, "south", HERE), *(named(h, "south", GONE) for h in (20, 32))],
        20,
    ),
    "the stage of attribution names it": (
        [*BEFORE, *WITHOUT, named(20, RESOLVER, HERE), resolved(30, "north", GONE)],
        None,
    ),
    "the stage of attribution alone lacks it": ([*BEFORE, named(40, RESOLVER, GONE)], None),
    "a vantage that is asked no more names it": (
        [
            *BEFORE,
            resolved(4, "west", HERE, asked=("north", "south", "west")),
            *WITHOUT,
            resolved(25, "north", GONE),
        ],
        5,
    ),
    "a hidden re-check names it": (
        [*BEFORE, *WITHOUT, resolved(20, "hidden", HERE), resolved(25, "north", GONE)],
        5,
    ),
    "a vantage whose name servers fell silent": (
        [*BEFORE, resolved(4, "south", SILENT), *WITHOUT[::2], resolved(25, "north", GONE)],
        5,
    ),
}


@pytest.mark.parametrize(("entries", "left_h"), HISTORIES.values(), ids=HISTORIES)
def test_an_owner_has_left_after_a_day_without_it(entries, left_h) -> None:
    """The newest two of every vantage asked lack it, and all of the last 24 h; from the first."""
    presence = DnsPresence()
    for entry in entries:
        presence.note_resolution(entry)
    left_at = presence.left_at(entries[-1].at)
    assert left_at == (None if left_h is None else left_h * HOUR_MS)
