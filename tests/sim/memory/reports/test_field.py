"""Who takes part in the worlds that reports are made of."""

from schemas.moments import DAY_MS
from sim.memory.reports.field import COHORT, HOSTERS, HOTLINES, JUDGED, REQUEST, WORLD
from sim.world import hosters
from sim.world.world import World


def test_hosters_have_addresses_of_their_own() -> None:
    """None shares a number or an id with a hoster of the practice world."""
    others = [one for one in hosters.ALL if one not in HOSTERS]
    numbers = [one.number for one in (*HOSTERS, *others)]
    ids = [one.id for one in (*HOSTERS, *others)]
    assert len(set(numbers)) == len(numbers)
    assert len(set(ids)) == len(ids)
    assert {one.second for one in JUDGED} - {""} <= {one.id for one in HOSTERS}


def test_a_world_is_reported_in_the_period_and_watched_after_it() -> None:
    """Nothing is reported after the period, and the world lasts until the report may be made."""
    assert tuple(one.id for one in HOTLINES) == hosters.HOTLINES
    assert WORLD.days * DAY_MS == COHORT.as_of - COHORT.from_at
    plan = WORLD.plan(1, 80)
    found = World(plan).material(COHORT.as_of)
    days = {(one.reported_at - plan.start_at) // DAY_MS for one in found}
    assert days == set(range((COHORT.to_at - COHORT.from_at) // DAY_MS))
    assert REQUEST.incidents is not None
