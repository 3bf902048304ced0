"""A world that is changed while it runs."""

import pytest

from schemas.moments import DAY_MS
from sim.live.steered import Steered
from sim.world.behaviour import PLAYS_WITH_NOBODY
from sim.world.world import WORLD_START, Plan, World

AT = WORLD_START + 2 * DAY_MS
END = WORLD_START + 8 * DAY_MS


@pytest.fixture
def plan():
    """Seed 4's world."""
    return Plan(seed=4, port=18_080)


def test_who_goes_bad_keeps_what_was_there_and_the_past_stays(plan):
    """Removals until then stand, later ones do not come, and nobody else changes."""
    world, plain = Steered(plan), World(plan)
    world.extend(AT)
    bad = world.next_bad()
    world.go_bad(bad.id, AT)
    changed = 0
    for item, as_planned in zip(world.material(END), plain.material(END), strict=True):
        if item.hoster == bad.id and (as_planned.removed_at or 0) > AT:
            assert item.removed_at is None
            changed += 1
        else:
            assert item == as_planned
        assert world.at(item.host, item.path) == item
    assert changed > 1
    assert world.bad == (bad.id,)


def test_hosters_go_bad_one_after_the_other_the_busiest_honest_first(plan):
    """Each that removes and plays with nobody goes bad once, and then nobody is left."""
    world, found = Steered(plan), []
    while (hoster := world.next_bad()) is not None:
        world.go_bad(hoster.id, AT)
        found.append(hoster)
    assert {hoster.behaviour for hoster in found} == PLAYS_WITH_NOBODY
    weights = [hoster.weight for hoster in found]
    assert weights == sorted(weights, reverse=True)
    assert len({hoster.id for hoster in found}) == len(found)


def test_in_a_pause_nothing_is_found_and_everything_else_is_said(plan):
    """Material and records are those of the plan without what was first reported in the pause."""
    world, plain = Steered(plan), World(plan)
    world.pause(AT)
    assert world.paused
    world.pause(AT + DAY_MS)  # twice is once
    world.resume(AT + DAY_MS)
    assert not world.paused
    found = world.material(END)
    assert found == [i for i in plain.material(END) if not AT < i.reported_at <= AT + DAY_MS]
    said = world.events(WORLD_START - 1, END)
    whole = plain.events(WORLD_START - 1, END)
    assert set(map(id, said)) <= set(map(id, world._events))
    assert 0 < len(said) < len(whole)
    assert [event for event in said if event.at <= AT] == [e for e in whole if e.at <= AT]


def test_a_pause_that_goes_on_lets_nothing_be_found(plan):
    """Until they are told to go on the hotlines report nothing new."""
    world = Steered(plan)
    world.pause(AT)
    assert all(item.reported_at <= AT for item in world.material(END))
