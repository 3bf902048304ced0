"""Laws of owners: one open case each, whatever the registry calls them.

Rules 1.1 and 1.5 to 1.7 of docs/measurement.md.
"""

import pytest
from ledger_events import (
    BOTH,
    GONE,
    NORTH,
    ONLINE,
    at,
    class_of,
    classes,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
)
from msgspec.structs import replace

from schemas.closed_lists import Confidence, Flag, Role

SHIELD = place("shield", role=Role.PROXY)


def behind(hoster, **said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(hoster, confidence=Confidence.STATEMENT, behind=True, **said)


def shown(state):
    """Return hoster, owner and class after 100 h of each case."""
    return [(case.hoster, case.group, class_of(case, 100)) for case in state.cases]


NAMELESS = place("as64500", confidence=Confidence.FALLBACK)


def same_address(known, hoster):
    """Return a placement that says whose an address is that only its network was known of."""
    return replace(place(hoster), address_key=known.address_key)


RENAMES = {
    "a hoster becomes known at its address": (NAMELESS, same_address(NAMELESS, "acme")),
    "its only hoster is sold": (place("acme", group="old"), place("acme", group="new")),
    "a network becomes known": (place("as64500"), place("acme", formerly=("as64500",))),
    "a hoster is given an owner": (place("acme"), place("acme", group="holding")),
    "its group goes by another name": (
        place("acme", group="old"),
        place("acme", group="new", formerly=("old",)),
    ),
    "the group's other hoster, after its name changed": (
        place("acme", group="old"),
        place("acme2", group="new", formerly=("old",)),
    ),
    "a network becomes known, and has an owner": (
        place("as64500"),
        place("acme", group="holding", formerly=("as64500",)),
    ),
}


@pytest.mark.parametrize(("before", "after"), RENAMES.values(), ids=RENAMES)
@pytest.mark.parametrize("again", [(30,), (30, 31, 90)], ids=str)
def test_under_another_name_the_case_is_renamed(before, after, again):
    """It is not moved, not doubled; it keeps its id, and its clock."""
    old = fold(report(seen=0), placed(0, before), notice(1, recipient=before.hoster))
    later = [placed(h, after, vantage=v) for h in again for v in BOTH]
    new = fold(report(seen=0), placed(0, before), notice(1, recipient=before.hoster), later)
    assert [case.case_id for case in new.cases] == [case.case_id for case in old.cases]
    (case,) = new.cases
    assert (case.group, class_of(case, 100), case.noticed_at) == (after.group, "online", at(1))


def test_a_renamed_case_is_shown_under_its_new_name():
    """The hoster is the one that the network turned out to be."""
    known = placed(30, place("acme", formerly=("as64500",)), vantage=NORTH)
    (case,) = fold(report(seen=0), placed(0, place("as64500")), known).cases
    assert case.hoster == "acme"


@pytest.mark.parametrize("recipient", ["as64500", "acme", "holding"])
def test_a_notice_to_any_of_its_names_counts(recipient):
    """Who told the hoster under its other name told it."""
    known = placed(30, place("acme", group="holding", formerly=("as64500",)), vantage=NORTH)
    told = notice(1, recipient=recipient, group=recipient)
    (case,) = fold(report(seen=0), placed(0, place("as64500")), told, known).cases
    assert case.noticed_at == at(1)
    assert Flag.MISDIRECTED not in case.flags


def test_probes_made_under_either_name_are_its_own():
    """What was seen before goes on."""
    known = placed(30, place("acme", formerly=("as64500",)), vantage=NORTH)
    seen = [*slot(2, ONLINE, hoster="as64500"), *slot(31, ONLINE)]
    (case,) = fold(report(seen=0), placed(0, place("as64500")), known, notice(1), seen).cases
    assert (case.first_seen_at, case.last_seen_at) == (at(0), at(31) + 100)


def test_of_two_cases_that_a_group_joins_the_older_goes_on():
    """The other one ends `moved` when a resolution says so."""
    first = placed(0, place("acme"))
    second = [placed(h, place("acme"), place("beta"), vantage=NORTH) for h in (5, 6)]
    joined = placed(30, place("acme", group="g"), place("beta", group="g"), vantage=NORTH)
    told = [notice(1), notice(7, recipient="beta")]
    seen = slots([8, 31], ONLINE, hoster="beta")
    state = fold(report(seen=0), first, second, told, seen, joined)
    assert shown(state) == [("acme", "g", "online"), ("beta", "beta", "moved")]
    older, newer = state.cases
    assert newer.gone_at == at(30)
    assert (newer.last_seen_at, older.last_seen_at) == (at(8) + 100, at(31) + 100)


def test_a_group_of_three_leaves_one_open_case():
    """Whichever of them a resolution names first, all three are one owner from then on."""
    names = ("acme", "beta", "gamma")
    first = placed(0, *map(place, names))
    joined = [placed(h, *(place(n, group="g") for n in names), vantage=NORTH) for h in (30, 31)]
    cases = fold(report(seen=0), first, notice(1), joined).cases
    assert sorted(class_of(case, 40) for case in cases) == ["moved", "moved", "online"]
    alone = [
        placed(h, place(n, group="g"), vantage=NORTH) for h, n in ((30, "gamma"), (31, "beta"))
    ]
    cases = fold(report(seen=0), first, notice(1), alone).cases
    assert sorted(class_of(case, 40) for case in cases) == ["awaiting", "moved", "online"]


def test_an_ended_case_does_not_go_on_in_place_of_an_open_one():
    """Only of two open cases the older one goes on."""
    first = placed(0, place("acme"), place("beta"))
    told = [notice(1), notice(1, recipient="beta", record_id="n2")]
    gone = slots([2, 2.2, 2.4, 2.6], GONE)
    there = slots([2, 30, 790], ONLINE, hoster="beta")
    joined = placed(720, place("acme", group="g"), place("beta", group="g"), vantage=NORTH)
    state = fold(report(seen=0), first, told, gone, there, joined)
    assert [(case.hoster, case.group, class_of(case, 800)) for case in state.cases] == [
        ("acme", "g", "removed"),
        ("beta", "g", "online"),
    ]


def test_a_hoster_that_is_sold_takes_its_part_along():
    """Its old owner keeps the case of its other hosters, the new one has a case of its own."""
    first = placed(0, place("acme", group="g"), place("beta", group="g"))
    sold = [
        placed(h, place("acme", group="other"), place("beta", group="g"), vantage=NORTH)
        for h in (30, 31)
    ]
    state = fold(report(seen=0), first, notice(1), sold, slot(40, ONLINE))
    assert [(case.group, case.opened_at) for case in state.cases] == [
        ("g", at(0)),
        ("other", at(30)),
    ]
    assert state.cases[1].last_seen_at == at(40) + 100


def test_the_case_stays_with_the_group_while_another_of_its_hosters_served_it():
    """The hoster that was sold was told nothing; nobody is late by its servers."""
    first = placed(0, place("acme", group="g"), place("beta", group="g"))
    sold = [
        placed(h, place("beta", group="big"), vantage=v) for h in (30, 31, 40, 60) for v in BOTH
    ]
    seen = [*slots([2], ONLINE), *slots([32, 70], ONLINE, hoster="beta")]
    old = slots([32, 32.3, 32.6], GONE, old_address=True, hosters=("beta",))
    group, alone = fold(report(seen=0), first, notice(1), sold, seen, old).cases
    assert (group.group, class_of(group, 100), group.last_seen_at) == ("g", "moved", at(2) + 100)
    assert (alone.group, alone.opened_at, alone.noticed_at) == ("big", at(30), None)


def test_the_name_of_a_network_is_that_of_others_at_it_too():
    """The name leads from one hoster of a network to another: who was told nothing has no clock."""
    later = [placed(h, place("acme"), vantage=v) for h in (30, 31, 60) for v in BOTH]
    told = notice(1, recipient="as64500")
    cases = fold(report(seen=0), placed(0, NAMELESS), told, later).cases
    assert [(case.group, case.noticed_at) for case in cases] == [("as64500", at(1)), ("acme", None)]


def test_one_resolution_with_two_addresses_of_an_origin_is_one():
    """It is back at its own address by the second of two resolutions of one vantage."""
    first, second = placed(0, SHIELD, behind("acme")), placed(20, SHIELD, behind("beta"))
    own = place("acme"), replace(place("acme"), address_key="another")

    def after(*hours):
        direct = [placed(h, *own, vantage=NORTH) for h in hours]
        seen = slots([2, 35], ONLINE)
        cases = fold(report(seen=0), first, notice(1), seen, second, direct).cases
        return next(class_of(case, 80) for case in cases if case.hoster == "acme")

    assert (after(30), after(30, 31)) == ("moved", "online")


def test_a_new_group_is_no_name_of_a_stranger():
    """Two hosters that share nothing are two owners."""
    other = [placed(h, place("beta", group="b"), vantage=NORTH) for h in (5, 6)]
    assert len(fold(report(seen=0), placed(0, place("acme", group="a")), other).cases) == 2


def test_the_hosting_case_follows_the_newest_statement():
    """The case at the origin stated before ends `moved` then; back within 7 d it goes on."""
    first = placed(0, SHIELD, behind("acme"))
    second = placed(20, SHIELD, behind("beta"))
    third = placed(60, SHIELD, behind("acme"))
    told = [notice(1), notice(21, recipient="beta")]
    observations = [*slots([2, 70], ONLINE), *slots([30], ONLINE, hoster="beta")]
    hosting = [
        c
        for c in fold(report(seen=0), first, told, observations, second).cases
        if c.role is Role.HOSTING
    ]
    assert [(c.hoster, class_of(c, 50)) for c in hosting] == [("acme", "moved"), ("beta", "online")]
    assert (hosting[0].gone_at, hosting[1].opened_at) == (at(20), at(20))
    state = fold(report(seen=0), first, told, observations, second, third)
    hosting = [c for c in state.cases if c.role is Role.HOSTING]
    assert [(c.hoster, class_of(c, 80)) for c in hosting] == [("acme", "online"), ("beta", "moved")]
    assert classes(hosting[0])[-3:-1] == ["moved", "online"]


def test_without_a_statement_a_name_says_who_is_behind_the_proxy():
    """A statement, once made, is above it."""
    named = place("shop", confidence=Confidence.NAME, behind=True)
    state = fold(report(seen=0), placed(0, SHIELD, named))
    assert {case.hoster for case in state.cases} == {"shield", "shop"}
    state = fold(
        report(seen=0),
        placed(0, SHIELD, behind("acme")),
        [placed(h, SHIELD, named, vantage=NORTH) for h in (5, 6)],
    )
    assert {case.hoster for case in state.cases} == {"shield", "acme"}


def test_the_origin_is_there_while_the_name_leads_to_the_proxy():
    """Name servers say nothing of who is behind it, so they lack nobody."""
    later = [placed(h, SHIELD, vantage=v) for h in (5, 20, 40, 60) for v in BOTH]
    state = fold(report(seen=0), placed(0, SHIELD, behind("acme")), notice(1), later)
    (case,) = [c for c in state.cases if c.role is Role.HOSTING]
    assert case.resolutions_repeated == ()
