"""In a quiet stretch the walk takes the first and last sighting of each vantage, and no other."""

from random import Random

import pytest
from ledger_events import (
    BOTH,
    GONE,
    LIMITED,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    fold,
    gone_run,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
)
from msgspec import structs

from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import statements_about as said
from streams.lifecycle.evidence.timeline import timeline_of
from streams.lifecycle.machine import walk as walks
from streams.lifecycle.machine.automaton import apply_entry, begin, close_cases
from streams.lifecycle.machine.walk import walk

DISTURBING = (
    lambda hours: observation(hours, GONE, SOUTH),
    lambda hours: observation(hours, GONE, NORTH),
    lambda hours: slot(hours, GONE),
    gone_run,
    lambda hours: observation(hours, LIMITED, NORTH),
    lambda hours: observation(hours, structs.replace(ONLINE, length=90), SOUTH),
    lambda hours: check(hours, "absent"),
    lambda hours: placed(hours, place("other"), vantage=NORTH),
    lambda hours: report(hours, hotline="beta", id="r2", seen=hours - 1),
)


@pytest.mark.parametrize("seed", range(40))
def test_of_sightings_that_say_the_same_again_the_walk_takes_the_first_and_the_last(seed: int):
    """It comes to what the steps of all entries come to, whatever happens between them."""
    chance = Random(seed)
    hours = [2 + n * 0.7 for n in range(24)]
    quiet = slots(hours, ONLINE, chance.choice((BOTH, [NORTH])), control=None)
    happened = [chance.choice(DISTURBING)(chance.uniform(2, 18)) for _ in range(4)]
    state = fold(report(seen=0), placed(), slot(1, ONLINE), notice(1), quiet, *happened)
    for spell in hosting_spells(state)[0]:
        seen = timeline_of(state, spell, said(state, spell))
        walked = begin(at(0))
        for entry in seen:
            apply_entry(walked, entry)
        assert walk(seen, at(0)) == close_cases(walked)


def test_the_walk_passes_over_sightings_in_a_quiet_stretch(monkeypatch):
    """A case that is online for long costs what its changes cost."""
    quiet = slots([*range(2, 24)], ONLINE, control=None)
    state = fold(report(seen=0), placed(), notice(1), slot(1.5, ONLINE), quiet)
    (spell,), _ = hosting_spells(state)
    seen = timeline_of(state, spell, said(state, spell))
    taken, take = [], walks.apply_entry
    monkeypatch.setattr(walks, "apply_entry", lambda *its: taken.append((its[1], take(*its))))
    walk(seen, at(0))
    assert len([entry for entry, _ in taken if entry.repeats]) == 4
    assert len([entry for entry in seen if entry.repeats]) > 40
