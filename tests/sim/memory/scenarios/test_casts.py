"""Who takes part in the scenarios: real hosters of the practice world, and what changes when."""

import pytest

from sim.memory.scenarios import casts
from sim.world.hosters import ALL

KNOWN = {hoster.id for hoster in ALL}


def test_a_hoster_that_goes_silent_goes_so_on_its_day() -> None:
    """The others go on."""
    found = {hoster.id: hoster.silent_from for hoster in casts.silent()}
    assert found.pop(casts.SILENT) == casts.SILENT_FROM
    assert set(found.values()) == {None}


def test_customers_go_from_one_country_to_the_other() -> None:
    """What the first loses the second gets, month by month."""
    for day in (0, 30, 60, 90):
        by_seat = {casts.FROM: 0.0, casts.TO: 0.0}
        for hoster in casts.displaced():
            if hoster.changes:
                by_seat[hoster.country] += hoster.weight_on(day)
        assert by_seat[casts.FROM] + by_seat[casts.TO] == pytest.approx(1)
    assert by_seat[casts.TO] > by_seat[casts.FROM]


@pytest.mark.parametrize("cast", [casts.silent, casts.obstructing, casts.cloaked])
def test_those_of_a_field_are_of_the_practice_world(cast) -> None:
    """Each once, and somebody reports at each."""
    ids = [hoster.id for hoster in cast()]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= KNOWN
    assert any(hoster.weight for hoster in cast())


def test_who_obstructs_takes_part() -> None:
    """The scenarios are about them."""
    assert set(casts.OBSTRUCTING) <= {hoster.id for hoster in casts.obstructing()}
    assert set(casts.CLOAKED) <= {hoster.id for hoster in casts.cloaked()}
    assert casts.BURST_AT in {hoster.id for hoster in casts.PLAIN}
