"""Laws of repeating: which resolutions leave open where a URL is.

See docs/measurement.md, When it is probed.
"""

import pytest

from schemas.moments import HOUR_MS
from streams.lifecycle.evidence.repeated_resolutions import RANGES_MAX, lacking, within
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry

HERE, GONE, SILENT = 1, 0, -1


def items(*said):
    """Return resolutions: hours, and whether they name the owner."""
    return [
        TimelineEntry(
            round(h * HOUR_MS),
            EntryKind.NAMED,
            round(h * HOUR_MS),
            "north",
            dns_names_owner=present,
        )
        for h, present in said
    ]


HISTORIES = {
    "named all the time": ([(0, HERE), (1, HERE), (50, HERE)], []),
    "lacking once": ([(0, HERE), (50, GONE), (50.2, HERE)], [50]),
    "lacking for good": ([(0, HERE), (50, GONE), (51, GONE), (90, GONE)], [50]),
    "in turns within a day": ([(0, HERE), (1, GONE), (2, HERE), (3, GONE), (24, GONE)], [1]),
    "again another day": ([(0, HERE), (1, GONE), (2, HERE), (30, HERE), (40, GONE)], [1, 40]),
    "without an answer": ([(0, HERE), (1, SILENT), (2, HERE)], []),
}


@pytest.mark.parametrize(("said", "hours"), HISTORIES.values(), ids=HISTORIES)
def test_an_owner_that_is_lacking_is_asked_for_again(said, hours) -> None:
    """From the first resolution without it after one with it, for 24 h, and once a day at most."""
    found = lacking(items(*said))
    assert found == [(h * HOUR_MS, (h + 24) * HOUR_MS) for h in hours]


def test_a_case_has_its_own_and_a_bounded_number() -> None:
    """What began before it opened is another's."""
    ranges = [(n * HOUR_MS, (n + 1) * HOUR_MS) for n in range(20)]
    assert within(ranges, 2 * HOUR_MS, 4 * HOUR_MS) == tuple(ranges[2:4])
    assert within(ranges, 0, None) == tuple(ranges[:RANGES_MAX])
