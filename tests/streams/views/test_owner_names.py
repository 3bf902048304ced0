"""Who counts as the owner of a case, by every name it has or had."""

import pytest
from ledger_events import NORTH, SOUTH, decision, fold, place, placed, report

from schemas.closed_lists import Role
from streams.views.owner_names import OwnerNames


def seen(hours, *places):
    """Return two resolutions by two vantages, which open and rename."""
    return [
        placed(hours + n / 10, *places, vantage=vantage)
        for n, vantage in enumerate([NORTH, SOUTH] * 2)
    ]


ACME = place("acme", formerly=("as64500",))
SISTER, MEMBER = place("sister", group="holding"), place("acme", group="holding")
GIVEN = {"hoster": "other", "group": "owner"}

WORLDS = {
    "never renamed": ([placed()], {"acme": {"acme"}}),
    "a network that the registry knew later": (
        [placed(0, place("as64500")), *seen(31, ACME)],
        {"acme": {"acme", "as64500"}},
    ),
    "known by its earlier name from the start": (
        [placed(0, ACME)],
        {"acme": {"acme", "as64500"}},
    ),
    "a hoster that got an owner": (
        [placed(0, place("acme")), *seen(31, MEMBER)],
        {"acme": {"acme", "holding"}},
    ),
    "a move inside a group": (
        [placed(0, SISTER), *seen(31, MEMBER)],
        {"sister": {"sister", "acme", "holding"}},
    ),
    "two hosters at once": (
        [placed(0, place("acme"), place("other"))],
        {"acme": {"acme"}, "other": {"other"}},
    ),
    "one sold, while the other stays": (
        [placed(0, SISTER), *seen(31, SISTER, place("acme", group="buyer"))],
        {"sister": {"sister", "holding"}, "acme": {"acme", "buyer"}},
    ),
    "two roles": (
        [placed(0, place("shield", role=Role.PROXY), ACME)],
        {"shield": {"shield"}, "acme": {"acme", "as64500"}},
    ),
    "nobody is unknown": ([placed(0, place("unknown"))], {"unknown": set()}),
    "unknown until it was known": (
        [placed(0, place("unknown")), *seen(1, place("acme"))],
        {"acme": {"acme"}},
    ),
    "given to another by a decision": (
        [placed(0, ACME), decision(5, "reattribute", **GIVEN)],
        {"other": {"other", "owner"}},
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_an_owner_has_every_name_that_it_had_and_no_one_elses(world) -> None:
    """A case that goes on under another name is its owner's by both names."""
    happened, names = WORLDS[world]
    state = fold(report(seen=0), *happened)
    known = OwnerNames(state)
    assert {case.hoster: set(known.of(case)) for case in state.cases} == names
    for case in state.cases:
        assert known.of_hoster(case.group, state.cases) == known.of(case)
    assert known.of_hoster("nobody", state.cases) == frozenset()


def test_who_got_a_case_by_a_decision_is_not_whom_probes_are_made_for() -> None:
    """It is probed where it was, by whatever name that has."""
    given = decision(5, "reattribute", **GIVEN)
    state = fold(report(seen=0), placed(0, place("as64500")), *seen(3, ACME), given)
    (case,) = state.cases
    assert OwnerNames(state).probed(case) == {"acme", "as64500"}
