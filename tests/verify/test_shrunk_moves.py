"""Short histories of moves, proxies and returns: two readings once differed in each."""

import pytest
from both_readings import held
from ledger_events import (
    BOTH,
    CONTROL,
    GONE,
    KEY,
    ONLINE,
    SOUTH,
    at,
    check,
    class_of,
    decision,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas.closed_lists import (
    Basis,
    Confidence,
    Delivery,
    Flag,
    HotlineMode,
    ProbeError,
    Role,
    Target,
)
from schemas.identity.ids import case_id
from schemas.records.facts import Facts

SHIELD = place("shield", role=Role.PROXY)
REMOVED = slots([5.2, 5.5, 5.8], GONE)


def behind(name="acme", **said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(name, confidence=Confidence.STATEMENT, behind=True, **said)


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
    """What a hoster's own server says of itself moves nothing (3.7, 3.8)."""
    where = {"old_address": True, "hosters": ("shield",)} if at_its_own_address else {}
    first = placed(0.2) if at_its_own_address else placed(0.2, SHIELD, behind())
    then = placed(42, SHIELD, behind("other")) if at_its_own_address else []
    answer = replace(COPY, cached=cached)
    found = held(
        report(seen=0), first, notice(1), then, observation(64.9, answer, "north", **where)
    )
    case = next(case for case in found if case.hoster == "acme")
    assert at(seen_h) <= (case.last_seen_at or 0) < at(seen_h + 0.1)


def test_a_proxy_that_came_later_takes_nothing_from_what_was_seen_before():
    """A refusal by the hoster's own server makes its case doubtful (5.2)."""
    refused = observation(25, Facts(status=429), "north")
    came = [placed(h, SHIELD, behind("other")) for h in (242, 242.2)]
    found = held(report(seen=0), placed(0.2), notice(1), refused, came)
    (case,) = [case for case in found if case.hoster == "acme"]
    assert class_of(case, 30) == "doubted"


def test_a_refusal_of_the_url_alone_behind_a_proxy_is_the_proxy_s():
    """Nobody knows who refused it, so the hosting case stays open (5.2)."""
    seen = slots([1, 2], ONLINE)
    refused = slots([5.2, 5.5, 5.8], Facts(status=451), control=ONLINE)
    found = held(report(seen=0), placed(0.2, SHIELD, behind()), notice(1), seen, refused)
    assert class_of(hosting(found), 7) == "online"
    assert hosting(found).gone_at is None


def test_what_follows_a_week_after_an_end_is_no_stay_of_the_old_case():
    """So a withdrawal after R still divides nothing and changes no class of it (2.3, 6.5)."""
    absent, seen = check(20, "absent"), observation(372, ONLINE, "south")
    old, _ = held(report(0.1, seen=0.1), placed(0.2), absent, withdrawal(50), seen)
    assert class_of(old, 400) == "ended_without_notice"


def test_a_case_that_goes_on_unbacked_is_the_same_one_when_it_is_backed():
    """It was open again within the 7 d (6.2, 6.5)."""
    absent = check(48, "absent", hotline="beta")
    alone, backed = observation(170, ONLINE, "north"), slots([314], ONLINE)
    (case,) = held(report(0.1, seen=0.1), placed(0.2), notice(1), absent, alone, backed)
    assert len(case.returns) == 1


def test_the_sighting_that_opens_a_case_is_what_later_ones_are_like():
    """Another page than before the end, seen twice, asks nobody about the new case (6.5)."""
    told = [report(0.1, seen=0.1), placed(0.2), slots([1, 2], ONLINE), REMOVED]
    _, new = held(*told, slots([394, 395], PAGE, control=GONE))
    assert Flag.UNPROVEN not in new.flags


def test_a_check_answers_what_was_asked_about_its_own_case():
    """What nobody knew about the case before stays unknown (6.5)."""
    told = [report(0.1, seen=0.1), placed(0.2), slots([1, 2], PAGE, control=PAGE)]
    old, new = held(*told, check(20, "absent"), check(573, "present"))
    assert Flag.UNPROVEN not in new.flags
    assert old.phases[-1].case_class == "ended_without_notice"


def test_a_doubt_ends_before_the_next_case_opens():
    """Unconfirmed as unavailable, also if nothing but a report follows (4.10, 6.8)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2),
        observation(9, ONLINE, "north"),
        observation(278, PAGE, "north"),
    ]
    old, _ = held(*told, report(10_053, hotline="beta", id="r2"))
    assert class_of(old, 1_000) == "awaiting"
    assert [phase.case_class for phase in old.unnoticed][-1] == "unavailable"


def test_two_resolutions_lead_back_to_whom_a_statement_took_the_url_from():
    """Open from the second on; nobody saw it, so it is no return (1.7)."""
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
    """The name leads there again, so it is measured again (6.5, 6.9)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2, SHIELD, behind()),
        placed(135, SHIELD, behind("other"), vantage="south"),
    ]
    back = [placed(h, place(group="holding"), place("other"), vantage="north") for h in (800, 801)]
    found = [case for case in held(*told, back) if case.hoster == "acme"]
    assert [case.opened_at for case in found][1:] == [at(800)]


def test_what_was_seen_while_another_was_the_origin_says_nothing():
    """A case that opens then has moved already, also after a withdrawal (1.7)."""
    stated = [placed(0.2, SHIELD, behind()), placed(2, SHIELD, behind("other"), vantage="south")]
    case = next(c for c in held(*stated, report(77, seen=55)) if c.hoster == "acme")
    assert (class_of(case, 100), case.last_seen_at, case.gone_at) == ("moved", None, at(2))
    again = [withdrawal(1.7), report(51, id="r2", seen=51)]
    found = held(report(0.1, seen=0.1), *stated, *again)
    assert [case.last_seen_at for case in found if case.hoster == "acme"][1:] == [None]


def test_an_ended_case_takes_no_open_one_s_place():
    """A group joins two open cases; of an ended and an open one the open one goes on (1.6)."""
    other = [placed(h, place(), place("other"), vantage="north") for h in (11, 15)]
    together = [place(group="holding"), place("other", group="holding")]
    gone = check(237, "absent")
    joined = placed(3_206, *together, vantage="south")
    seen = slots([300], ONLINE, hoster="other")
    found = held(report(0.1, seen=0.1), placed(0.2), other, gone, seen, joined)
    assert {case.hoster: case.group for case in found}["other"] == "holding"


def test_a_notice_from_before_the_url_was_there_fixes_no_reference():
    """What each vantage saw first is what its later sightings are like (3.3)."""
    others = [observation(h, PAGE, "south", hoster="other") for h in (49, 73)]
    came = [placed(h, place("other"), vantage="north") for h in (118, 136)]
    told = notice(0.4, recipient="other")
    first = observation(1.7, ONLINE, "west", hoster="other")
    found = held(report(0.1, seen=0.1), placed(0.2), told, first, others, came)
    (case,) = [case for case in found if case.hoster == "other"]
    assert Flag.UNPROVEN not in case.flags


def test_a_report_that_is_a_notice_counts_from_when_it_was_received():
    """Also if it was made before the URL came to its hoster (2.1)."""
    late = report(14.6, reported=0.2, seen=0.2, mode=HotlineMode.ON_REPORT)
    came = [placed(h, vantage="north") for h in (7.8, 13.8)]
    found = held(placed(6.8, place("other"), vantage="north"), came, late)
    assert {case.hoster: case.noticed_at for case in found}["acme"] == at(14.6)


def test_a_notice_of_after_the_expiry_lengthens_nothing():
    """More than a week after the expiry it opens a case (6.8, 8.6)."""
    again = report(10_110, id="r2", seen=10_109, mode=HotlineMode.ON_REPORT)
    old, new = held(report(0.1, seen=0.1), placed(45), again)
    assert class_of(old, 9_700) == "expired"
    assert old.noticed_at is None
    assert new.opened_at == at(10_110)


def test_of_several_reports_the_one_made_first_opens_the_case():
    """In whatever order they were received (6.8)."""
    told = [report(0.1, seen=0.1), placed(0.2), check(25, "absent")]
    reports = [report(228, id="r2", reported=227), report(257, hotline="beta", reported=222)]
    _, new = held(*told, reports)
    assert new.opened_at == at(222)


def test_a_case_that_a_decision_moved_has_no_slots_left():
    """The case that it was opened first of goes on (12.6)."""
    given = decision(170, "reattribute", hoster="other", case_id=case_id(KEY, "acme", "hosting", 0))
    came = [placed(h, place("other"), vantage="north") for h in (169, 169.2)]
    told = notice(197, recipient="other")
    found = held(report(0.1, seen=0.1), placed(0.2), given, came, told)
    assert [class_of(case, 200) for case in found].count("moved") == 1


def test_a_doubt_goes_no_further_than_the_case():
    """It had been joined before 24 h were over (1.6, 4.10)."""
    stated = placed(1, SHIELD, behind("other"), vantage="north")
    doubt = observation(3, GONE, "north", hoster="other")
    joined = placed(24.5, place(group="holding"), place("other", group="holding"), vantage="north")
    found = held(report(0.1, seen=0.1), placed(0.2), stated, doubt, joined)
    (case,) = [case for case in found if case.hoster == "other"]
    assert (case.gone_at, class_of(case, 30)) == (at(24.5), "never_online")


def test_a_notice_that_arrived_after_a_move_arrived_all_the_same():
    """It is misdirected, and nothing bounced alone (2.1, 2.2)."""
    told = [report(0.1, seen=0.1), placed(0.2, SHIELD, behind())]
    left = placed(100, SHIELD, behind("other"), vantage="south")
    sent = [notice(1, result=Delivery.BOUNCED), notice(120)]
    found = held(*told, left, sent)
    (case,) = [case for case in found if case.hoster == "acme"]
    assert Flag.MISDIRECTED in case.flags
    assert Flag.BOUNCED not in case.flags


def test_what_a_person_saw_of_the_old_case_answers_nothing_of_the_new_one():
    """So a person is asked what the new one shows (6.5)."""
    told = [report(0.1, seen=0.1), placed(0.2), check(8, "present"), REMOVED, check(20, "absent")]
    like_its_control = slots([394, 395], PAGE, control=PAGE)
    cases = held(*told, observation(300, ONLINE, "north"), like_its_control)
    assert Flag.UNPROVEN in cases[-1].flags


AWAY = {"old_address": True, "hosters": ("other",)}


def test_a_vantage_that_has_resolved_nothing_yet_holds_no_move_up():
    """It is asked since the newest order alone (1.4)."""
    three = ("north", "south", "west")
    run = [slots([82, 82.3], GONE, **AWAY), slots([94], GONE, asked=three, **AWAY)]
    (case,) = held(report(0.1, seen=-27), placed(0.2), run)
    assert class_of(case, 95) == "moved"


def test_a_vantage_that_is_asked_no_more_holds_no_move_up():
    """What it resolves meanwhile changes nothing either (1.4)."""
    told = [report(0.1, seen=-24), placed(0.2), placed(150, vantage="south")]
    run = slots([178, 178.3, 178.7], GONE, ["north"], control=None, asked=("north",), **AWAY)
    late = observation(227, CONTROL, asked=("north",), target=Target.ROOT, **AWAY)
    (case,) = held(*told, run, placed(210, vantage="south"), late)
    assert (class_of(case, 228), case.gone_at) == ("moved", at(227) + 300)


def test_a_removal_is_confirmed_by_the_answer_that_shows_a_vantage_to_be_heard():
    """Whatever it says: that is the first moment at which enough are required (4.1, 4.2)."""
    run = slots([1.9, 2.8, 3.8], GONE, control=None)
    control = observation(18.9, CONTROL, target=Target.ROOT)
    odd = observation(18.91, Facts(status=200, type="text/html", length=150), SOUTH, hosters=())
    told = [report(0.1, seen=-12), placed(0.2), run, control, odd]
    (case,) = held(*told, observation(19.7, CONTROL, SOUTH, target=Target.ROOT))
    assert case.confirmed_at == at(18.91) + 300


def test_what_is_probed_while_another_is_the_origin_is_none_of_the_probes_around_a_norm():
    """It says nothing of this owner (5.3, 12.4)."""
    told = [report(0.1, seen=-39, mode=HotlineMode.ON_REPORT, norms_s=(259_200,))]
    told += [placed(0.05, SHIELD, behind()), placed(32, SHIELD, behind("other"), vantage="north")]
    found = held(*told, observation(50, Facts(error=ProbeError.TIMEOUT)))
    case = next(case for case in found if case.hoster == "acme")
    assert not case.norm_probes.blocked


def test_an_unknown_network_after_a_known_one_is_the_same_owners():
    """Nobody gets rid of a case by an address of no known network (1.3, 8.7)."""
    nobody = [placed(h, place("unknown"), vantage="north") for h in (3, 9)]
    run = slots([31.1, 31.4, 31.8], GONE, hoster="unknown", old_address=True, hosters=("third",))
    (case,) = held(report(0.1, seen=0.1), placed(0.2), nobody, run)
    assert (case.hoster, class_of(case, 32)) == ("acme", "awaiting")


def test_whoever_is_known_first_has_been_there_since_nobody_was():
    """Its own address counts from then on, and so does what was seen there (8.7, 12.5)."""
    nobody = placed(0.2, place("unknown"))
    stated = placed(30, SHIELD, behind(), vantage="north")
    told = [report(0.1, seen=0.1), nobody, observation(2, ONLINE, hoster="unknown")]
    case = next(case for case in held(*told, stated) if case.role is Role.HOSTING)
    assert (case.hoster, case.opened_at) == ("acme", at(0.1))


def test_of_several_owners_that_a_decision_gives_none_takes_another_s_place():
    """Their cases had been withdrawn; what is reported again at one of them is its own (12.6)."""
    gone = slots([46, 46.3, 46.6], GONE)
    told = [report(0.1, seen=0.1), placed(0.2), withdrawal(23), gone]
    beside = [placed(h, place("other"), vantage="north") for h in (13, 21)]
    given = decision(234, "reattribute", hoster="third")
    again = [report(1500, id="again"), *(placed(h, vantage=v) for h in (1563, 1583) for v in BOTH)]
    found = held(*told, beside, given, again)
    assert [case.hoster for case in found if class_of(case, 1600) == "awaiting"] == ["third"]


def test_a_case_that_was_reported_again_is_open_though_the_one_before_had_ended():
    """A decision that names its owner ends no case of that (12.6)."""
    told = [report(0.1, seen=0.1), placed(0.2), withdrawal(5)]
    moved = [placed(h, place("third"), vantage=v) for h in (9, 9.2, 9.4) for v in BOTH]
    gone = slots([10, 10.3, 10.6, 34], GONE, old_address=True, hosters=("third",))
    again = report(79, hotline="beta", id="again")
    given = decision(197, "reattribute", hoster="acme")
    found = held(*told, moved, gone, again, given)
    acme = [case for case in found if case.served == ("acme", "acme")]
    assert [class_of(case, 300) for case in acme] == ["withdrawn", "awaiting"]


def test_an_address_that_gets_the_name_a_decision_gave_is_that_group_s():
    """It had its network's name alone; the case says whose it is, and not the network (1.5)."""
    network = place("as64500", confidence=Confidence.FALLBACK)
    nameless = placed(0.2, network)
    given = decision(17, "reattribute", hoster="acme")
    named = placed(200, replace(place("acme"), address_key=network.address_key))
    (case,) = held(nameless, given, report(40, seen=0.1), named)
    assert (case.hoster, case.group) == ("acme", "acme")


def test_copies_of_a_proxy_make_a_case_publicly_late():
    """They are dated up to 24 h before they were fetched, and so is the case's L (9.8)."""
    proxied = placed(0.2, SHIELD, behind(disclosed=True))
    ordered = notice(0.5, basis=Basis.ORDER, term_s=43_200)
    paths = [observation(47.4, CONTROL, v, target=Target.MADE_UP_PATH) for v in BOTH]
    copies = [observation(71.4, replace(ONLINE, age_s=1_728_000, cached=True), v) for v in BOTH]
    case = hosting(held(report(0.2), proxied, ordered, paths, copies))
    assert case.late_in_public == (0, 86_400)


def test_a_case_that_moved_by_a_decision_is_not_overdue_by_what_was_seen_later():
    """Neither before it moved: its norm had not run out then (9.6, 12.6)."""
    told = [placed(0.1), report(0.2, seen=0.1), notice(1.5, recipient="other", norms_s=(259_200,))]
    moved = [placed(h, place("other"), vantage="north") for h in (22.7, 22.8)]
    given = decision(36.7, "reattribute", hoster="other")
    control = observation(396, CONTROL, target=Target.MADE_UP_PATH)
    found = held(*told, moved, given, control, observation(396, ONLINE))
    (case,) = [case for case in found if case.phases[-1].case_class == "moved"]
    assert not case.overdue
