"""Laws of the second reading's figures."""

import pytest
from ledger_events import GONE, KEY, ONLINE, at, notice, placed, report, slots
from second_reading import only

from verify.figures.figures import CaseAccumulator

RETURNED = [
    report(seen=0),
    placed(),
    notice(1.0),
    slots([1.1, 2], ONLINE),
    slots([5, 5.3, 5.6], GONE),
    slots([45, 45.5, 60, 75, 100], ONLINE),
    notice(40.0, hotline="beta"),
]
"""Removed in time, back on day 2, noticed again at 40 h, seen from 45 h on."""


@pytest.mark.parametrize(
    ("hours", "second"),
    [
        (68, {}),
        (70, {"second 86400 undetermined": 1}),
        (101, {"second 86400 late": 1, "second 172800 late": 1}),
    ],
)
def test_a_second_verdict_is_counted_once_its_norm_ran_out(hours, second):
    """From the return on, under its own name; the first verdicts stay what they are."""
    tally = CaseAccumulator(at(hours))
    tally.add(only(*RETURNED, hours=hours), KEY)
    counts = tally.figures().counts
    assert {name: n for name, n in counts.items() if name.startswith("second")} == second
    assert counts.get("norm 86400 at 1.0 in_time") == 1
