"""When material of a hoster that plays with the monitor is away: around norms, by day, for good."""

import random

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from sim.world.absences import BACK_MS, FLAPS_H, MOVED_MS, NIGHTS, TRICK_MS, absences, moved_at
from sim.world.behaviour import HONEST, RETURNS, Behaviour

NOTICED = 100 * DAY_MS


def of(behaviour: Behaviour, removed_at: int | None = NOTICED + HOUR_MS):
    return absences(behaviour, NOTICED, removed_at, random.Random(1))


@pytest.mark.parametrize("behaviour", sorted(HONEST))
def test_an_honest_hoster_s_material_is_away_for_no_trick(behaviour: Behaviour) -> None:
    """It stays until it is removed, and draws no chance."""
    chance = random.Random(1)
    before = chance.getstate()
    found = absences(behaviour, NOTICED, NOTICED + HOUR_MS, chance)
    assert (found.back_at, found.gaps) == (None, ())
    assert chance.getstate() == before


@pytest.mark.parametrize("behaviour", sorted(RETURNS))
def test_what_is_put_back_is_put_back_after_the_removal(behaviour: Behaviour) -> None:
    """And never, where it was not removed."""
    low, high = BACK_MS[behaviour]
    back_at = of(behaviour).back_at
    assert back_at is not None
    assert low <= back_at - NOTICED - HOUR_MS <= high
    assert of(behaviour, None).back_at is None


def test_who_flaps_is_off_around_each_norm() -> None:
    """A little before it, and a little after."""
    gaps = of(Behaviour.FLAPS).gaps
    assert len(gaps) == len(FLAPS_H)
    for (since, until), hours in zip(gaps, FLAPS_H, strict=True):
        assert since < NOTICED + hours * HOUR_MS < until
        assert until - since < 2 * HOUR_MS


def test_who_is_there_at_night_is_off_by_day() -> None:
    """For fourteen hours a day, from the notice on."""
    gaps = of(Behaviour.NIGHTS).gaps
    assert len(gaps) == NIGHTS
    assert {until - since for since, until in gaps} == {14 * HOUR_MS}
    assert gaps[0][0] > NOTICED


def test_a_name_that_moves_for_good_moves_while_the_material_is_there() -> None:
    """What was removed before is at the old place."""
    inside = moved_at(Behaviour.MOVES_INSIDE, NOTICED, None, random.Random(1))
    assert inside is not None
    assert NOTICED < inside < NOTICED + 6 * HOUR_MS
    assert moved_at(Behaviour.MOVES_INSIDE, NOTICED, NOTICED + 1, random.Random(1)) is None
    leaves = moved_at(Behaviour.LEAVES, NOTICED, None, random.Random(1))
    assert leaves is not None
    assert TRICK_MS <= leaves - NOTICED <= MOVED_MS[1]
    assert moved_at(Behaviour.PROMPT, NOTICED, None, random.Random(1)) is None
