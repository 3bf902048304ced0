"""Laws of attribution: what is contested, seen through a proxy, or decided by two persons.

Rules 12.3 to 12.8 of docs/measurement.md.
"""

from ledger_events import (
    BOTH,
    GONE,
    KEY,
    NORTH,
    ONLINE,
    at,
    class_of,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
)

from schemas.closed_lists import Confidence, Flag, Role
from schemas.identity.ids import case_id

SHIELD = place("shield", role=Role.PROXY)
THERE = {"hosters": ("acme", "shield")}


def behind(**said):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(confidence=Confidence.STATEMENT, behind=True, **said)


def hosting(*happened):
    """Return the only hosting case."""
    (case,) = [case for case in fold(*happened).cases if case.role is Role.HOSTING]
    return case


def test_a_contradiction_that_comes_later_contests_too():
    """A second hotline states another origin: the case names nobody from then on."""
    before = hosting(report(seen=0), placed(0), notice(1), slot(2, ONLINE))
    assert before.naming
    later = placed(50, place(contested=True))
    case = hosting(report(seen=0), placed(0), notice(1), slot(2, ONLINE), later)
    assert not case.naming
    assert Flag.CONTESTED in case.flags


def test_what_is_seen_through_a_proxy_names_nobody():
    """Nobody knows that the stated origin really serves it."""
    case = hosting(report(seen=0), placed(0, SHIELD, behind()), notice(1), slot(2, ONLINE, **THERE))
    assert not case.naming
    assert Flag.BEHIND_PROXY in case.flags


def test_what_is_seen_through_a_proxy_is_not_publicly_late():
    """What may not name anybody says nothing in public of how long it took either."""
    seen = slots([2, 26], ONLINE, **THERE)
    case = hosting(report(seen=0), placed(0, SHIELD, behind()), notice(1), seen)
    assert case.late_at is not None
    assert not case.public_late
    disclosed = placed(0, SHIELD, behind(disclosed=True))
    assert hosting(report(seen=0), disclosed, notice(1), seen).public_late


def test_the_proxys_operator_can_disclose_the_origin():
    """Then it may name, from whenever it was disclosed."""
    first = placed(0, SHIELD, behind())
    disclosed = placed(30, SHIELD, behind(disclosed=True))
    case = hosting(report(seen=0), first, disclosed, notice(1), slot(2, ONLINE, **THERE))
    assert case.naming
    assert Flag.BEHIND_PROXY not in case.flags


def test_a_probe_at_the_origin_shows_it():
    """It was seen at an address of the hoster's own, behind the proxy's back or beside it."""
    late = placed(30, SHIELD, behind())
    before = [report(seen=0), placed(0), notice(1), *slot(2, ONLINE)]
    assert hosting(*before).naming
    assert not hosting(*before, late).naming  # who knows where it is since the proxy came
    assert not hosting(*before, late, slot(40, ONLINE, **THERE)).naming
    back = slot(40, ONLINE, hosters=("shield",), old_address=True)
    assert hosting(*before, late, back).naming
    beside = [placed(h, SHIELD, place(), vantage=NORTH) for h in (50, 51)]
    assert hosting(*before, late, beside, slot(52, ONLINE)).naming


def test_a_decision_gives_the_case_to_another_hoster():
    """Figures hold it against that one from the start; a notice to it counts, no other does."""
    made = decision(50, "reattribute", hoster="beta", group="g")
    told = [notice(1), notice(3, recipient="beta")]
    case = hosting(report(seen=0), placed(0), told, slot(4, ONLINE), made)
    assert (case.hoster, case.group, case.noticed_at) == ("beta", "g", at(3))
    assert case.probed_at == ("acme", "g")
    assert case.naming
    undecided = hosting(report(seen=0), placed(0), told, slot(4, ONLINE))
    assert (undecided.hoster, undecided.noticed_at) == ("acme", at(1))
    assert case.case_id == undecided.case_id


def test_the_newest_decision_holds():
    """A later one gives it to somebody else again."""
    made = [decision(h, "reattribute", hoster=to) for h, to in ((50, "beta"), (60, "gamma"))]
    assert hosting(report(seen=0), placed(0), made).hoster == "gamma"


def test_a_decision_settles_what_was_contested():
    """Two persons have said whose it is."""
    contested = placed(0, place(contested=True))
    made = decision(50, "reattribute", hoster="beta")
    case = hosting(report(seen=0), contested, notice(1, recipient="beta"), slot(2, ONLINE), made)
    assert case.naming
    assert Flag.CONTESTED not in case.flags


def test_a_decision_leaves_one_open_case_an_owner():
    """The other one ends `moved` then."""
    both = placed(0, place(), place("beta"))
    plain = fold(report(seen=0), both)
    acme = next(case for case in plain.cases if case.hoster == "acme")
    made = decision(50, "reattribute", case_id=acme.case_id, hoster="beta")
    cases = fold(report(seen=0), both, made, notice(1, recipient="beta")).cases
    assert [case.hoster for case in cases] == ["beta", "beta"]
    assert sorted(class_of(case, 60) for case in cases) == ["moved", "online"]
    assert all(class_of(case, 49) == "online" for case in cases)


def test_the_owner_s_own_case_goes_on_and_the_given_one_is_never_in_time():
    """It is late if it was by then, and what is public is said of the own one."""
    moved = [placed(h, place("beta"), vantage=v) for h in (30, 31) for v in BOTH]
    own = slots([32, 60], ONLINE, hosters=("beta",), hoster="beta")
    before = report(seen=0), placed(0), notice(1), slots([2, 28], ONLINE), moved, own
    acme = next(case for case in fold(*before).cases if case.hoster == "acme")
    told = notice(1, recipient="beta"), notice(40, recipient="beta")
    made = decision(33, "reattribute", case_id=acme.case_id, hoster="beta")
    given, _ = sorted(fold(*before, *told, made).cases, key=lambda case: case.opened_at)
    assert class_of(given, 61) == "moved"
    assert given.late_at is not None
    assert (given.naming, given.public_late) == (False, False)
    assert "in_time" not in given.verdicts


def test_what_names_the_decided_hoster_later_counts_for_the_case():
    """The registry learns what two persons had decided: the case is not moved, and not doubled."""
    made = decision(20, "reattribute", hoster="beta")
    later = [placed(h, place("beta"), vantage=v) for h in (21, 22, 50) for v in BOTH]
    seen = slots([25, 60], ONLINE, hosters=("beta",), hoster="beta")
    told = notice(24, recipient="beta")
    case = hosting(report(seen=0), placed(0), slot(2, ONLINE), made, later, told, seen)
    assert (case.hoster, case.opened_at, case.noticed_at) == ("beta", at(0), at(24))
    assert (class_of(case, 70), case.late_at) == ("online", at(48))


def test_a_case_that_opens_later_at_another_is_not_given():
    """A decision about all cases of a URL is about those that had opened."""
    made = decision(20, "reattribute", hoster="beta")
    later = [placed(h, place("gamma"), vantage=v) for h in (300, 301) for v in BOTH]
    cases = fold(report(seen=0), placed(0), made, later).cases
    assert [case.hoster for case in cases] == ["beta", "gamma"]


def test_what_is_decided_holds_for_the_cases_that_follow_at_the_owner():
    """The name leads where it led, so that is whose server it is."""
    made = decision(20, "reattribute", hoster="beta", case_id=case_id(KEY, "acme", "hosting", 0))
    again = report(800, seen=800, id="again")
    gone = slots([3, 3.3, 3.6], GONE)
    told = notice(1, recipient="beta")
    before = report(seen=0), placed(0), told, slot(2, ONLINE), gone, made
    first, second = fold(*before, again, slot(801, ONLINE)).cases
    assert (first.hoster, second.hoster, second.opened_at) == ("beta", "beta", at(800))


def test_probes_at_a_decided_case_go_where_it_was():
    """Those made for the hoster that resolutions name are its own."""
    made = decision(50, "reattribute", hoster="beta")
    observations = [*slots([2], ONLINE), *slots([60, 60.2, 60.4, 60.6], GONE)]
    told = notice(1, recipient="beta")
    case = hosting(report(seen=0), placed(0), told, observations, made)
    assert class_of(case, 61) == "removed"


def test_a_new_owner_is_asked_for_again_until_it_is_settled():
    """A resolution that names one, or lacks the case's, is repeated every 10 min for 24 h."""
    other = placed(50, place("other"), place(), vantage=NORTH)
    seen = [report(seen=0), placed(0), notice(1), slot(2, ONLINE)]
    assert hosting(*seen, other).resolutions_repeated == ((at(50), at(74)),)
    again = placed(51, place("other"), place(), vantage=NORTH)
    assert fold(*seen, other, again).cases[0].resolutions_repeated == ((at(50), at(51)),)
    lacks = placed(50, SHIELD, vantage=NORTH)
    assert (at(50), at(74)) in fold(*seen, lacks).cases[0].resolutions_repeated
    assert hosting(*seen, [placed(50, vantage=v) for v in BOTH]).resolutions_repeated == ()
