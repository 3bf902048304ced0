"""Figures of an instant are those of what was written by then, however they are kept."""

import gc

import pytest

from schemas.moments import HOUR_MS
from sim.memory import run as runs
from sim.memory.acceptance.shown import ShownRun
from sim.memory.run import Size
from sim.memory.scenarios.catalogue import SCENARIOS
from streams import lifecycle

SEED = 1


def test_cases_of_an_instant_are_folded_from_what_was_written_by_then():
    """What is kept of one instant is used for another only if nothing was written between."""
    shown = ShownRun(runs.play(SCENARIOS["storm"], SEED, 0.2, Size(hosters=6)))
    ledger, begins_at = shown.played.ledger, shown.day(0)
    stood = set()
    for key in ledger:
        for hours in (*range(7), 2, 2):
            at = begins_at + hours * HOUR_MS
            said = [one for one in ledger[key] if one[1] <= at]
            assert ledger.many(key, at) == len(said)
            expected = lifecycle.advance(key, None, said).cases if said else ()
            assert shown.folded(key, at) == expected
            stood.add(expected)
    assert len(stood) > 2 * len(ledger)


@pytest.fixture
def before():
    """Return thresholds of the collector that are nobody else's."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0] + 1, *usual[1:])
    yield gc.get_threshold()
    gc.set_threshold(*usual)


def test_the_collector_is_left_as_it_was(monkeypatch, before):
    """A run looks for cycles less often, and whoever comes after it as before; also if it fails."""
    within = []
    judged = runs._judged

    def seen(*args):
        within.append(gc.get_threshold())
        return judged(*args)

    monkeypatch.setattr(runs, "_judged", seen)
    runs.play(SCENARIOS["flood"], SEED, 0.1)
    assert within == [(runs.YOUNG_MAX, *before[1:])]
    assert gc.get_threshold() == before
    monkeypatch.setattr(runs, "_judged", None)
    with pytest.raises(TypeError):
        runs.play(SCENARIOS["flood"], SEED, 0.1)
    assert gc.get_threshold() == before
