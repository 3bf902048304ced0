"""Short histories of what happens between probes, and of what comes back after it had moved.

Two readings of the rules once differed in each.
"""

from both_readings import held
from ledger_events import (
    GONE,
    ONLINE,
    check,
    class_of,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import (
    CaseClass,
    CheckResult,
    Confidence,
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
