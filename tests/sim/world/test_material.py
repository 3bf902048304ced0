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
