"""Laws of rest: after which entries another probe tells nothing new."""

import pytest

from schemas.moments import HOUR_MS
from schemas.reasons import Expected, Verdict
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.automaton import walk

ASKED = ("north", "south")
HOURS = (5.0, 5.2, 5.6)


def looks(hour, verdict, **said):
    """Return a probe of each vantage, and of a control."""
    at = round(hour * HOUR_MS)
    fields = {"slot_at": at, "asked": ASKED, "present": 1} | said
    seen = [
        TimelineEntry(at + n, EntryKind.PROBED, at, v, verdict, **fields)
        for n, v in enumerate(ASKED)
    ]
    return [*seen, TimelineEntry(at + 9, EntryKind.CONTROL, at, "north", asked=ASKED, alive=True)]


def gone(**said):
    """Return the probes of a removal."""
    return [one for hour in HOURS for one in looks(hour, Verdict.GONE_HARD, **said)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(looks(1, Verdict.ONLINE), Expected.SEEN, id="seen"),
        pytest.param(gone(), Expected.ENDED, id="removed"),
        pytest.param(
            [*gone(away=True, present=0), *looks(40, Verdict.GONE_HARD, away=True, present=0)],
            None,
            id="moved: the name may lead back, and that opens it again",
        ),
        pytest.param(looks(5, Verdict.GONE_HARD), Expected.DOUBTED, id="in doubt"),
        pytest.param(
            [one for hour in HOURS for one in looks(hour, Verdict.UNREACHABLE)],
            Expected.BARRED,
            id="barred",
        ),
    ],
)
def test_what_rests(entries, expected):
    """It says which probes are expected."""
    assert walk(entries, 0)[-1].expected is expected
