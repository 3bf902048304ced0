"""A case that nobody gave notice of is probed as if noticed.

See docs/measurement.md, When it is probed.
"""

import itertools

from ledger_events import CONTROL, KEY, ONLINE, at, classes, fold, observation, placed, report, slot

from schemas.closed_lists import Target
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from schemas.records.facts import Facts
from streams import lifecycle
from streams.schedule.slots import due, slots

GONE = Facts(status=404, type="text/html", length=200)
SILENT = Facts(error="timeout")
STEP_MS = 5 * MINUTE_MS


def followed(facts, days):
    """Return the case after every slot that falls due was probed, with the same answer."""
    state = fold(report(seen=0), placed(), slot(0, ONLINE))
    after = now = at(0)
    while now < at(24 * days):
        found, following = due(state.cases[0], after, now)
        for planned in found:
            hour = (planned.at - at(0)) / HOUR_MS
            seen = [
                observation(
                    hour, facts if target is Target.URL else CONTROL, vantage, target=target
                )
                for target in planned.targets
                for vantage in ("north", "south")
            ]
            state = lifecycle.advance(KEY, state, seen)
            after = planned.at
        if following is None:
            break
        now = max(now + STEP_MS, following)
    return state.cases[0]


def test_doubt_before_a_notice_is_probed_every_ten_minutes():
    """A gone verdict on an awaiting case brings the slots of a doubt, controls with the first."""
    state = fold(report(seen=0), placed(), slot(0, ONLINE), observation(4, GONE, "north"))
    (case,) = state.cases
    assert classes(case) == ["awaiting", "expired"]
    planned = [s for s in slots(case) if at(4) < s.at < at(5)]
    assert len(planned) >= 5
    assert Target.MADE_UP_PATH in planned[0].targets


def test_what_is_removed_before_a_notice_ends_without_one():
    """The timetable alone brings the probes that confirm it."""
    assert "ended_without_notice" in classes(followed(GONE, 3))


def test_a_dead_host_is_probed_daily_without_a_notice():
    """An unavailable case is probed daily whether or not it was noticed."""
    case = followed(SILENT, 6)
    planned = [s.at for s in slots(case) if at(24 * 5) < s.at < at(24 * 9)]
    assert all(b - a <= DAY_MS * 1.1 for a, b in itertools.pairwise(planned))
    assert planned
