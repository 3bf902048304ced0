"""What is true of a piece of material at an instant."""

from dataclasses import replace

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from sim.world.material import Material
from sim.world.world import WORLD_START

ITEM = Material(
    hoster="amber",
    host="n1.amber.example",
    path="/a.jpg",
    url="http://n1.amber.example/a.jpg",
    since_at=WORLD_START,
    reported_at=WORLD_START,
    noticed_at=WORLD_START,
    removed_at=WORLD_START + HOUR_MS,
    length=50_000,
)


@pytest.mark.parametrize(
    ("changes", "there_past", "overdue"),
    [
        ({}, False, False),
        ({"removed_at": None}, True, True),
        ({"removed_at": None, "noticed_at": WORLD_START + 47 * HOUR_MS}, False, False),
        ({"back_at": WORLD_START + 30 * HOUR_MS}, True, False),
    ],
)
def test_what_is_back_is_there_past_the_norm_and_not_overdue(changes, there_past, overdue):
    """After a return no norm runs until a notice is delivered anew."""
    item, as_of = replace(ITEM, **changes), WORLD_START + 2 * DAY_MS
    assert item.there_past(DAY_MS, as_of) is there_past
    assert item.overdue(DAY_MS, as_of) is overdue


def test_a_url_shows_what_any_of_its_hosters_serves():
    """Whoever opens it comes to where the name leads; after a removal nobody serves it."""
    at = WORLD_START + 6 * HOUR_MS
    moved = replace(ITEM, removed_at=None, second="shell", moved_at=at - HOUR_MS, leaves=True)
    assert not moved.online(at)
    assert moved.shown(at)
    assert ITEM.shown(WORLD_START)
    assert not ITEM.shown(at)
