"""Short histories of owners that a group joins: two readings once differed in each (1.6)."""

import pytest
from both_readings import held
from ledger_events import (
    GONE,
    ONLINE,
    at,
    check,
    class_of,
    observation,
    place,
    placed,
    report,
    withdrawal,
)

from schemas.closed_lists import Confidence, Flag, Role


def behind(name="acme", **said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(name, confidence=Confidence.STATEMENT, behind=True, **said)


SHIELD, BEHIND = place("shield", role=Role.PROXY), behind()
OTHER_CONTESTED = place("other", group="holding", contested=True)
TOGETHER = (place(group="holding"), place("other", group="holding"))
BOTH = [placed(h, place("other"), vantage="north") for h in (10, 11)]
JOINED = placed(40, *TOGETHER, vantage="south")


def test_a_report_after_owners_were_joined_opens_one_case():
    """The one of the owner whose case opened first, though no report stood before it."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, JOINED, withdrawal(50)]
    found = held(*told, report(60, id="r2", seen=59))
    assert [case.opened_at for case in found].count(at(60)) == 1
    assert [case.gone_at for case in found if case.hoster == "other"] == [at(40)]


def test_of_a_withdrawn_case_and_a_later_one_the_later_is_joined():
    """The withdrawn one has neither an end nor an R of it."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, withdrawal(20), report(30, id="r2", seen=29)]
    found = held(*told, JOINED)
    withdrawn, joined = (case for case in found if case.hoster == "other")
    assert (withdrawn.gone_at, class_of(withdrawn, 45)) == (None, "withdrawn")
    assert (joined.gone_at, class_of(joined, 45)) == (at(40), "moved")


def test_a_resolution_of_a_hoster_counts_for_the_group_that_it_turns_out_to_be_in():
    """The first of two of one vantage within 24 h opens the case (1.2, 1.6)."""
    first = placed(0.1, place("host"))
    told = [report(0.2, seen=0.2), first, placed(10, place("other"), vantage="north")]
    told += [placed(20, place(group="holding"), vantage="north")]
    *_, case = held(*told, placed(21, place("other", group="holding"), vantage="north"))
    assert case.opened_at == at(10)


@pytest.mark.parametrize("again", [[], [placed(42, OTHER_CONTESTED, vantage="north")]])
def test_a_contradicted_address_of_a_group_contests_the_case_that_goes_on(again):
    """Also of a hoster that had no case of its own before it was joined (12.3)."""
    contested = placed(15, OTHER_CONTESTED, vantage="north")
    joined = placed(17, place(group="holding"), vantage="north")
    (case,) = held(report(0.1, seen=0.1), placed(0.2), contested, joined, again)
    assert Flag.CONTESTED in case.flags


def test_two_cases_that_a_group_joins_are_contested_by_what_is_said_from_then_on():
    """The one that goes on is at both addresses (1.6, 12.3)."""
    contested = placed(45, OTHER_CONTESTED, vantage="north")
    case, joined = held(report(0.1, seen=0.1), placed(0.2), *BOTH, JOINED, contested)
    assert Flag.CONTESTED in case.flags
    assert Flag.CONTESTED not in joined.flags


def test_an_own_address_of_a_hoster_without_a_case_is_one_of_the_group():
    """A probe there saw the origin (1.6, 12.5)."""
    told = [report(0.1, seen=0.1), placed(0.2, SHIELD, BEHIND)]
    told += [placed(2, place("other"), vantage="north"), observation(2.1, ONLINE)]
    found = held(*told, placed(700, *TOGETHER, vantage="south"))
    case = next(case for case in found if case.role is Role.HOSTING)
    assert Flag.BEHIND_PROXY not in case.flags


def test_what_resolutions_said_of_a_hoster_with_a_case_of_its_own_is_not_the_groups():
    """It was another owner then (1.6)."""
    told = [report(0.1, seen=0.1), placed(0.2, SHIELD, BEHIND)]
    own = [placed(h, place("other"), vantage="north") for h in (2, 6)]
    joined = placed(700, *TOGETHER, vantage="south")
    found = held(*told, own, observation(2.1, ONLINE), joined)
    case = next(case for case in found if (case.hoster, case.role) == ("acme", Role.HOSTING))
    assert Flag.BEHIND_PROXY in case.flags


def test_what_is_seen_after_a_join_shows_nothing_of_the_case_that_it_ended():
    """It is the owner's that goes on (1.6)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2),
        placed(49, SHIELD, behind("other"), vantage="north"),
    ]
    joined = placed(66, *TOGETHER, vantage="north")
    found = held(*told, joined, observation(131, ONLINE, hoster="other"))
    case = next(case for case in found if case.hoster == "other")
    assert Flag.BEHIND_PROXY in case.flags


def test_a_resolution_that_joins_a_hoster_opens_no_case_of_it():
    """It has none to end (1.2, 1.6)."""
    once = placed(38, place(), place("other"), vantage="north")
    together = placed(45, *TOGETHER, vantage="north")
    found = held(report(0.1, seen=0.1), placed(15, place("other")), once, together)
    assert [case.hoster for case in found] == ["other"]


def test_an_end_that_a_check_put_in_question_for_a_day_stands_when_a_group_joins_it():
    """It is no open case then (1.6, 4.14)."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, observation(105.8, GONE, hoster="other")]
    checks = [check(105.9, "absent"), check(106.7, "present")]
    joined = placed(135, *TOGETHER, vantage="south")
    case = next(case for case in held(*told, checks, joined) if case.hoster == "other")
    assert case.gone_at == at(105.9)


def test_a_case_that_is_suspect_when_a_group_joins_it_ends_moved():
    """It is open: a check and the probes disagree (1.6, 4.14)."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, observation(12, ONLINE, hoster="other")]
    told += [observation(105.8, GONE, hoster="other")]
    checks = [check(105.9, "absent"), check(106.7, "present")]
    joined = placed(110, *TOGETHER, vantage="south")
    case = next(case for case in held(*told, checks, joined) if case.hoster == "other")
    assert (case.gone_at, class_of(case, 111)) == (at(110), "moved")


@pytest.mark.parametrize("names", [("acme", "other"), ("other", "acme")])
def test_a_contradiction_in_the_resolution_that_joins_two_cases_is_of_the_one_that_goes_on(names):
    """Whichever of their hosters it names first (1.6, 12.3)."""
    first, second = names
    opened = [placed(h, place(second), vantage="north") for h in (10, 11)]
    there = [place(name, group="holding", contested=True) for name in names]
    told = [report(0.1, seen=0.1), placed(0.2, place(first)), *opened]
    found = {case.hoster: case for case in held(*told, placed(40, *there, vantage="south"))}
    assert Flag.CONTESTED in found[first].flags
    assert Flag.CONTESTED not in found[second].flags


def test_the_case_of_hosters_that_had_none_is_shown_under_the_one_that_began_the_owner():
    """Another that its resolution joins to it comes after (1.6)."""
    told = [report(0.1, seen=0.1), placed(0.2, place("host"))]
    told += [placed(11, place("other"), vantage="north"), placed(59, *TOGETHER, vantage="north")]
    *_, case = held(*told, placed(65, SHIELD, behind("other", group="holding"), vantage="south"))
    assert (case.hoster, case.opened_at) == ("acme", at(65))
