"""Short histories of several cases: two readings of the rules once differed in each."""

import pytest
from both_readings import held
from ledger_events import (
    GONE,
    KEY,
    ONLINE,
    at,
    check,
    class_of,
    decision,
    look,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas.identity.ids import case_id
from schemas.reasons import Confidence, Flag, Role
from schemas.records.facts import Facts

SHIELD = place("shield", role=Role.PROXY)
REMOVED = slots([5.2, 5.5, 5.8], GONE)


def behind(name="acme", **said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(name, confidence=Confidence.STATEMENT, behind=True, **said)


def test_a_case_keeps_its_id_when_its_owner_gets_another_name():
    """It is renamed, not moved and not doubled, so decisions about it go on to hold (3.1)."""
    (case,) = held(report(seen=0), placed(0.2), placed(80, place(group="holding")))
    assert case.case_id == case_id(KEY, "acme", Role.HOSTING, 0)
    assert case.group == "holding"


def test_the_earliest_first_of_two_resolutions_opens_a_case():
    """Whichever vantage names the owner a second time first (3.1)."""
    other = [
        placed(h, place("other"), vantage=v)
        for h, v in ((30, "south"), (30.1, "north"), (31, "north"), (31.1, "south"))
    ]
    _, case = held(report(seen=0), placed(0.2), other)
    assert case.opened_at == at(30)


def test_a_report_from_before_a_move_is_no_sighting_of_the_new_case():
    """What its hotline saw was at the owner before (3.8)."""
    moved = [placed(h, place("other"), vantage="north") for h in (13, 14)]
    first, second = held(report(0.1), placed(11), moved)
    assert Flag.ASSUMED_SEEN in first.flags
    assert Flag.ASSUMED_SEEN not in second.flags


def test_a_withdrawal_after_an_end_divides_no_case():
    """It changes nothing, so a report more than 7 d after the end opens the next one (3.2, 3.6)."""
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
    """The removal never counted, so the case is withdrawn when the report was (3.2, 3.6)."""
    absent = check(4, "absent", hotline="beta")
    (case,) = held(report(0.1, seen=0.1), placed(0.2), absent, withdrawal(5), check(20, "present"))
    assert case.phases[-1].outcome == "withdrawn"
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
    """To its own owner before a case opened, or to somebody at whom the URL was not (3.2)."""
    other = [placed(h, place("other"), place(), vantage="north") for h in (30, 31)]
    found = held(report(0.1, seen=0.1), placed(0.2), other, told)
    assert {case.hoster for case in found if Flag.MISDIRECTED in case.flags} == flagged


def test_a_notice_to_whom_a_decision_took_the_case_from_goes_astray():
    """The case is the other hoster's from its beginning (3.12)."""
    made = decision(120, "reattribute", hoster="other")
    (case,) = held(report(0.1, seen=0.1), placed(0.2), notice(3), made)
    assert Flag.MISDIRECTED in case.flags
    assert case.noticed_at is None


def test_of_open_cases_that_a_decision_joins_one_goes_on():
    """The one opened first; the others end `moved` when the decision was made (3.1)."""
    made = decision(47, "reattribute", hoster="other")
    later = decision(90, "exclude", case_id="0" * 24)
    places = [place(name) for name in ("a", "b", "c")]
    found = held(report(0.1, seen=0.1), placed(0.2, *places), made, later)
    assert sorted(case.gone_at or 0 for case in found) == [0, at(47), at(47)]


def test_only_the_first_case_of_a_hoster_can_name_it():
    """Neither a proxy's nor a later one does (3.14)."""
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
    """The operator of the proxy has said where it is (3.12)."""
    stated = [placed(0.2, SHIELD, behind(disclosed=True)), placed(80, SHIELD, behind())]
    found = held(report(0.1, seen=0.1), stated, notice(1))
    assert next(case for case in found if case.role is Role.HOSTING).naming


def test_what_was_seen_through_a_proxy_names_nobody_after_the_proxy_left_either():
    """A probe at the origin has to see it (3.12)."""
    (_, case) = sorted(
        held(report(0.1, seen=0.1), placed(0.2, SHIELD, behind()), notice(1), placed(99)),
        key=lambda case: case.role is Role.HOSTING,
    )
    assert not case.naming
    assert Flag.BEHIND_PROXY in case.flags


def test_an_owner_at_an_address_of_its_own_leaves_as_dns_says():
    """Only behind a proxy does its case follow the newest statement of origin (3.1)."""
    found = held(report(0.1, seen=0.1), placed(20), placed(99, SHIELD, behind("other")))
    acme = next(case for case in found if case.hoster == "acme")
    assert acme.gone_at is None


def test_who_reported_it_is_asked_for_each_case():
    """A later case that only its hoster reported is a self-report (3.14)."""
    own = report(300, hotline="beta", id="r2", self_report=True)
    seen = [report(0.1, seen=0.1), placed(0.2), check(20, "absent")]
    found = held(*seen, own)
    assert [Flag.SELF_REPORT in case.flags for case in found] == [False, True]


def test_what_somebody_saw_is_never_never_online():
    """Also if the sighting lies after the end (3.8)."""
    (case,) = held(placed(40), check(240, "absent"), report(300, seen=250))
    assert case.phases[-1].outcome == "ended_without_notice"


def test_a_probe_under_the_new_name_of_a_hoster_is_one_of_it():
    """Also if it came before the resolution that says so (3.1)."""
    there = look(100, ONLINE, "north", hoster="acme")
    renamed = placed(200, place("acme", formerly=("as64500",)))
    (case,) = held(report(0.1, seen=0.1), placed(0.2, place("as64500")), there, renamed)
    assert at(100) <= (case.last_seen_at or 0) < at(100.1)


def test_a_sighting_more_than_a_week_after_an_end_opens_a_case_and_returns_once_it_is_backed():
    """Of what nobody saw before, L of the old end is the notice (3.6)."""
    told = [report(0.1), placed(0.2), notice(13), check(46, "absent", hotline="beta")]
    seen = look(300, ONLINE, "north")
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
    """It is at the origin that the newest statement names (3.1)."""
    found = held(
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind()),
        check(20, "absent"),
        placed(99, SHIELD, behind("other")),
        report(500, hotline="beta", id="r2", seen=499),
    )
    assert [case.hoster for case in found].count("acme") == 1


def test_a_withdrawal_before_any_case_was_open_divides_nothing():
    """The report reached the ledger after it had been taken back, and another one stands (3.2)."""
    (case,) = held(
        withdrawal(2, hotline="beta"),
        report(5, hotline="beta", reported=0.3),
        report(6, id="r2", reported=4),
        placed(7),
    )
    assert case.phases[-1].outcome == "expired"


def test_a_notice_more_than_a_week_after_an_end_opens_a_case_though_it_bounced():
    """Its hotline says that the material is there again (3.6)."""
    _, case = held(
        report(0.1, seen=0.1), placed(0.2), check(20, "absent"), notice(400, result="bounced")
    )
    assert case.opened_at == at(400)
    assert case.noticed_at is None


COPY = Facts(status=200, type="video/mp4", length=5_000_000, age_s=36_000)
PAGE = Facts(status=200, type="text/html", length=900)


def hosting(cases):
    """Return the hosting case of a URL behind a proxy."""
    return next(case for case in cases if case.role is Role.HOSTING)


@pytest.mark.parametrize(
    ("cached", "at_its_own_address", "seen_h"),
    [
        pytest.param(True, False, 54.9, id="a copy of the proxy"),
        pytest.param(False, False, 54.9, id="Age says that it is a copy"),
        pytest.param(True, True, 64.9, id="asked at the hoster's own address"),
    ],
)
def test_age_counts_where_the_probe_went_through_the_proxy(cached, at_its_own_address, seen_h):
    """What a hoster's own server says of itself moves nothing (3.3)."""
    where = {"old_address": True, "hosters": ("shield",)} if at_its_own_address else {}
    first = placed(0.2) if at_its_own_address else placed(0.2, SHIELD, behind())
    then = placed(42, SHIELD, behind("other")) if at_its_own_address else []
    answer = replace(COPY, cached=cached)
    found = held(report(seen=0), first, notice(1), then, look(64.9, answer, "north", **where))
    case = next(case for case in found if case.hoster == "acme")
    assert at(seen_h) <= (case.last_seen_at or 0) < at(seen_h + 0.1)


def test_a_proxy_that_came_later_takes_nothing_from_what_was_seen_before():
    """A refusal by the hoster's own server makes its case doubtful (3.5)."""
    refused = look(25, Facts(status=429), "north")
    came = [placed(h, SHIELD, behind("other")) for h in (242, 242.2)]
    found = held(report(seen=0), placed(0.2), notice(1), refused, came)
    (case,) = [case for case in found if case.hoster == "acme"]
    assert class_of(case, 30) == "doubted"


def test_a_refusal_of_the_url_alone_behind_a_proxy_is_the_proxy_s():
    """Nobody knows who refused it, so the hosting case stays open (3.5)."""
    seen = slots([1, 2], ONLINE)
    refused = slots([5.2, 5.5, 5.8], Facts(status=451), control=ONLINE)
    found = held(report(seen=0), placed(0.2, SHIELD, behind()), notice(1), seen, refused)
    assert class_of(hosting(found), 7) == "online"
    assert hosting(found).gone_at is None


def test_what_follows_a_week_after_an_end_is_no_stay_of_the_old_case():
    """So a withdrawal after R still divides nothing and changes no class of it (3.2, 3.6)."""
    absent, seen = check(20, "absent"), look(372, ONLINE, "south")
    old, _ = held(report(0.1, seen=0.1), placed(0.2), absent, withdrawal(50), seen)
    assert class_of(old, 400) == "ended_without_notice"


def test_a_case_that_goes_on_unbacked_is_the_same_one_when_it_is_backed():
    """It was open again within the 7 d (3.6)."""
    absent = check(48, "absent", hotline="beta")
    alone, backed = look(170, ONLINE, "north"), slots([314], ONLINE)
    (case,) = held(report(0.1, seen=0.1), placed(0.2), notice(1), absent, alone, backed)
    assert len(case.returns) == 1


def test_the_sighting_that_opens_a_case_is_what_later_ones_are_like():
    """Another page than before the end, seen twice, asks nobody about the new case (3.3, 3.6)."""
    told = [report(0.1, seen=0.1), placed(0.2), slots([1, 2], ONLINE), REMOVED]
    _, new = held(*told, slots([394, 395], PAGE, control=GONE))
    assert Flag.UNPROVEN not in new.flags


def test_a_check_answers_what_was_asked_about_its_own_case():
    """What nobody knew about the case before stays unknown (3.3, 3.6)."""
    told = [report(0.1, seen=0.1), placed(0.2), slots([1, 2], PAGE, control=PAGE)]
    old, new = held(*told, check(20, "absent"), check(573, "present"))
    assert Flag.UNPROVEN not in new.flags
    assert old.phases[-1].outcome == "ended_without_notice"


def test_a_doubt_ends_before_the_next_case_opens():
    """Unconfirmed as unavailable, also if nothing but a report follows (3.4, 3.6)."""
    told = [report(0.1, seen=0.1), placed(0.2), look(9, ONLINE, "north"), look(278, PAGE, "north")]
    old, _ = held(*told, report(10_053, hotline="beta", id="r2"))
    assert class_of(old, 1_000) == "awaiting"
    assert [phase.outcome for phase in old.unnoticed][-1] == "unavailable"


def test_two_resolutions_lead_back_to_whom_a_statement_took_the_url_from():
    """Open from the second on; nobody saw it, so it is no return (3.1, 3.6)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind()),
        placed(135, SHIELD, behind("other"), vantage="south"),
    ]
    back = [placed(h, vantage="north") for h in (180, 190)]
    case = next(case for case in held(*told, back) if case.hoster == "acme")
    held_at = {h: class_of(case, h) for h in (134, 136, 189, 191)}
    assert held_at == {134: "awaiting", 136: "moved", 189: "moved", 191: "awaiting"}
    assert case.returns == ()
    soon = [placed(h, vantage="north") for h in (158, 158.2)]
    (early,) = [case for case in held(*told, soon) if case.hoster == "acme"]
    assert early.gone_at is None


def test_more_than_a_week_after_a_move_two_resolutions_open_a_case():
    """The name leads there again, so it is measured again (3.1, 3.6)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind()),
        placed(135, SHIELD, behind("other"), vantage="south"),
    ]
    back = [placed(h, place(group="holding"), place("other"), vantage="north") for h in (800, 801)]
    found = [case for case in held(*told, back) if case.hoster == "acme"]
    assert [case.opened_at for case in found][1:] == [at(800)]


def test_what_was_seen_while_another_was_the_origin_says_nothing():
    """A case that opens then has moved already, also after a withdrawal (3.1, 3.2)."""
    stated = [placed(0.2, SHIELD, behind()), placed(2, SHIELD, behind("other"), vantage="south")]
    case = next(c for c in held(*stated, report(77, seen=55)) if c.hoster == "acme")
    assert (class_of(case, 100), case.last_seen_at, case.gone_at) == ("moved", None, at(2))
    again = [withdrawal(1.7), report(51, id="r2", seen=51)]
    found = held(report(0.1, seen=0.1), *stated, *again)
    assert [case.last_seen_at for case in found if case.hoster == "acme"][1:] == [None]


def test_an_ended_case_takes_no_open_one_s_place():
    """A group joins two open cases; of an ended and an open one the open one goes on (3.1)."""
    other = [placed(h, place("other"), vantage="north") for h in (11, 15)]
    together = [place(group="holding"), place("other", group="holding")]
    gone = check(237, "absent")
    joined = placed(3_206, *together, vantage="south")
    seen = slots([300], ONLINE, hoster="other")
    found = held(report(0.1, seen=0.1), placed(0.2), other, gone, seen, joined)
    assert {case.hoster: case.group for case in found}["other"] == "holding"


def test_a_notice_from_before_the_url_was_there_fixes_no_reference():
    """What each vantage saw first is what its later sightings are like (3.2, 3.3)."""
    others = [look(h, PAGE, "south", hoster="other") for h in (49, 73)]
    came = [placed(h, place("other"), vantage="north") for h in (118, 136)]
    told = notice(0.4, recipient="other")
    first = look(1.7, ONLINE, "west", hoster="other")
    found = held(report(0.1, seen=0.1), placed(0.2), told, first, others, came)
    (case,) = [case for case in found if case.hoster == "other"]
    assert Flag.UNPROVEN not in case.flags
