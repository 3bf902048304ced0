"""The figure `not measurable`: what blocks or is silent is counted and ends nothing."""

import pytest
from ledger_events import (
    CONTROL,
    DEAD,
    GONE,
    KEY,
    LIMITED,
    ONLINE,
    REFUSED,
    at,
    class_of,
    fold,
    notice,
    placed,
    report,
    slots,
    told,
)

from schemas.closed_lists import CaseClass
from schemas.codec import STATE
from schemas.moments import HOUR_MS
from streams.case_class import class_at
from streams.norms.measurability import around, is_measurable
from streams.rollup.case_table import CaseTable, flat

NORM_S = 86_400
ONCE = [1, 1.3, 2]
"""Sightings; the notice comes at 1 h, so its norm of 24 h runs out at 25 h."""


def measurable(case, hours):
    return is_measurable(case, class_at(case, at(hours)), at(hours))


@pytest.mark.parametrize(
    ("norm_s", "since_h", "until_h"),
    [(86_400, 23.5, 30.3), (3_600, 0.9, 2.1), (172_800, 47.5, 73.2), (43_200, 11.5, 18.275)],
)
def test_around_a_norm_lie_the_last_slot_before_it_and_two_after(norm_s, since_h, until_h) -> None:
    """The spread of the last of them is part of it."""
    found = around(at(0), at(0), norm_s)
    assert found is not None
    assert (found.since, found.until) == (at(since_h), at(until_h))


def test_where_no_norm_runs_there_is_nothing_around_it() -> None:
    """No notice, no clock, or a norm that the timetable does not reach."""
    assert around(None, None, NORM_S) is None
    assert around(at(0), None, NORM_S) is None
    assert around(at(0), at(0), 100 * NORM_S) is None


@pytest.mark.parametrize("facts", [LIMITED, DEAD], ids=["blocked", "silent"])
def test_hidden_around_its_norm(facts) -> None:
    """Seen before and after, but not between the last slot before the norm and the second after."""
    case = told(slots(ONCE, ONLINE), slots([24.6, 25.6], facts), slots([32], ONLINE))
    assert (case.norm_probes.conclusive, case.norm_probes.blocked) == (False, True)
    assert not measurable(case, 40)
    assert measurable(case, 31)  # the second slot's time is not over
    shown = told(slots(ONCE, ONLINE), slots([24.6], facts), slots([25.6], GONE))
    assert measurable(shown, 40)


def test_whom_nobody_probed_hid_nothing() -> None:
    """Probes that were missed, or of a vantage whose canary is dead, are the monitor's own."""
    assert measurable(told(slots(ONCE, ONLINE)), 40)
    blind = told(slots(ONCE, ONLINE), slots([24.6, 25.6], LIMITED, canary_ok=False))
    assert measurable(blind, 40)


def test_a_table_without_phases_that_are_over_says_the_same() -> None:
    """What a rollup leaves out of a case is kept as a bit."""
    observations = [*slots(ONCE, ONLINE), *slots([h / 2 for h in range(100, 160)], LIMITED)]
    state = fold(report(seen=0), placed(), notice(1), observations, slots([90], ONLINE))
    assert not measurable(state.cases[0], 100)
    table = CaseTable()
    table.put_record(bytes.fromhex(KEY), STATE.encode(state), at(100))
    (held,) = flat(table.snapshot(table.groups()[0]))
    assert len(held.phases) < len(state.cases[0].phases)
    assert not is_measurable(held, CaseClass.ONLINE, at(100))


def test_a_refusal_of_the_url_alone_is_no_hiding() -> None:
    """The URL alone refused to every vantage is a removal, if the controls are healthy."""
    minutes = [24.6 + m / 60 for m in (0, 10, 20, 31)]
    case = told(slots(ONCE, ONLINE), slots(minutes, REFUSED, control=CONTROL))
    assert class_of(case, 40) == "removed"
    assert measurable(case, 40)


def test_unavailable_for_a_day() -> None:
    """A day without a break, whatever follows; a dark host is not hiding."""
    dead = told(slots(ONCE, ONLINE), slots([h / 2 for h in range(100, 160)], LIMITED))
    since = next(p.from_at for p in dead.phases if p.case_class is CaseClass.UNAVAILABLE)
    hours = (since - at(0)) / HOUR_MS
    assert class_of(dead, hours + 23) == "unavailable"
    assert measurable(dead, hours + 23.9)
    assert not measurable(dead, hours + 24)
    assert is_measurable(dead, CaseClass.DARK, at(hours + 24))
