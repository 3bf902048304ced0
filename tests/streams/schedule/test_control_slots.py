"""Controls go along until they were probed, wherever the first ones were missed."""

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    LIMITED,
    ONLINE,
    REFUSED,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
)

from schemas.closed_lists import Flag, NormVerdict, ProbeError, Target
from schemas.records.facts import Facts
from streams.schedule.control_slots import with_controls
from streams.schedule.steps import WITH_CONTROLS, Slot

PLAIN = Slot(1_000, 2_000, (Target.URL,))
MISSED = Facts(error=ProbeError.MISSED_POLITENESS)
CONTROLS = (Target.MADE_UP_PATH, Target.ROOT)


def targets(*happened, slot=PLAIN):
    """What a slot asks for after these observations."""
    state = fold(report(seen=0), placed(), notice(), *happened)
    (case,) = state.cases
    return with_controls(slot, state, case, BOTH).targets


def controls(facts, vantages=BOTH):
    """Observations of both controls."""
    return [
        observation(0, facts, vantage, target=target) for vantage in vantages for target in CONTROLS
    ]


def test_the_first_slot_is_under_way_before_anything_is_known():
    """What has no result yet may still come; nothing more is asked for."""
    assert targets() == (Target.URL,)


@pytest.mark.parametrize("answer", [GONE, REFUSED, Facts(status=302), Facts(status=200)])
def test_controls_that_told_something_are_asked_for_no_more(answer):
    """Whatever the host answers there, it answered."""
    assert targets(slots([0], ONLINE, control=answer)) == (Target.URL,)


@pytest.mark.parametrize("silence", [DEAD, LIMITED, Facts(status=503), Facts(challenge=True)])
def test_silent_controls_are_asked_for_until_silence_is_the_answer(silence):
    """One that failed told nothing; three over half an hour do. The root is asked once."""
    first = slots([0], ONLINE, control=silence)
    for hours, asked in (([0.25], WITH_CONTROLS), ([0.25, 0.5], (Target.URL,))):
        assert targets(first, slots(hours, ONLINE, control=silence)) == asked
    assert targets(first, slots([0.25], ONLINE)) == (Target.URL,)
    roots = [observation(0, DEAD, v, target=Target.ROOT) for v in BOTH]
    randoms = [observation(0, GONE, v, target=Target.MADE_UP_PATH) for v in BOTH]
    assert targets(roots, randoms) == (Target.URL,)


def test_controls_of_a_vantage_whose_canary_is_dead_told_nothing():
    """What it sees counts for nothing, controls too."""
    assert targets(slots([0], ONLINE, canary_ok=False)) == WITH_CONTROLS


@pytest.mark.parametrize(
    "observations",
    [
        [observation(0, ONLINE)],
        controls(MISSED),
        controls(ONLINE, BOTH[:1]),
        [*controls(ONLINE, BOTH[:1]), *controls(MISSED, BOTH[1:])],
        controls(ONLINE)[:3],
    ],
)
def test_controls_that_a_vantage_missed_go_along_with_the_next_slot(observations):
    """Each vantage needs both, since a server may tell vantages apart."""
    assert targets(observations) == WITH_CONTROLS


def test_what_was_probed_elsewhere_explains_nothing_here():
    """Another hoster's host answers in its own way."""
    elsewhere = [
        observation(0, ONLINE, v, target=t, hoster="other") for v in BOTH for t in CONTROLS
    ]
    both = placed(0.0, place(hoster="acme"), place(hoster="other"))
    state = fold(report(seen=0), both, elsewhere, observation(0, ONLINE))
    found = {c.hoster: with_controls(PLAIN, state, c, BOTH).targets for c in state.cases}
    assert found == {"acme": WITH_CONTROLS, "other": (Target.URL,)}


def test_what_was_the_same_from_the_start_is_probed_with_controls_every_time():
    """An answer like any other of its host is no sighting, and no late one, controls or not."""
    alike = slots([0], ONLINE, control=ONLINE)
    state = fold(report(seen=0), placed(), notice(), alike)
    (case,) = state.cases
    assert Flag.UNPROVEN in case.flags
    assert with_controls(PLAIN, state, case, BOTH).targets == WITH_CONTROLS
    bare = fold(report(seen=0), placed(), notice(), alike, slots([30, 49], ONLINE, control=None))
    with_them = fold(
        report(seen=0), placed(), notice(), alike, slots([30, 49], ONLINE, control=ONLINE)
    )
    assert NormVerdict.LATE not in bare.cases[0].verdicts
    assert NormVerdict.LATE not in with_them.cases[0].verdicts


def test_a_slot_with_controls_stays_as_it_is():
    """Nothing is added to what the timetable has."""
    slot = Slot(1_000, 2_000, WITH_CONTROLS)
    state = fold(report(seen=0), placed(), notice(), [observation(0, ONLINE)])
    assert with_controls(slot, state, state.cases[0], BOTH) is slot
