"""Laws of 3.1: at which owners a URL has a case, from when on, and under which name."""

import pytest
from ledger_events import BOTH, GONE, NORTH, ONLINE, notice, place, placed, report, slots
from second_reading import hour, only, read

from schemas.closed_lists import CaseClass, Flag

ACME = [report(seen=0), placed(), notice(1.0)]


@pytest.mark.parametrize(
    ("resolved", "opened"),
    [
        ([(10, "other"), (10.2, "other")], 10),
        ([(10, "other"), (20, "acme"), (30, "other")], 10),
        ([(10, "other"), (35, "other")], None),
        ([(10, "other"), (20, "acme"), (40, "other"), (50, "other")], 40),
    ],
)
def test_a_case_opens_at_the_first_of_two_resolutions_within_a_day(resolved, opened):
    """They need not follow each other: answers that alternate open a case too."""
    found = read(*ACME, [placed(h, place(who), vantage=NORTH) for h, who in resolved])
    later = [hour(case.opened_at) for case in found if case.hoster == "other"]
    assert later == ([] if opened is None else [opened])


def test_resolutions_of_two_vantages_are_not_two_of_one():
    """Each vantage speaks for itself."""
    found = read(*ACME, placed(10, place("other"), vantage=NORTH), placed(11, place("other")))
    assert [case.hoster for case in found] == ["acme"]


def test_an_owner_that_the_registry_names_later_renames_the_case():
    """It is not moved and not doubled, and a notice to either name counts."""
    later = [placed(60 + i / 5, place("acme", group="holding"), vantage=NORTH) for i in range(2)]
    found = only(*ACME, slots([2, 24, 61, 100], ONLINE), later, hours=101)
    assert (found.hoster, found.group, found.case_class) == ("acme", "holding", CaseClass.ONLINE)
    assert hour(found.noticed_at) == 1


def test_a_group_that_joins_two_owners_leaves_the_case_that_opened_first():
    """The other ends `moved` at that instant."""
    both = [placed(0, place("acme"), place("other"))]
    joined = placed(50, place("acme", group="holding"), place("other", group="holding"))
    found = read(report(seen=0), both, joined, slots([2, 60], ONLINE), hours=70)
    assert {case.hoster: case.case_class for case in found} == {
        "acme": CaseClass.AWAITING,
        "other": CaseClass.MOVED,
    }


def test_what_is_beyond_eight_places_of_an_answer_is_one_flagged_case():
    """Nine hosters are eight cases and one that says so."""
    found = read(report(seen=0), placed(0, *[place(f"host{i}") for i in range(9)]))
    assert [Flag.OVERFLOW in case.flags for case in found] == [False] * 8 + [True]


def left(*, from_h, vantages=BOTH, there=GONE):
    """Return resolutions that lead to another, and the old address asked."""
    away = [placed(from_h + step, place("other"), vantage=v) for step in (0, 0.5) for v in vantages]
    said = {"old_address": True, "hosters": ("other",)}
    return [*away, *slots([from_h + 1, from_h + 1.3, from_h + 1.6], there, vantages, **said)]


def test_a_case_moves_when_the_name_left_and_the_old_address_has_it_no_more():
    """R is the later of the first resolution without the owner and R there."""
    found = read(*ACME, slots([2, 4], ONLINE), left(from_h=30))
    moved = next(case for case in found if case.hoster == "acme")
    assert (moved.case_class, hour(moved.gone_at)) == (CaseClass.MOVED, 31)


def test_a_move_waits_for_a_day_without_the_owner():
    """A resolution of the last 24 h that leads there holds it up."""
    found = read(*ACME, slots([2, 10], ONLINE), left(from_h=30), hours=32)
    moved = next(case for case in found if case.hoster == "acme")
    assert moved.case_class is not CaseClass.MOVED
