"""Laws of confirmation, doubt, blocking, darkness, checks and returns.

See docs/measurement.md, Confirmation and Coming back.
"""

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    LIMITED,
    MIN,
    MISSED,
    NO_NAME,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    at,
    check,
    class_of,
    classes,
    fold,
    look,
    notice,
    placed,
    report,
    slot,
    slots,
    told,
)

from schemas.reasons import CheckResult, Flag, NormVerdict
from schemas.records.facts import Facts

THREE = (NORTH, SOUTH, WEST)
GONE_RUN = (5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN)


def gone_run(first=5.0, facts=GONE, vantages=BOTH, **said):
    return slots([first + m * MIN for m in (0, 10, 20, 31)], facts, vantages, **said)


def test_removal_needs_both_vantages():
    """Two vantages asked: a run that only one of them saw confirms nothing."""
    both = told(slot(2, ONLINE), gone_run())
    one = told(slot(2, ONLINE), gone_run(vantages=(NORTH,)))
    assert class_of(both, 6) == "removed"
    assert "removed" not in classes(one)


def test_r_is_when_each_required_vantage_had_said_gone():
    """R is the later of the vantages' first gone answers, L the request of the last sighting."""
    case = told(
        slot(2, ONLINE), slot(5, GONE, (NORTH,)), gone_run(5.2), gone_run(5.2, vantages=(SOUTH,))
    )
    assert case.gone_at == at(5.2) + 300
    assert case.last_seen_at == at(2) + 100


@pytest.mark.parametrize(
    "minutes", [(0, 31), (0, 10, 20)], ids=["two looks a vantage, one each", "under 30 min"]
)
def test_removal_needs_three_looks_over_thirty_minutes(minutes):
    """Fewer than 3 gone looks, or less than 30 min, is doubt."""
    vantages = [NORTH, SOUTH] if len(minutes) == 2 else None
    looks = [
        seen
        for i, m in enumerate(minutes)
        for seen in slot(5 + m * MIN, GONE, (vantages[i],) if vantages else BOTH)
    ]
    assert "removed" not in classes(told(slot(2, ONLINE), looks))


def test_the_same_look_delivered_twice_is_one_of_the_three():
    """Two executions of one order count as one look."""
    again = look(5, Facts(status=410), NORTH)
    case = told(slot(2, ONLINE), slot(5, GONE, (NORTH,)), again, slot(5 + 31 * MIN, GONE, (SOUTH,)))
    assert "removed" not in classes(case)


def test_a_sighting_breaks_the_run():
    """Gone, seen by both, gone: the run begins anew after the sighting."""
    case = told(
        slot(2, ONLINE),
        slots([5, 5.2], GONE),
        slot(5.4, ONLINE),
        slots([5.5, 5.6], GONE),
    )
    assert "removed" not in classes(case)
    assert case.last_seen_at == at(5.4) + 100


def test_no_removal_without_a_control():
    """A run in which no control was looked at confirms nothing; the control settles it."""
    bare = [gone_run(control=None)]
    assert "removed" not in classes(told(slot(2, ONLINE), *bare))
    late = look(5.6, GONE, NORTH, target="root")
    case = told(slot(2, ONLINE), *bare, late)
    assert class_of(case, 5.7) == "removed"
    assert case.gone_at == at(5) + 300


@pytest.mark.parametrize(
    ("facts", "said"), [(MISSED, {}), (GONE, {"canary_ok": False})], ids=["missed", "canary dead"]
)
def test_a_control_that_nobody_looked_at_is_none(facts, said):
    """A missed control, and one of a vantage whose canary is dead, do not settle a run."""
    case = told(
        slot(2, ONLINE), gone_run(control=None), look(5.6, facts, NORTH, target="root", **said)
    )
    assert "removed" not in classes(case)


def test_the_reports_own_sighting_is_not_denied_by_the_looks_it_brought_about():
    """Gone an hour after a report is a removal in between: its `seen_at` stays L."""
    (case,) = fold(report(1, seen=0.8), placed(1), notice(1), gone_run(1.1)).cases
    assert class_of(case, 2) == "removed"
    assert case.last_seen_at == at(0.8)


def test_one_of_three_vantages_may_be_without_answer():
    """N-1 of N suffice where N is 3 or more and the other says nothing conclusive."""
    asked = {"asked": THREE}
    barred = [
        slot(2, ONLINE, THREE, **asked),
        gone_run(vantages=BOTH, **asked),
        slots(GONE_RUN, DEAD, (WEST,), **asked),
    ]
    assert class_of(told(*barred), 6) == "removed"
    two_out = [slot(2, ONLINE, THREE, **asked), gone_run(vantages=(NORTH,), **asked)]
    assert "removed" not in classes(told(*two_out))


@pytest.mark.parametrize(("networks", "ends"), [((1, 2), True), ((1, 1), False), ((1, 0), False)])
def test_the_others_of_three_have_to_be_in_different_networks(networks, ends):
    """Two vantages of one AS number are one to whoever lies to them, and 0 is nobody's number."""
    asked = {"asked": THREE}
    found = [slot(2, ONLINE, THREE, **asked), slots(GONE_RUN, DEAD, (WEST,), **asked)]
    for vantage, asn in zip(BOTH, networks, strict=True):
        found.append(gone_run(vantages=(vantage,), asn=asn, **asked))
    assert ("removed" in classes(told(*found))) is ends


def test_a_third_vantage_that_sees_it_stops_the_removal():
    """N-1 of N do not suffice against a vantage that saw it."""
    asked = {"asked": THREE}
    case = told(
        slot(2, ONLINE, THREE, **asked),
        slot(5, GONE, BOTH, **asked),
        slot(5.05, ONLINE, (WEST,), **asked),
        slots([5.2, 5.6], GONE, BOTH, **asked),
    )
    assert class_of(case, 5.06) == "suspect"
    assert "removed" not in classes(case)


def test_a_vantage_whose_canary_is_dead_says_nothing():
    """Its gone looks confirm nothing, and it is not among the required ones."""
    deaf = gone_run(vantages=(NORTH,), canary_ok=False)
    assert "doubted" not in classes(told(slot(2, ONLINE), deaf))
    case = told(slot(2, ONLINE), deaf, gone_run(5.01, vantages=(SOUTH,)))
    assert class_of(case, 6) == "removed"


@pytest.mark.parametrize("facts", [REFUSED, LIMITED, DEAD, Facts(status=503)])
def test_blocking_is_never_a_removal(facts):
    """Blocked and unreachable, controls alike, are unavailable for as long as they last."""
    case = told(slot(2, ONLINE), slots([5 + 12 * k for k in range(12)], facts, control=facts))
    assert class_of(case, 100) == "unavailable"
    assert case.gone_at is None


def test_lawful_disabling_needs_an_unannounced_vantage():
    """403 on the URL alone is gone if the vantage without a name sees it too, else blocked."""
    seen_too = told(slot(2, ONLINE), gone_run(facts=REFUSED))
    assert class_of(seen_too, 6) == "removed"
    announced = told(
        slot(2, ONLINE), gone_run(facts=REFUSED, announced=True), slot(30, REFUSED, announced=True)
    )
    assert class_of(announced, 40) == "unavailable"


def test_a_removal_shown_only_to_announced_vantages_is_flagged():
    """Without an unannounced vantage among the required ones it is `announced_only`."""
    assert Flag.ANNOUNCED_ONLY in told(slot(2, ONLINE), gone_run(announced=True)).flags
    assert Flag.ANNOUNCED_ONLY not in told(slot(2, ONLINE), gone_run()).flags


def test_doubt_ends_after_a_day_as_unavailable():
    """Doubt without confirmation is unavailable 24 h after it began, by the clock alone."""
    case = told(slot(2, ONLINE), slot(5, GONE, (NORTH,)))
    assert class_of(case, 5.1) == "doubted"
    assert class_of(case, 28.9) == "doubted"
    assert class_of(case, 29.1) == "unavailable"


def test_changes_between_doubt_and_suspicion_do_not_lengthen_doubt():
    """24 h run from the beginning of doubt, whatever sort of doubt it is."""
    case = told(slot(2, ONLINE), slot(5, GONE, (NORTH,)), slot(20, ONLINE, (SOUTH,)))
    assert class_of(case, 28) == "suspect"
    assert class_of(case, 29.1) == "unavailable"


def test_suspect_then_split():
    """One vantage against the other is suspect; 3 times over 30 min is a sighting, `split`."""
    start = [slot(2, ONLINE), slot(5, GONE, (NORTH,))]
    once = told(*start, slot(5.1, ONLINE, (SOUTH,)))
    assert class_of(once, 5.2) == "suspect"
    assert once.last_seen_at == at(2) + 100
    thrice = told(*start, slots([5.1, 5.4, 5.7], ONLINE, (SOUTH,)))
    assert class_of(thrice, 5.8) == "online"
    assert Flag.SPLIT in thrice.flags
    assert thrice.last_seen_at == at(5.7) + 100


def test_a_split_needs_a_control_that_differs():
    """Without a control that differs, one vantage's sightings against the other stay suspect."""
    case = told(
        slot(2, ONLINE, control=None),
        slot(5, GONE, (NORTH,), control=None),
        slots([5.1, 5.4, 5.7], ONLINE, (SOUTH,), control=None),
    )
    assert class_of(case, 5.8) == "suspect"


def test_r_lies_after_the_last_dissent():
    """A vantage that saw it against the others begins its gone looks after that."""
    case = told(
        slot(2, ONLINE),
        slot(5, GONE, (NORTH,)),
        slot(5.1, ONLINE, (SOUTH,)),
        slots([5.3, 5.5, 5.9], GONE),
    )
    assert class_of(case, 6) == "removed"
    assert case.gone_at == at(5.3) + 300


def test_a_dissent_after_the_end_stands_until_that_vantage_says_gone():
    """After a removal, one vantage's sighting is suspect, and the other's gone proves nothing."""
    start = [slot(2, ONLINE), gone_run(), slot(10, ONLINE, (SOUTH,))]
    assert class_of(told(*start, slot(10.2, GONE, (NORTH,))), 10.5) == "suspect"
    assert class_of(told(*start, slot(10.2, GONE, (SOUTH,))), 10.5) == "removed"
    assert class_of(told(*start), 34.1) == "removed"


def test_a_suspect_removal_is_not_in_time():
    """While a dissent has the end in question no norm is kept; settled, it is again."""
    start = [slot(1.5, ONLINE), gone_run(), slot(10, ONLINE, (SOUTH,))]
    assert NormVerdict.IN_TIME not in told(*start).verdicts
    assert told(*start, slot(10.2, GONE, (SOUTH,))).verdicts[2] is NormVerdict.IN_TIME


DEAD_DAYS = [5 + 20 * k for k in range(12)]


def test_dark_after_seven_days():
    """Host and controls dead for 7 d from every vantage is dark, R the first dead look."""
    case = told(slot(2, ONLINE), slots(DEAD_DAYS, DEAD, control=DEAD))
    assert class_of(case, 5 + 167) == "unavailable"
    assert class_of(case, 300) == "dark"
    assert case.gone_at == at(5) + 300


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(slots(DEAD_DAYS, DEAD), id="the controls live"),
        pytest.param(slots(DEAD_DAYS, DEAD, control=None), id="no control was asked"),
        pytest.param(slots([5, 60, 115, 170, 225, 280], DEAD, control=DEAD), id="gaps over 49 h"),
        pytest.param(slots(DEAD_DAYS, DEAD, (NORTH,), control=DEAD), id="one vantage only"),
        pytest.param(slots([5, 45, 85, 125, 173], DEAD, control=DEAD), id="5 looks"),
        pytest.param(
            slots(DEAD_DAYS, DEAD, (NORTH,), control=DEAD)
            + slots(range(5, 65, 10), DEAD, (SOUTH,), control=DEAD),
            id="one vantage ceased to look",
        ),
        pytest.param(slots(DEAD_DAYS, REFUSED, control=REFUSED), id="blocked"),
        pytest.param(slots(DEAD_DAYS, DEAD, control=DEAD, canary_ok=False), id="canary dead"),
        pytest.param(
            slots(DEAD_DAYS[:4], DEAD, control=DEAD)
            + slot(80, REFUSED)
            + slots([90, 110, 130, 150, 170, 190, 210, 230], DEAD, control=DEAD),
            id="a sign of life between",
        ),
        pytest.param(
            slot(3, GONE, (NORTH,))
            + slots(DEAD_DAYS[:4], DEAD, control=DEAD)
            + [look(80, ONLINE, SOUTH)]
            + slots([90, 110, 130, 150, 170, 190, 210, 230], DEAD, control=DEAD),
            id="one vantage saw it between",
        ),
    ],
)
def test_what_is_not_dark(looks):
    """Anything short of 7 dead days in a row from every vantage is unavailable, not dark."""
    assert "dark" not in classes(told(slot(2, ONLINE), looks))


def test_a_gap_begins_the_dark_stretch_anew():
    """Dead looks before a gap of over 49 h do not count; R is the first after it."""
    after = [60 + 20 * k for k in range(10)]
    case = told(slot(2, ONLINE), slots([5, *after], DEAD, control=DEAD))
    assert class_of(case, 250) == "dark"
    assert case.gone_at == at(60) + 300


def test_dark_is_never_in_time_and_never_late():
    """All norms of a dark case are undetermined, also those it had passed when last seen."""
    looks = [
        slot(2, ONLINE),
        slot(60, ONLINE),
        slots([61 + h for h in DEAD_DAYS], DEAD, control=DEAD),
    ]
    case = told(*looks)
    assert class_of(case, 400) == "dark"
    assert set(case.verdicts) == {NormVerdict.UNDETERMINED}


def test_a_dark_host_that_comes_back_keeps_its_case():
    """Within 7 d of being found dark it is the same case, and the notice counts on."""
    dark = [slot(2, ONLINE), slots(DEAD_DAYS, DEAD, control=DEAD)]
    case = told(*dark, slot(250, ONLINE))
    assert class_of(case, 251) == "online"
    assert case.returns == ()
    assert case.noticed_at == at(1)


def test_a_name_that_ends_is_dns_ended():
    """NXDOMAIN confirmed, the last address serving it no more: ended, never in time."""
    case = told(slot(2, ONLINE), gone_run(facts=GONE, nxdomain=True, old_address=True, hosters=()))
    assert class_of(case, 6) == "dns_ended"
    assert NormVerdict.IN_TIME not in case.verdicts


def test_a_name_that_ends_while_the_old_address_is_not_asked_ends_nothing():
    """Without a look at the last known address a missing name confirms nothing."""
    case = told(slot(2, ONLINE), gone_run(facts=NO_NAME, nxdomain=True, hosters=()))
    assert case.gone_at is None


def test_a_name_that_ends_while_the_old_address_serves_it_is_online():
    """Whoever asks the old address with the old name still gets it: a sighting."""
    case = told(
        slot(2, ONLINE), gone_run(facts=ONLINE, nxdomain=True, old_address=True, hosters=())
    )
    assert class_of(case, 6) == "online"


def test_a_return_within_a_day_voids_the_removal():
    """Seen again less than 24 h after R: the case is open as if nothing had been."""
    case = told(slot(2, ONLINE), gone_run(), slot(28.9, ONLINE))
    assert class_of(case, 29) == "online"
    assert (case.gone_at, case.first_end, case.returns) == (None, None, ())
    assert NormVerdict.IN_TIME not in case.verdicts
    assert case.noticed_at == at(1)


def test_a_return_within_a_week_is_a_reappearance_in_the_same_case():
    """The first (L, R] keeps its verdict, the return is counted, the notice is kept."""
    case = told(slot(2, ONLINE), gone_run(), slot(40, ONLINE))
    assert class_of(case, 41) == "online"
    assert case.first_end == (at(2) + 100, at(5) + 300)
    assert [back.back_at for back in case.returns] == [at(40) + 100]
    assert case.noticed_at == at(1)
    assert case.verdicts[2] is NormVerdict.IN_TIME


def test_something_else_at_the_address_is_no_reappearance():
    """Another type or size than before the removal re-opens the case and asks for a check."""
    other = Facts(status=200, type="text/html", length=90)
    case = told(slot(2, ONLINE), gone_run(), slot(40, other))
    assert class_of(case, 41) == "online"
    assert case.returns == ()
    assert case.first_end is not None
    assert Flag.UNPROVEN in case.flags
    again = told(slot(2, ONLINE), gone_run(), slot(40, ONLINE))
    assert len(again.returns) == 1
    assert Flag.UNPROVEN not in again.flags
    person = told(slot(2, ONLINE), gone_run(), check(40, CheckResult.PRESENT), slot(44, other))
    assert len(person.returns) == 1


def test_a_second_verdict_runs_from_the_first_notice_after_the_return():
    """What followed the return is judged by itself; the first verdict stays as it was."""
    came_back = [slot(1.5, ONLINE), gone_run(), slot(40, ONLINE)]
    untold = told(*came_back)
    assert (untold.again_noticed_at, untold.again_verdicts) == (None, ())
    case = told(*came_back, notice(45), notice(50), slot(70, ONLINE), gone_run(75))
    in_time, late, open_ = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED
    assert case.again_noticed_at == at(45)
    assert case.again_verdicts == (open_, open_, late, in_time)
    assert case.verdicts == (open_, open_, in_time, in_time)


def test_a_return_after_a_week_is_a_new_case():
    """The old case stays removed and has a reappearance; the new one waits for a notice."""
    looks = [slot(2, ONLINE), gone_run(), slot(5 + 169, ONLINE)]
    old, new = fold(report(seen=0), placed(), notice(1), *looks).cases
    assert class_of(old, 400) == "removed"
    assert len(old.returns) == 1
    assert class_of(new, 400) == "awaiting"
    assert new.opened_at == at(174) + 100
    assert old.case_id != new.case_id
    _, again = fold(report(seen=0), placed(), notice(1), notice(180), *looks).cases
    assert again.noticed_at == at(180)
    untold, told_later = fold(report(seen=0), placed(), notice(180), *looks).cases
    assert (untold.noticed_at, told_later.noticed_at) == (None, at(180))
    assert class_of(untold, 400) == "ended_without_notice"


def test_a_check_sets_r_alone():
    """A person who finds it gone ends the case if no probe is near."""
    case = told(slot(2, ONLINE), check(6))
    assert class_of(case, 6.1) == "removed"
    assert (case.last_seen_at, case.gone_at) == (at(2) + 100, at(6))


def test_a_check_disputed_by_a_probe_is_suspect_until_one_agrees():
    """A probe within 1 h that saw it makes the check suspect; a person or a probe settles it."""
    near = [slot(2, ONLINE), slot(5.5, ONLINE), check(6)]
    assert class_of(told(*near), 6.1) == "suspect"
    second = told(*near, check(6.2, who="bob"))
    assert (class_of(second, 6.3), second.gone_at) == ("removed", at(6))
    probe = told(*near, slot(7.5, GONE))
    assert (class_of(probe, 7.6), probe.gone_at) == ("removed", at(6))
    same = told(*near, check(6.2, who="ann"))
    assert class_of(same, 6.3) == "suspect"


def test_a_sighting_by_a_person_sets_l_unless_probes_deny_it():
    """A check that finds it there moves L; with both vantages saying gone it is suspect."""
    free = told(slot(2, ONLINE), check(4, CheckResult.PRESENT))
    assert free.last_seen_at == at(4)
    denied = told(slot(2, ONLINE), gone_run(), check(5.8, CheckResult.PRESENT))
    assert class_of(denied, 5.9) == "suspect"
    assert denied.last_seen_at == at(2) + 100


def test_a_cached_copy_dates_back():
    """L is the request less Age, and a copy made before the removal voids nothing."""
    old = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=3 * 3_600)
    case = told(slot(2, ONLINE), gone_run(), look(6.5, old, NORTH))
    assert class_of(case, 7) == "removed"
    assert case.last_seen_at == at(3.5) + 100
    undated = Facts(status=200, type="image/jpeg", length=5_000, cached=True)
    assert told(look(3, undated, NORTH)).last_seen_at == at(0)


def test_one_vantage_alone_confirms_where_only_one_was_asked():
    """With one vantage asked, its 3 looks over 30 min are the whole confirmation."""
    alone = {"asked": (NORTH,)}
    case = told(slot(2, ONLINE, (NORTH,), **alone), gone_run(vantages=(NORTH,), **alone))
    assert class_of(case, 6) == "removed"
