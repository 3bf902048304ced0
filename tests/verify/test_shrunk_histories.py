"""Short histories of several cases: two readings of the rules once differed in each."""

import pytest
from both_readings import held
from ledger_events import (
    GONE,
    KEY,
    ONLINE,
    at,
    check,
    decision,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import Confidence, Flag, Role
from schemas.identity.ids import case_id

SHIELD = place("shield", role=Role.PROXY)
REMOVED = slots([5.2, 5.5, 5.8], GONE)


def behind(name="acme", **said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(name, confidence=Confidence.STATEMENT, behind=True, **said)


def test_a_case_keeps_its_id_when_its_owner_gets_another_name():
    """It is renamed, not moved and not doubled, so decisions about it go on to hold (1.5)."""
    (case,) = held(report(seen=0), placed(0.2), placed(80, place(group="holding")))
    assert case.case_id == case_id(KEY, "acme", Role.HOSTING, 0)
    assert case.group == "holding"


def test_the_earliest_first_of_two_resolutions_opens_a_case():
    """Whichever vantage names the owner a second time first (1.2)."""
    other = [
        placed(h, place("other"), vantage=v)
        for h, v in ((30, "south"), (30.1, "north"), (31, "north"), (31.1, "south"))
    ]
    _, case = held(report(seen=0), placed(0.2), other)
    assert case.opened_at == at(30)


def test_a_report_from_before_a_move_is_no_sighting_of_the_new_case():
    """What its hotline saw was at the owner before (8.3)."""
    moved = [placed(h, place("other"), vantage="north") for h in (13, 14)]
    first, second = held(report(0.1), placed(11), moved)
    assert Flag.ASSUMED_SEEN in first.flags
    assert Flag.ASSUMED_SEEN not in second.flags


def test_a_withdrawal_after_an_end_divides_no_case():
    """It changes nothing, so a report more than 7 d after the end opens the next one (2.3, 6.8)."""
    _, case = held(
        report(0.1, seen=0.1),
        placed(0.2),
        slots([1, 2], ONLINE),
        REMOVED,
        withdrawal(50),
        report(300, hotline="beta", id="r2", seen=290),
    )
    assert case.opened_at == at(300)


def test_a_void_end_holds_no_withdrawal_up():
    """The removal never counted, so the case is withdrawn when the report was (2.3, 6.1)."""
    absent = check(4, "absent", hotline="beta")
    (case,) = held(report(0.1, seen=0.1), placed(0.2), absent, withdrawal(5), check(20, "present"))
    assert case.phases[-1].case_class == "withdrawn"
    assert case.phases[-1].from_at == at(5)


@pytest.mark.parametrize(
    ("told", "flagged"),
    [
        pytest.param(notice(2, recipient="other"), {"acme", "other"}, id="before it came there"),
        pytest.param(notice(40, recipient="other"), set(), id="while it is there"),
        pytest.param(notice(40), set(), id="to an owner who still has it"),
        pytest.param(notice(40, recipient="third"), {"acme", "other"}, id="to nobody it was at"),
    ],
)
def test_which_notices_go_astray(told, flagged):
    """To its own owner before a case opened, or to somebody at whom the URL was not (2.2)."""
    other = [placed(h, place("other"), place(), vantage="north") for h in (30, 31)]
    found = held(report(0.1, seen=0.1), placed(0.2), other, told)
    assert {case.hoster for case in found if Flag.MISDIRECTED in case.flags} == flagged


def test_a_notice_to_whom_a_decision_took_the_case_from_goes_astray():
    """The case is the other hoster's from its beginning (2.2, 12.6)."""
    made = decision(120, "reattribute", hoster="other")
    (case,) = held(report(0.1, seen=0.1), placed(0.2), notice(3), made)
    assert Flag.MISDIRECTED in case.flags
    assert case.noticed_at is None


def test_of_open_cases_that_a_decision_joins_one_goes_on():
    """The one opened first; the others end `moved` when the decision was made (12.6)."""
    made = decision(47, "reattribute", hoster="other")
    later = decision(90, "exclude", case_id="0" * 24)
    places = [place(name) for name in ("a", "b", "c")]
    found = held(report(0.1, seen=0.1), placed(0.2, *places), made, later)
    assert sorted(case.gone_at or 0 for case in found) == [0, at(47), at(47)]


def test_only_the_first_case_of_a_hoster_can_name_it():
    """Neither a proxy's nor a later one does (14.1)."""
    two = held(
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind(disclosed=True)),
        notice(1),
        notice(1, recipient="shield"),
    )
    assert {case.hoster: case.naming for case in two} == {"acme": True, "shield": False}
    found = held(
        report(0.1, seen=0.1), placed(0.2), check(20, "absent"), notice(400, hotline="beta")
    )
    assert [case.naming for case in found] == [False, False]


def test_a_disclosure_stands_when_a_later_statement_does_not_repeat_it():
    """The operator of the proxy has said where it is (12.5)."""
    stated = [placed(0.2, SHIELD, behind(disclosed=True)), placed(80, SHIELD, behind())]
    found = held(report(0.1, seen=0.1), stated, notice(1))
    assert next(case for case in found if case.role is Role.HOSTING).naming


def test_what_was_seen_through_a_proxy_names_nobody_after_the_proxy_left_either():
    """A probe at the origin has to see it (12.5)."""
    (_, case) = sorted(
        held(report(0.1, seen=0.1), placed(0.2, SHIELD, behind()), notice(1), placed(99)),
        key=lambda case: case.role is Role.HOSTING,
    )
    assert not case.naming
    assert Flag.BEHIND_PROXY in case.flags


def test_an_owner_at_an_address_of_its_own_leaves_as_dns_says():
    """Only behind a proxy does its case follow the newest statement of origin (12.4)."""
    found = held(report(0.1, seen=0.1), placed(20), placed(99, SHIELD, behind("other")))
    acme = next(case for case in found if case.hoster == "acme")
    assert acme.gone_at is None


def test_who_reported_it_is_asked_for_each_case():
    """A later case that only its hoster reported is a self-report (14.1)."""
    own = report(300, hotline="beta", id="r2", self_report=True)
    seen = [report(0.1, seen=0.1), placed(0.2), check(20, "absent")]
    found = held(*seen, own)
    assert [Flag.SELF_REPORT in case.flags for case in found] == [False, True]


def test_what_somebody_saw_is_never_never_online():
    """Also if the sighting lies after the end (8.5)."""
    (case,) = held(placed(40), check(240, "absent"), report(300, seen=250))
    assert case.phases[-1].case_class == "ended_without_notice"


def test_a_probe_under_the_new_name_of_a_hoster_is_one_of_it():
    """Also if it came before the resolution that says so (1.5)."""
    there = observation(100, ONLINE, "north", hoster="acme")
    renamed = placed(200, place("acme", formerly=("as64500",)))
    (case,) = held(report(0.1, seen=0.1), placed(0.2, place("as64500")), there, renamed)
    assert at(100) <= (case.last_seen_at or 0) < at(100.1)


def test_a_sighting_more_than_a_week_after_an_end_opens_a_case_and_returns_once_it_is_backed():
    """Of what nobody saw before, L of the old end is the notice (6.5, 8.4)."""
    told = [report(0.1), placed(0.2), notice(13), check(46, "absent", hotline="beta")]
    seen = observation(300, ONLINE, "north")
    old, new = held(*told, seen)
    assert old.first_end == (at(13), at(46))
    assert old.returns == ()
    assert at(300) <= new.opened_at < at(300.1)
    back = check(310, "present", hotline="beta")
    old, _ = held(*told, seen, back)
    assert [(one.last_seen_at, one.gone_at, one.back_at) for one in old.returns] == [
        (at(13), at(46), at(310))
    ]


def test_a_report_opens_no_case_at_whom_a_statement_took_the_url_from():
    """It is at the origin that the newest statement names (12.4)."""
    found = held(
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind()),
        check(20, "absent"),
        placed(99, SHIELD, behind("other")),
        report(500, hotline="beta", id="r2", seen=499),
    )
    assert [case.hoster for case in found].count("acme") == 1


def test_a_withdrawal_before_any_case_was_open_divides_nothing():
    """The report reached the ledger after it had been taken back, and another one stands (2.3)."""
    (case,) = held(
        withdrawal(2, hotline="beta"),
        report(5, hotline="beta", reported=0.3),
        report(6, id="r2", reported=4),
        placed(7),
    )
    assert case.phases[-1].case_class == "expired"


def test_a_notice_more_than_a_week_after_an_end_opens_a_case_though_it_bounced():
    """Its hotline says that the material is there again (6.8)."""
    _, case = held(
        report(0.1, seen=0.1), placed(0.2), check(20, "absent"), notice(400, result="bounced")
    )
    assert case.opened_at == at(400)
    assert case.noticed_at is None


def test_a_case_after_a_withdrawal_opens_when_the_first_of_its_reports_was_received():
    """One that is dated earlier and comes later does not put that off (1.2, 2.3)."""
    again = [report(12.8, id="r2"), report(18.2, id="r3", reported=12)]
    _, case = held(report(0.1), placed(0.2), withdrawal(8.5), again)
    assert case.opened_at == at(12.8)
