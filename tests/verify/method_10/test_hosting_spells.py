"""Laws of 3.1: at which owners a URL has a case, from when on, and under which name."""

import pytest
from ledger_events import NORTH, ONLINE, notice, place, placed, report, slots
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


def test_what_is_beyond_eight_places_of_an_answer_is_one_flagged_case():
    """Nine hosters are eight cases and one that says so."""
    found = read(report(seen=0), placed(0, *[place(f"host{i}") for i in range(9)]))
    assert [Flag.OVERFLOW in case.flags for case in found] == [False] * 8 + [True]
