"""Short histories of what happens between probes, and of what comes back after it had moved.

Two readings of the rules once differed in each.
"""

from both_readings import held
from ledger_events import (
    CONTROL,
    GONE,
    ONLINE,
    SOUTH,
    at,
    check,
    class_of,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    withdrawal,
)

from schemas.closed_lists import (
    CaseClass,
    CheckResult,
    Confidence,
    Delivery,
    Flag,
    HotlineMode,
    ProbeError,
    Role,
    Target,
)
from schemas.records.facts import Facts

SHIELD = place("shield", role=Role.PROXY)


def behind(name="acme"):
    """Return a placement that a statement gives to a hoster behind the proxy."""
    return place(name, confidence=Confidence.STATEMENT, behind=True)


BEFORE, AFTER = placed(0.2, SHIELD, behind()), placed(13.6, SHIELD, behind("other"))


def test_a_doubt_ends_before_a_statement_of_origin_that_came_later():
    """A case in doubt for 24 h is unavailable from then on, until it moves (4.10, 12.4)."""
    doubted = observation(3.9, GONE, "hidden", asked=("north", "south"), announced=False)
    later = placed(3_800, SHIELD, behind("other"))
    found = held(report(41, seen=0, reported=3), BEFORE, notice(14.8), doubted, later)
    case = next(case for case in found if case.hoster == "acme")
    assert class_of(case, 66) == "unavailable"
    assert class_of(case, 3_801) == "moved"


def test_a_name_leads_back_after_a_statement_of_another_origin():
    """Both happen in their order, before the next probe (1.7)."""
    back = [placed(hour, place(), vantage="north") for hour in (26.9, 27.1)]
    probe = observation(72, ONLINE, "north", target=Target.ROOT)
    found = held(report(0.1, mode=HotlineMode.ON_REPORT), BEFORE, AFTER, back, probe)
    case = next(case for case in found if case.hoster == "acme")
    assert case.gone_at is None
    assert class_of(case, 28) == "online"


def test_a_notice_from_before_a_url_that_had_moved_is_back_starts_no_second_verdict():
    """It went to a hoster that did not have it (6.9)."""
    away = {"old_address": True, "hosters": ("third",)}
    left = slots([53.7, 54, 54.3], GONE, **away)
    present = check(117.3, CheckResult.PRESENT, who="bob")
    told = report(seen=0, mode=HotlineMode.ON_REPORT)
    (case,) = held(told, placed(0.2), left, present, notice(117, hotline="beta"))
    assert Flag.MISDIRECTED in case.flags
    assert case.again_noticed_at is None


def test_a_probe_for_another_hoster_is_none_of_an_owner_that_had_its_name():
    """That its slot was probed is said of its own probes alone (5.3, 7.7)."""
    renamed = placed(1_400, place(formerly=("as64500",)), vantage="north")
    probe = observation(17.5, GONE, "north", hoster="as64500")
    (case,) = held(report(seen=0), placed(0.2), notice(5), probe, renamed)
    assert case.hoster == "acme"


def test_a_case_that_came_back_is_measured_by_the_verdict_that_runs():
    """After a return no norm runs before the second notice (5.3, 6.3)."""
    away = {"old_address": True, "hosters": ("other",)}
    silent = observation(109, Facts(error=ProbeError.TIMEOUT), "north", asked=("north",), **away)
    seen = observation(169, ONLINE, "north", asked=("north",), **away)
    control = observation(171, GONE, "north", target=Target.MADE_UP_PATH, **away)
    told = report(seen=0, mode=HotlineMode.ON_REPORT, norms_s=(259_200,), sector_norm_s=259_200)
    (case,) = held(told, placed(0.2), check(99), silent, seen, control)
    assert case.first_end is not None


def test_what_opens_another_case_backs_no_sighting_of_the_old_one():
    """The old one came back by sightings that nothing backs, and stays unproven (6.2, 6.5)."""
    removed = slots([5.2, 5.5, 5.8], GONE)
    page = Facts(status=200, type="text/html", length=900)
    back = slots([40], page)
    again = slots([41, 41.3, 41.6], GONE)
    told = [report(seen=0), placed(0.2), slots([1, 2], ONLINE), removed, back, again]
    old, new = held(*told, check(400, "present"))
    assert Flag.UNPROVEN in old.flags
    assert Flag.UNPROVEN not in new.flags


def test_a_case_whose_next_one_nothing_backs_is_unproven():
    """Whether it reappeared is asked of a person (6.2, 6.5)."""
    removed = slots([5.2, 5.5, 5.8], GONE)
    told = [report(seen=0), placed(0.2), slots([1, 2], ONLINE), removed]
    old, _ = held(*told, observation(300, ONLINE, "south"))
    assert Flag.UNPROVEN in old.flags


def test_a_void_end_of_the_next_case_takes_no_reappearance_of_the_old_one_away():
    """What shows that a person missed it makes the next case go on as if it had not ended (6.1)."""
    removed = slots([5.2, 5.5, 5.8], GONE)
    told = [report(seen=0), placed(0.2), slots([1, 2], ONLINE), removed]
    missed = [observation(300, ONLINE, "south"), check(310), observation(320, ONLINE, "south")]
    old, _ = held(*told, *missed, slots([330, 331], ONLINE))
    assert Flag.UNPROVEN not in old.flags
    assert old.untold_returns == 1


def test_what_comes_after_a_dark_case_is_no_reappearance_of_the_one_before():
    """Nothing backs that the removed one came back: a person is asked of it (6.5, 6.9)."""
    removed = slots([5.2, 5.5, 5.8], GONE)
    told = [report(seen=0), placed(0.2), slots([1, 2], ONLINE), removed]
    timeout = Facts(error=ProbeError.TIMEOUT)
    silent = [
        observation(301 + 24 * day, timeout, vantage, target=target)
        for day in range(9)
        for vantage in ("north", "south")
        for target in (Target.URL, Target.ROOT, Target.MADE_UP_PATH)
    ]
    old, _, _ = held(*told, observation(300, ONLINE, "south"), *silent, slots([900, 901], ONLINE))
    assert Flag.UNPROVEN in old.flags


def test_what_name_servers_said_before_a_withdrawal_is_known_to_the_next_case():
    """A move takes 24 h since the name led to the owner last, also in a case that is new (1.3)."""
    away = {"old_address": True, "hosters": ("other",)}
    left = slots([22.6, 22.9, 23.2, 23.5], GONE, **away)
    moved = [placed(h, place("other"), vantage=v) for h in (21.9, 22.2) for v in ("north", "south")]
    told = [report(seen=0), placed(0.2), withdrawal(1), *moved, report(22.5, id="r2"), left]
    cases = held(*told)
    assert CaseClass.MOVED not in {class_of(case, 30) for case in cases}


def test_what_is_said_before_a_case_opens_opens_no_second_one():
    """The end that it follows was found before the case was (6.8)."""
    run = slots([1, 1.3, 1.6], GONE)
    told = [report(0.1, seen=0.1), placed(0.2, place("host")), run]
    opened = [placed(h, vantage="north") for h in (330, 331)]
    found = held(*told, notice(259, result=Delivery.BOUNCED), *opened)
    assert [case.hoster for case in found] == ["host", "acme"]


def test_where_the_name_leads_back_a_report_long_after_an_end_opens_a_case():
    """Also if it had ended before a statement named another as the origin (1.7, 6.8)."""
    run = slots([109, 109.3, 109.6], GONE)
    told = [report(0.1, seen=0.1), placed(0.2, SHIELD, behind()), run]
    told += [placed(1_695, SHIELD, behind("other"), vantage="south")]
    back = [placed(h, vantage="south") for h in (2_079, 2_080)]
    found = held(*told, *back, report(5_274, id="r2", seen=5_273))
    assert [case.opened_at for case in found if case.hoster == "acme"][1:] == [at(5_274)]


def test_a_report_long_after_an_end_that_a_check_disputes_opens_a_case():
    """The end stands for it: probes contradict the check (6.8)."""
    gone = [observation(h, GONE, asked=("north",)) for h in (43, 67, 89, 324)]
    control = observation(67.1, CONTROL, asked=("north",), target=Target.ROOT)
    told = [report(0.1, seen=0.1), placed(0.2), gone, control, check(324.5, "present")]
    old, new = held(*told, report(337, id="r2"))
    assert (class_of(old, 338), new.opened_at) == ("ended_without_notice", at(337))


def test_a_removal_that_a_sighting_voids_is_no_end_of_before():
    """While it was believed the case was removed, not gone before its notice (6.1, 8.3)."""
    three = ("north", "south", "west")
    before = slots([1.7, 2, 2.3], GONE, three, asked=three)
    seen = observation(26.4, ONLINE, asked=three)
    again = slots([26.7, 27, 27.3], GONE)
    told = [report(0.1, seen=-15), placed(0.2), before, notice(2.5), seen, again]
    (case,) = held(*told, observation(48.9, ONLINE, "south", asked=three))
    assert class_of(case, 30) == "removed"


def test_a_reports_sighting_after_r_counts_again_once_the_name_leads_back():
    """Within 24 h of the end the move is void, so nothing was gone (1.7, 6.1)."""
    there = {"old_address": True, "hosters": ("other",)}
    seen = [observation(2, ONLINE), observation(2.1, ONLINE, SOUTH)]
    told = [report(0.1, seen=0.1), placed(0.2), seen, slots([10, 10.3, 40], GONE, **there)]
    said = report(41, id="r2", seen=30)
    back = [placed(h, vantage="north") for h in (41.5, 42)]
    (case,) = [case for case in held(*told, said, *back) if case.hoster == "acme"]
    assert (case.gone_at, case.last_seen_at) == (None, at(30))


def test_a_case_whose_reports_were_taken_back_opens_with_the_first_that_stands():
    """One that was taken back before it was received opens none (2.3)."""
    told = [report(0.1, seen=-14), placed(0.2), withdrawal(66.1), withdrawal(69.8)]
    late = report(97, reported=66.4, id="r2", seen=43)
    *_, case = held(*told, late, report(88.6, hotline="beta", id="r3", seen=88.5))
    assert case.opened_at == at(88.6)


def test_a_notice_long_after_an_expiry_opens_a_case_whatever_ended_the_old_one_since():
    """Watching had ended by then (6.8, 8.6)."""
    told = [report(0.1, seen=0.1), placed(0.2), check(9_803, "absent")]
    found = held(*told, notice(9_816))
    assert [case.opened_at for case in found][1:] == [at(9_816)]


def test_a_check_that_a_sighting_agrees_with_opens_the_case_long_after_an_end():
    """It counts from its own time (4.14, 6.5)."""
    told = [
        report(0.1, seen=0.1),
        placed(0.2),
        slot(3, ONLINE, ["north"]),
        slots([6, 6.3, 6.6], GONE),
    ]
    disputed = [observation(407, GONE), check(407.4, "present")]
    _, new = held(*told, disputed, observation(409, ONLINE, asked=("north",)))
    assert new.opened_at == at(407.4)
