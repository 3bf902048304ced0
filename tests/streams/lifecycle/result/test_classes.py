"""Laws of an ended case's class (docs/measurement.md, Classes)."""

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from schemas.reasons import CaseClass
from streams.lifecycle.machine.episode import End
from streams.lifecycle.result.classes import Sighted, ended, unobserved_since


def at(hours):
    return None if hours is None else round(hours * HOUR_MS) + 30 * DAY_MS


def end(state=CaseClass.REMOVED, gone=50.0):
    return End(state, None, at(gone), at(gone + 1), announced_only=False)


CASES = [
    # seen by probes, by the hotline, notice; gone at 50 h
    (None, None, 40, "never_online"),
    (None, None, None, "never_online"),
    (10, None, None, "ended_without_notice"),
    (49, 0, 50, "gone_before_notice"),
    (49, 0, 60, "gone_before_notice"),
    (49, 0, 49.5, "removed"),
    (45, None, 40, "removed"),
    (16, None, 40, "removed"),
    (15.9, None, 40, "gone_before_notice"),
    (15.9, 16, 40, "removed"),
    (None, 16, 40, "removed"),
    (None, 15.9, 40, "gone_before_notice"),
]


@pytest.mark.parametrize(("seen", "hotline", "noticed", "expected"), CASES)
def test_the_first_that_fits_holds(seen, hotline, noticed, expected):
    """Never online, ended without a notice, gone before it, else what ended it."""
    sighted = Sighted(at(seen), at(hotline), observed=seen is not None)
    assert ended(end(), sighted, at(noticed)) == expected


@pytest.mark.parametrize("state", [CaseClass.DARK, CaseClass.MOVED])
@pytest.mark.parametrize("noticed", [None, 40, 60])
def test_no_notice_makes_a_dead_host_or_a_move_another_end(state, noticed):
    """Neither is in time nor late, so when the hoster was told makes no difference."""
    assert ended(end(state), Sighted(at(10), None, observed=True), at(noticed)) is state


@pytest.mark.parametrize(
    ("hotline", "noticed", "observed", "expected"),
    [
        (30, 40, False, 40),
        (45, 40, False, 45),
        (30, 40, True, None),
        (None, 40, False, None),
        (30, None, False, None),
        (30, 60, False, None),
        (10, 40, False, None),
    ],
)
def test_l_of_what_no_probe_saw(hotline, noticed, observed, expected):
    """It is the later of what the hotline saw and the notice, and only of a removal."""
    sighted = Sighted(None, at(hotline), observed=observed)
    assert unobserved_since(end(), sighted, at(noticed)) == at(expected)
