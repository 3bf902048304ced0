"""Controls go along until they were looked at, wherever the first ones were missed."""

import pytest
from ledger_events import BOTH, ONLINE, fold, look, notice, place, placed, report, slots

from schemas.facts import Facts
from schemas.reasons import Flag, NormVerdict, ProbeError, Target
from streams.explained import explained
from streams.schedule import WITH_CONTROLS, Slot

PLAIN = Slot(1_000, 2_000, (Target.URL,))
MISSED = Facts(error=ProbeError.MISSED_POLITENESS)
CONTROLS = (Target.RANDOM, Target.ROOT)


def targets(*happened, slot=PLAIN):
    """What a slot looks at after these looks."""
    state = fold(report(seen=0), placed(), notice(), *happened)
    (case,) = state.cases
    return explained(slot, state, case, BOTH).targets


def controls(facts, vantages=BOTH):
    """Looks at both controls."""
    return [look(0, facts, vantage, target=target) for vantage in vantages for target in CONTROLS]


def test_the_first_slot_is_under_way_before_anything_is_known():
    """What has no result yet may still come; nothing more is asked for."""
    assert targets() == (Target.URL,)


def test_controls_that_were_looked_at_are_asked_for_no_more():
    """They count whatever they saw, dead hosts included: they were looked at."""
    assert targets(slots([0], ONLINE)) == (Target.URL,)
    assert targets(controls(Facts(error=ProbeError.TIMEOUT))) == (Target.URL,)


@pytest.mark.parametrize(
    "looks",
    [
        [look(0, ONLINE)],
        controls(MISSED),
        controls(ONLINE, BOTH[:1]),
        [*controls(ONLINE, BOTH[:1]), *controls(MISSED, BOTH[1:])],
        controls(ONLINE)[:3],
    ],
)
def test_controls_that_a_vantage_missed_go_along_with_the_next_slot(looks):
    """Each vantage needs both, since a server may tell vantages apart."""
    assert targets(looks) == WITH_CONTROLS


def test_what_was_looked_at_elsewhere_explains_nothing_here():
    """Another company's host answers in its own way."""
    elsewhere = [look(0, ONLINE, v, target=t, hoster="other") for v in BOTH for t in CONTROLS]
    both = placed(0.0, place(hoster="acme"), place(hoster="other"))
    state = fold(report(seen=0), both, elsewhere, look(0, ONLINE))
    found = {c.hoster: explained(PLAIN, state, c, BOTH).targets for c in state.cases}
    assert found == {"acme": WITH_CONTROLS, "other": (Target.URL,)}


def test_what_was_the_same_from_the_start_is_looked_at_with_controls_every_time():
    """An answer like any other of its host is no sighting, and no late one, whenever it comes."""
    alike = slots([0], ONLINE, control=ONLINE)
    state = fold(report(seen=0), placed(), notice(), alike)
    (case,) = state.cases
    assert Flag.UNPROVEN in case.flags
    assert explained(PLAIN, state, case, BOTH).targets == WITH_CONTROLS
    bare = fold(report(seen=0), placed(), notice(), alike, slots([30, 49], ONLINE, control=None))
    with_them = fold(
        report(seen=0), placed(), notice(), alike, slots([30, 49], ONLINE, control=ONLINE)
    )
    assert NormVerdict.LATE in bare.cases[0].verdicts
    assert NormVerdict.LATE not in with_them.cases[0].verdicts


def test_a_slot_with_controls_stays_as_it_is():
    """Nothing is added to what the timetable has."""
    slot = Slot(1_000, 2_000, WITH_CONTROLS)
    state = fold(report(seen=0), placed(), notice(), [look(0, ONLINE)])
    assert explained(slot, state, state.cases[0], BOTH) is slot
