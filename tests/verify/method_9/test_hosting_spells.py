"""At which owners a URL was, and since when."""

import pytest
from histories import written
from ledger_events import KEY, NORTH, SOUTH, at, place, placed

from schemas.closed_lists import Role
from verify.ledger.records import url_records
from verify.method_9.hosting_spells import OVERFLOW, STAYS_MAX, HostingSpell, hosting_spells


def spells(*told) -> list[HostingSpell]:
    """Return the spells that resolutions come to."""
    return hosting_spells(url_records(KEY, written(list(told))))


def test_the_first_resolution_opens_a_spell_of_each_owner_and_role() -> None:
    """A proxy and what stands behind it are two."""
    (cdn, acme) = spells(placed(1, place("acme"), place("shield", role=Role.PROXY)))[::-1]
    assert {(one.group, one.role) for one in (cdn, acme)} == {
        ("acme", Role.HOSTING),
        ("shield", Role.PROXY),
    }
    assert all(one.from_start and one.open_at == at(1) for one in (cdn, acme))
    assert spells() == []


@pytest.mark.parametrize(
    ("later", "opened"),
    [
        ([(10, "other", NORTH)], None),
        ([(10, "other", NORTH), (20, "other", NORTH)], 10),
        ([(10, "other", NORTH), (20, "other", SOUTH)], None),
        ([(10, "other", NORTH), (15, "acme", NORTH), (20, "other", NORTH)], None),
    ],
)
def test_a_later_owner_is_one_that_a_vantage_was_led_to_twice_running(later, opened) -> None:
    """A name that leads elsewhere for a moment opens no case."""
    told = [placed(h, place(who), vantage=vantage) for h, who, vantage in later]
    found = [one for one in spells(placed(0), *told) if one.group == "other"]
    assert [one.open_at for one in found] == ([] if opened is None else [at(opened)])
    assert not any(one.from_start for one in found)


def test_hosters_of_one_owner_are_one_spell() -> None:
    """It is named by the place that was found first."""
    brands = (place("acme", group="holding"), place("brand", group="holding"))
    (found,) = spells(placed(0, brands[0]), placed(5, brands[1]), placed(6, brands[1]))
    assert (found.hosters, found.place.hoster) == ({"acme", "brand"}, "acme")


def test_who_is_known_first_stands_for_the_time_when_nobody_was() -> None:
    """The case opened when the URL was first resolved."""
    told = [placed(0, place("unknown")), placed(5, vantage=NORTH), placed(6, vantage=NORTH)]
    (found,) = spells(*told)
    assert (found.group, found.open_at, found.from_start) == ("acme", at(0), True)


def test_more_owners_than_are_kept_fall_into_one_flagged_spell() -> None:
    """Sixteen in all, of which the last says that there were more."""

    def many(count: int) -> list[HostingSpell]:
        hosts = [place(f"h{n:02}") for n in range(count)]
        return spells(*(placed(0, *hosts[n : n + 8]) for n in range(0, count, 8)))

    assert OVERFLOW not in {one.group for one in many(STAYS_MAX)}
    found = many(STAYS_MAX + 4)
    assert len(found) == STAYS_MAX
    (rest,) = [one for one in found if one.group == OVERFLOW]
    assert len(rest.members) == 5
    assert len(rest.hosters) == 6
