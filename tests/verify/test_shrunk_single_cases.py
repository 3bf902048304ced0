"""Short histories of one case: two readings of the rules once differed in each."""

import pytest
from both_readings import held
from ledger_events import (
    CONTROL,
    GONE,
    LIMITED,
    NORTH,
    ONLINE,
    SOUTH,
    WEST,
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
    Basis,
    Confidence,
    Delivery,
    Flag,
    HotlineMode,
    NormVerdict,
    Role,
    Target,
)
from schemas.records.facts import Facts

PRESENT = "present"
REFUSED_451 = Facts(status=451)
OTHER = Facts(status=200, type="video/mp4", length=90_000)
ROOT_ELSEWHERE = Facts(
    status=200, type="text/html", length=20_000, hops=1, left_host=True, to_root=True
)
OPEN = [report(0.1, seen=0.1), placed(0.2)]
REMOVED = slots([5.2, 5.5, 5.8], GONE)


def only(*happened):
    """Return the only case of the fold, after both readings said the same."""
    (case,) = held(*happened)
    return case


def controls(hours, *vantages, **said):
    """Return observations at the controls alone."""
    pairs = [(v, t) for v in vantages for t in (Target.MADE_UP_PATH, Target.ROOT)]
    return [observation(hours, CONTROL, v, target=t, **said) for v, t in pairs]


@pytest.mark.parametrize(
    ("refused", "seen_at"),
    [
        pytest.param([NORTH], at(9.5), id="it is blocked, and says nothing"),
        pytest.param([NORTH, SOUTH], at(0.1), id="the unannounced vantage is refused too: gone"),
    ],
)
def test_a_refusal_speaks_against_a_check_only_where_it_counts_as_gone(refused, seen_at):
    """A refusal of the URL alone is gone, a block is not (4.8, 4.14)."""
    barred = slots([9, 9.3], REFUSED_451, refused)
    assert only(*OPEN, barred, check(9.5, PRESENT)).last_seen_at == seen_at


def test_a_refusal_by_an_announced_vantage_alone_hides_no_sighting_from_a_check():
    """The sighting within the hour before it says otherwise (4.14)."""
    case = only(
        *OPEN, slot(0.9, ONLINE), observation(1.5, REFUSED_451), controls(1.6, NORTH), check(1.7)
    )
    assert case.gone_at is None


def test_who_is_asked_no_more_says_nothing_against_a_check():
    """Probes of the vantages asked at its time do (4.14)."""
    seen = [slot(1.4, ONLINE, [SOUTH]), observation(2.1, GONE, NORTH, asked=(NORTH,))]
    assert only(*OPEN, seen, check(2.2)).gone_at == at(2.2)


def test_a_sighting_that_agrees_with_a_check_can_still_be_suspect():
    """Another vantage's newest verdict is gone, so it is not backed (4.6, 4.14)."""
    seen = [observation(27.1, GONE), check(27.2, PRESENT), slot(29, ONLINE, [SOUTH])]
    case = only(*OPEN, notice(1), seen)
    assert class_of(case, 30) == "suspect"
    assert case.last_seen_at == at(29) + 100


def test_an_end_that_stands_again_settles_a_check_for_good():
    """A sighting days later does not make it void (4.14)."""
    told = [*OPEN, notice(1), slots([2, 4], ONLINE), REMOVED, check(6.2, PRESENT)]
    case = only(*told, slots([90, 90.5, 91], ONLINE))
    assert case.verdicts == (NormVerdict.IN_TIME, NormVerdict.IN_TIME)
    assert [one.gone_at for one in case.returns] == [at(5.2) + 300]


def test_a_removal_that_is_confirmed_settles_a_check_of_before():
    """A second check after it is one person's again (4.14)."""
    checks = [check(5.75, PRESENT, who="bob"), check(6.1, PRESENT, who="ann")]
    case = only(*OPEN, slot(2, ONLINE), REMOVED, *checks)
    assert case.gone_at == at(5.2) + 300


def test_who_saw_it_as_a_check_said_is_asked_nothing():
    """A person has seen it, so an answer like its control's asks nobody (3.6)."""
    wall = Facts(status=200, type="text/html", length=900)
    seen = [
        observation(24.4, GONE),
        check(24.5, PRESENT),
        observation(24.6, wall),
        observation(24.6, wall, SOUTH),
    ]
    case = only(*OPEN, seen, observation(25, wall, SOUTH, target=Target.MADE_UP_PATH))
    assert Flag.UNPROVEN not in case.flags


@pytest.mark.parametrize(
    ("standing", "verdict"),
    [
        pytest.param(Delivery.SENT, None, id="only sent"),
        pytest.param(Delivery.DELIVERED, NormVerdict.UNDETERMINED, id="delivered"),
    ],
)
def test_an_order_of_lower_standing_than_the_clock_is_not_judged(standing, verdict):
    """Nobody proved that it arrived (9.4)."""
    order = notice(
        0.7,
        hotline="beta",
        result=standing,
        mode=HotlineMode.SENT_ONLY,
        basis=Basis.ORDER,
        term_s=3_600,
    )
    assert only(*OPEN, order, notice(19)).order_verdict is verdict


def test_an_order_after_an_end_is_no_norm_that_could_not_be_measured():
    """It asks for nothing, so the norm that runs is the clock's (5.3, 9.4)."""
    order = notice(30, basis=Basis.ORDER, term_s=3_600, norms_s=(259_200,))
    case = only(*OPEN, check(20), order, slots([100, 110, 120], LIMITED))
    assert case.order_verdict is None
    assert case.norm_s == 259_200


def test_what_a_hotline_saw_after_an_end_is_not_l():
    """L lies before R (8.4)."""
    later = report(40, hotline="beta", id="r2", seen=30)
    case = only(*OPEN, notice(1), REMOVED, later)
    assert Flag.UNOBSERVED in case.flags
    assert case.last_seen_at == at(1)


def test_what_a_hotline_saw_after_an_end_makes_no_removal_of_it():
    """It was gone before the notice (8.3)."""
    told = [report(0.1, seen=-40), placed(0.2), notice(1)]
    case = only(*told, REMOVED, report(40, hotline="beta", id="r2", seen=30))
    assert class_of(case, 50) == "gone_before_notice"


@pytest.mark.parametrize(
    "absent",
    [
        pytest.param(check(8.3), id="found gone by a person: it is no sighting"),
        pytest.param(check(8.3, "not_illegal_now"), id="or found to be something else"),
    ],
)
def test_what_takes_its_place_after_a_check_found_it_gone_asks_nobody(absent):
    """A person found it gone (4.14)."""
    case = only(*OPEN, slot(7, ONLINE, [WEST]), absent, slots([15, 16], OTHER, [WEST]))
    assert Flag.UNPROVEN not in case.flags
    assert case.gone_at == at(8.3)


def test_what_is_seen_after_an_end_is_held_against_what_was_seen_before_it():
    """Also by a vantage that had seen nothing, and though nobody was told (3.3)."""
    seen = [slot(1, ONLINE, [SOUTH]), REMOVED, slots([15, 16], OTHER, [NORTH])]
    assert Flag.UNPROVEN in only(*OPEN, seen).flags


@pytest.mark.parametrize(
    ("notice_h", "unproven"),
    [
        pytest.param(-0.5, False, id="of before the report: it is none of the case"),
        pytest.param(0.5, True, id="of after it"),
    ],
)
def test_the_reference_ends_with_a_notice_of_the_case(notice_h, unproven):
    """Another vantage may be shown another shape before it (3.3)."""
    told = [report(18, reported=0.1, seen=0.1), placed(18.2), notice(notice_h)]
    seen = [
        observation(0.8, ONLINE),
        observation(0.85, OTHER, SOUTH),
        observation(1.1, OTHER, SOUTH),
    ]
    assert (Flag.UNPROVEN in only(*told, seen).flags) is unproven


def test_an_answer_of_another_hosts_root_asks_a_person_without_controls_too():
    """It says nothing whatever the controls said (3.6)."""
    case = only(*OPEN, observation(3, ONLINE), observation(6.8, ROOT_ELSEWHERE))
    assert Flag.UNPROVEN in case.flags
    assert class_of(case, 10) == "awaiting"


def test_a_control_says_who_is_asked():
    """One vantage's verdicts confirm nothing once two are asked (4.2)."""
    alone = {"asked": (NORTH,)}
    gone = [observation(h, GONE, **alone) for h in (7.1, 7.4, 8)]
    assert only(*OPEN, gone, controls(8.2, NORTH)).gone_at is None
    assert only(*OPEN, gone, controls(8.2, NORTH, **alone)).gone_at == at(7.1) + 300


def test_a_hidden_probe_says_who_is_asked():
    """A vantage that is asked no more speaks against nobody (1.4, 4.2)."""
    before = observation(1.2, GONE, WEST, asked=(NORTH, SOUTH, WEST))
    case = only(*OPEN, notice(1), before, observation(25, ONLINE, "hidden"))
    assert class_of(case, 26) == "online"


def test_a_refusal_that_counts_as_gone_is_no_plain_silence():
    """There is doubt, and it lasts a day (4.10)."""
    mine = controls(2.1, SOUTH)
    barred = [observation(h, REFUSED_451) for h in (2.2, 2.5, 2.8)]
    case = only(*OPEN, notice(1), mine, barred[:2], observation(2.5, REFUSED_451, SOUTH), barred[2])
    assert class_of(case, 20) == "doubted"
    assert class_of(case, 27) == "unavailable"


def test_refusals_confirm_a_removal_once_a_control_was_probed_among_them():
    """Controls are probed before a removal is confirmed (4.1, 4.8)."""
    before = controls(6.2, NORTH, SOUTH)
    refused = [observation(h, REFUSED_451, v) for h in (6.3, 6.6, 7) for v in (NORTH, SOUTH)]
    assert only(*OPEN, before, refused).gone_at is None
    assert only(*OPEN, before, refused, controls(7.1, NORTH)).gone_at == at(6.3) + 300


def test_who_is_asked_no_more_holds_no_doubt_up():
    """All vantages that are asked find it gone (4.2)."""
    seen = [observation(25, ONLINE, "hidden"), slot(198.4, ONLINE, [NORTH])]
    gone = [observation(198.3, GONE, SOUTH), *slot(198.7, GONE, [NORTH])]
    case = only(*OPEN, notice(1), seen[0], gone[0], seen[1], gone[1:])
    assert class_of(case, 200) == "doubted"


def test_a_resolution_tells_that_a_day_of_doubt_is_over():
    """The end stands again, so a withdrawal after it changes nothing (2.3, 4.14)."""
    told = [*OPEN, REMOVED, check(6.2, PRESENT), withdrawal(14)]
    assert class_of(only(*told, placed(43, vantage=NORTH)), 44) == "ended_without_notice"


def test_what_turned_out_to_be_in_time_was_not_overdue_unseen():
    """Though its end was found a day after the norm had run out (9.6)."""
    case = only(*OPEN, notice(4), slots([25, 49, 71], GONE))
    assert case.verdicts[0] is NormVerdict.IN_TIME


@pytest.mark.parametrize("back_h", [50, 100, 400])
def test_what_leads_back_to_a_hoster_that_it_had_left_opens_its_case_again(back_h):
    """Behind a proxy a statement of origin does; else two resolutions of a vantage do (1.7)."""
    behind = {"confidence": Confidence.STATEMENT, "behind": True}
    proxy = place("shield", role=Role.PROXY)
    stated = [
        placed(0.2, proxy, place(**behind)),
        placed(20, proxy, place("other", **behind)),
        placed(back_h, proxy, place(**behind)),
    ]
    found = held(report(0.1, seen=0.1), notice(0.5), slots([1, 2], ONLINE), stated)
    assert any(c.hoster == "acme" and class_of(c, back_h + 1) != "moved" for c in found)
    away = {"old_address": True, "hosters": ("other",)}
    left = [placed(h, place("other"), vantage=v) for h in (20, 40) for v in (NORTH, SOUTH)]
    back = [placed(back_h + h, vantage=NORTH) for h in (0, 1)]
    gone = slots([46, 46.3, 46.6, 46.9], GONE, **away)
    found = held(*OPEN, slots([1, 2], ONLINE), left, gone, back)
    assert any(c.hoster == "acme" and class_of(c, back_h + 2) == "awaiting" for c in found)


def test_a_second_verdict_has_the_norms_of_the_clock():
    """Whatever those of the second notice are (6.3)."""
    told = [notice(1, norms_s=(86_400,)), notice(50, hotline="beta", norms_s=(86_400, 172_800))]
    case = only(*OPEN, told, slots([2, 4], ONLINE), REMOVED, slots([40, 40.5, 90], ONLINE))
    assert case.again_verdicts == (NormVerdict.LATE,)


def test_what_a_hotline_saw_after_r_is_not_l_either_if_probes_made_r_earlier():
    """L lies before R (4.14, 8.4)."""
    gone = slots([2.1, 50.1, 98.1], GONE, control=None)
    later = report(56.8, seen=56.7)
    case = only(placed(0.2), gone[:4], controls(50.2, NORTH), later, check(67.3), gone[4:])
    assert case.gone_at == at(2.1) + 300
    assert case.last_seen_at is None
