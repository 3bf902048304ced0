"""What cases of a URL share: notices in time, words taken back, decisions in force."""

import pytest
from ledger_events import (
    GONE,
    MISSED,
    ONLINE,
    at,
    decision,
    fold,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import HotlineMode
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import statements_about
from streams.lifecycle.evidence.timeline import timeline_of
from streams.lifecycle.machine.case_history import CaseEnds
from streams.lifecycle.result.url_context import Probes, SpellProbes, UrlContext, in_force
from streams.norms.measurability import Around
from streams.norms.punctuality import HOURS


def context(*happened) -> UrlContext:
    return UrlContext(fold(report(), placed(), *happened))


def test_who_reported_it_and_when_first() -> None:
    """By hotline; the earliest of all opens it."""
    of = context(report(5, hotline="beta", id="r2"), report(3, id="r3"))
    assert of.hotlines == ("alpha", "beta")
    assert of.reported_by == {"alpha": at(0), "beta": at(5)}
    assert of.reported_at == at(0)


def test_a_replay_tells_nobody() -> None:
    """Nor does a hotline whose reports start the clock need a notice."""
    assert context().has_live_report
    assert not UrlContext(fold(report(mode=HotlineMode.HISTORIC), placed())).has_live_report
    assert len(UrlContext(fold(report(mode=HotlineMode.ON_REPORT), placed())).on_report) == 1


def test_notices_are_asked_for_by_time() -> None:
    """From an instant on and before another."""
    of = context(notice(1), notice(9, hotline="beta"), notice(5, hotline="gamma"))
    assert [since for since, _ in of.notices(None, None, "")] == [at(1), at(5), at(9)]
    assert [since for since, _ in of.notices(at(2), at(9), "")] == [at(5)]


@pytest.mark.parametrize(
    ("said", "ended", "last", "back"),
    [
        (0, (), None, True),
        (6, (), None, False),
        (0, (4,), None, False),
        (0, (6,), 6, True),
        (2, (1,), 1, False),
        (2, (1,), None, True),
        (2, (1, 8), 8, True),
    ],
)
def test_a_withdrawal_takes_back_what_was_said_before_an_end(said, ended, last, back: bool) -> None:
    """One after R changes nothing, and another hotline's nothing at all.

    An R from before what was said counts while nothing followed it.
    """
    of = context(withdrawal(5))
    ends = CaseEnds([at(one) for one in ended], (), None if last is None else at(last))
    assert of.is_taken_back("alpha", at(said), at(said), ends) is back
    assert not of.is_taken_back("beta", at(said), at(said), ends)


def test_a_decision_that_was_revoked_is_not_in_force() -> None:
    """A revocation that was revoked itself takes nothing back."""
    exclude = decision(1)
    revoke = decision(2, "revoke", revokes="d1exclude")
    again = decision(3, "revoke", revokes="d2revoke")
    assert context(exclude).excluded == {"": [at(1)]}
    assert context(exclude, revoke).excluded == {}
    assert context(exclude, revoke, again).excluded == {"": [at(1)]}
    state = fold(report(), exclude, revoke)
    assert [one.id for one in in_force(state.decisions)] == ["d2revoke"]


def test_a_probe_counts_in_its_slot_if_it_came_to_something() -> None:
    """A miss does not, nor does what lies between the norm slots."""
    probes = [slots([HOURS[0], 5, HOURS[2]], ONLINE, control=None), slots([HOURS[1]], MISSED)]
    state = fold(report(), placed(), *probes)
    (spell,) = hosting_spells(state)[0]
    assert Probes(state).on_time(spell, at(0)) == 0b101
    assert Probes(state).on_time(spell, at(0) + 1) == 0


def test_what_probes_around_a_norm_showed() -> None:
    """Asked once or often, the answer is the same."""
    state = fold(report(seen=0), placed(), notice(1), slots([2, 3], ONLINE), slots([30], GONE))
    (spell,) = hosting_spells(state)[0]
    shown = SpellProbes(timeline_of(state, spell, statements_about(state, spell)), ())
    near, empty = Around(at(1.5), at(2.5)), Around(at(10), at(20))
    first = shown.around(near)
    assert first.conclusive
    assert shown.around(near) == first
    assert not shown.around(empty).conclusive


def test_who_saw_it_past_an_instant() -> None:
    """Beside a control that differs, and up to L."""
    state = fold(report(seen=0), placed(), notice(1), slots([2, 3, 4], ONLINE))
    (spell,) = hosting_spells(state)[0]
    shown = SpellProbes(timeline_of(state, spell, statements_about(state, spell)), ())
    sightings, checks = shown.past(at(2.5), None)
    assert {one.vantage for one in sightings} == {"north", "south"}
    assert len(sightings) == 4
    assert checks == []
    assert shown.past(at(5), None) == ([], [])
