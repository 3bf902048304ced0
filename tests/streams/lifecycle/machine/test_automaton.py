"""Laws of doubt, blocking, darkness and checks.

See docs/measurement.md, Confirmation and Coming back.
"""

import pytest
from ledger_events import (
    DEAD,
    GONE,
    LIMITED,
    MIN,
    NO_NAME,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    at,
    check,
    class_of,
    classes,
    fold,
    gone_run,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    told,
)
from msgspec import structs

from schemas.closed_lists import CheckResult, Flag, NormVerdict, Role
from schemas.records.facts import Facts
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import statements_about
from streams.lifecycle.evidence.timeline import timeline_of
from streams.lifecycle.machine.automaton import apply_entry, begin, close_cases
from streams.lifecycle.machine.walk import walk

HOME = Facts(status=200, type="text/html", length=9_000, to_root=True)
ELSEWHERE = Facts(status=200, type="text/html", length=9_000, to_root=True, left_host=True)


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


def test_the_probes_that_a_report_brings_do_not_contradict_its_own_sighting():
    """Gone an hour after a report is a removal in between: its `seen_at` stays L."""
    (case,) = fold(report(1, seen=0.8), placed(1), notice(1), gone_run(1.1)).cases
    assert class_of(case, 2) == "removed"
    assert case.last_seen_at == at(1)  # the notice says that it was there


@pytest.mark.parametrize("facts", [REFUSED, LIMITED, DEAD, Facts(status=503)])
def test_blocking_is_never_a_removal(facts):
    """Blocked and unreachable, controls alike, are unavailable for as long as they last."""
    case = told(slot(2, ONLINE), slots([5 + 12 * k for k in range(12)], facts, control=facts))
    assert class_of(case, 100) == "unavailable"
    assert case.gone_at is None


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


def test_one_vantage_against_the_other_is_suspect_and_after_three_times_split():
    """One vantage against the other is suspect; 3 times over 30 min it is online, `split` (4.6)."""
    start = [slot(2, ONLINE), slot(5, GONE, (NORTH,))]
    once = told(*start, slot(5.1, ONLINE, (SOUTH,)))
    assert class_of(once, 5.2) == "suspect"
    assert once.last_seen_at == at(5.1) + 100
    thrice = told(*start, slots([5.1, 5.4, 5.7], ONLINE, (SOUTH,)))
    assert class_of(thrice, 5.8) == "online"
    assert Flag.SPLIT in thrice.flags
    assert thrice.last_seen_at == at(5.7) + 100


def test_a_suspect_sighting_makes_nothing_late():
    """Seen by one alone past the norm it is not backed; repeated over 30 min it is (4.6)."""
    start = [slot(2, ONLINE), slot(26, GONE, (NORTH,)), slot(26.2, ONLINE, (SOUTH,))]
    assert NormVerdict.LATE not in told(*start).verdicts[2:]
    late = told(*start, slots([26.5, 26.8], ONLINE, (SOUTH,)))
    assert late.verdicts[0] is NormVerdict.LATE


def test_a_split_needs_a_control_that_differs():
    """Without a control that differs, one vantage's sightings against the other stay suspect."""
    case = told(
        slot(2, ONLINE, control=None),
        slot(5, GONE, (NORTH,), control=None),
        slots([5.1, 5.4, 5.7], ONLINE, (SOUTH,), control=None),
    )
    assert class_of(case, 5.8) == "suspect"


def test_r_lies_after_the_last_dissent():
    """A vantage that saw it against the others begins its gone observations after that."""
    case = told(
        slot(2, ONLINE),
        slot(5, GONE, (NORTH,)),
        slot(5.1, ONLINE, (SOUTH,)),
        slots([5.3, 5.5, 5.9], GONE),
    )
    assert class_of(case, 6) == "removed"
    assert case.gone_at == at(5.3) + 300


def test_a_sighting_by_one_alone_after_an_end_undoes_it():
    """Sighted again is sighted again; gone anew takes 3 of every vantage anew (4.5, 6.1)."""
    start = [slot(1.5, ONLINE), gone_run(), slot(10, ONLINE, (SOUTH,))]
    case = told(*start)
    assert class_of(case, 10.2) == "suspect"
    assert case.gone_at is None
    assert NormVerdict.IN_TIME not in case.verdicts
    again = told(*start, gone_run(10.2))
    assert class_of(again, 11) == "removed"
    assert again.gone_at == at(10.2) + 300
    assert again.verdicts[0] is NormVerdict.IN_TIME


def test_a_report_s_own_sighting_ends_no_run_and_voids_no_removal():
    """Another hotline's analyst saw it, they say: probes of both vantages say otherwise (4.16)."""
    for seen_h in (5.2, 12):
        later = report(13, hotline="beta", id="r2", seen=seen_h)
        case = told(slot(2, ONLINE), gone_run(), later)
        assert class_of(case, 14) == "removed"
        assert (case.last_seen_at, case.gone_at) == (at(2) + 100, at(5) + 300)


def test_a_check_dated_back_by_more_than_the_feed_delay_sets_nothing():
    """A check of hour 8 that is handed in at hour 10 neither ends a case nor voids an end (4.15).

    It calls for probes, when it comes (4.14).
    """
    there, gone = [slot(2, ONLINE)], [slot(2, ONLINE), gone_run()]
    for start, result in ((there, CheckResult.ABSENT), (gone, CheckResult.PRESENT)):
        (made, _), before = check(8, result), told(*start)
        for received_h, same in ((10, True), (8.9, False)):
            handed_in = structs.replace(made, received_at=at(received_h)), at(received_h)
            case = told(*start, handed_in)
            assert case.checked == (at(received_h),)
            assert (structs.replace(case, checked=()) == before) is same


def test_a_person_s_absent_makes_r_earlier_and_never_later():
    """R is the earlier of what a person and what the probes found (4.7)."""
    run = told(slot(2, ONLINE), gone_run(), check(5.1))
    assert run.gone_at == at(5) + 300
    assert class_of(run, 5.2) == "removed"
    before = told(slot(2, ONLINE), check(4.5), gone_run())
    assert before.gone_at == at(4.5)
    after = told(slot(2, ONLINE), gone_run(), check(9))
    assert after.gone_at == at(5) + 300


DEAD_DAYS = [5 + 20 * k for k in range(12)]


def test_dark_after_seven_days():
    """Host and controls dead for 7 d from every vantage is dark, R the first dead observation."""
    case = told(slot(2, ONLINE), slots(DEAD_DAYS, DEAD, control=DEAD))
    assert class_of(case, 5 + 167) == "unavailable"
    assert class_of(case, 300) == "dark"
    assert case.gone_at == at(5) + 300


@pytest.mark.parametrize(
    "observations",
    [
        pytest.param(slots(DEAD_DAYS, DEAD), id="the controls live"),
        pytest.param(slots(DEAD_DAYS, DEAD, control=None), id="no control was asked"),
        pytest.param(slots([5, 60, 115, 170, 225, 280], DEAD, control=DEAD), id="gaps over 49 h"),
        pytest.param(slots(DEAD_DAYS, DEAD, (NORTH,), control=DEAD), id="one vantage only"),
        pytest.param(slots([5, 45, 85, 125, 173], DEAD, control=DEAD), id="5 observations"),
        pytest.param(
            slots(DEAD_DAYS, DEAD, (NORTH,), control=DEAD)
            + slots(range(5, 65, 10), DEAD, (SOUTH,), control=DEAD),
            id="one vantage ceased to probe",
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
            + [observation(80, ONLINE, SOUTH)]
            + slots([90, 110, 130, 150, 170, 190, 210, 230], DEAD, control=DEAD),
            id="one vantage saw it between",
        ),
    ],
)
def test_under_7_dead_days_in_a_row_a_case_is_not_dark(observations):
    """Anything short of 7 dead days in a row from every vantage is unavailable, not dark."""
    assert "dark" not in classes(told(slot(2, ONLINE), observations))


def test_a_gap_begins_the_dark_stretch_anew():
    """Dead observations before a gap of over 49 h do not count; R is the first after it."""
    after = [60 + 20 * k for k in range(10)]
    case = told(slot(2, ONLINE), slots([5, *after], DEAD, control=DEAD))
    assert class_of(case, 250) == "dark"
    assert case.gone_at == at(60) + 300


def test_dark_is_never_in_time_and_what_was_late_stays_late():
    """What it had passed when it was last seen, it had passed."""
    observations = [
        slot(2, ONLINE),
        slot(60, ONLINE),
        slots([61 + h for h in DEAD_DAYS], DEAD, control=DEAD),
    ]
    case = told(*observations)
    assert class_of(case, 400) == "dark"
    assert set(case.verdicts) == {NormVerdict.LATE}
    early = told(slot(2, ONLINE), slots([3 + h for h in DEAD_DAYS], DEAD, control=DEAD))
    assert set(early.verdicts) == {NormVerdict.UNDETERMINED}


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
    """Without a probe the last known address a missing name confirms nothing."""
    case = told(slot(2, ONLINE), gone_run(facts=NO_NAME, nxdomain=True, hosters=()))
    assert case.gone_at is None


def test_a_name_that_ends_while_the_old_address_serves_it_is_online():
    """Whoever asks the old address with the old name still gets it: a sighting."""
    case = told(
        slot(2, ONLINE), gone_run(facts=ONLINE, nxdomain=True, old_address=True, hosters=())
    )
    assert class_of(case, 6) == "online"


def test_a_check_sets_r_alone():
    """A person who finds it gone ends the case if no probe is near."""
    case = told(slot(2, ONLINE), check(6))
    assert class_of(case, 6.1) == "removed"
    assert (case.last_seen_at, case.gone_at) == (at(2) + 100, at(6))


def test_a_check_that_a_probe_contradicts_is_suspect_until_one_agrees():
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
    contradicted = told(slot(2, ONLINE), gone_run(), check(5.8, CheckResult.PRESENT))
    assert class_of(contradicted, 5.9) == "suspect"
    assert contradicted.last_seen_at == at(2) + 100


BEHIND = (place(behind=True), place("shield", role=Role.PROXY))


def behind(*happened):
    """Return the hosting case of a URL whose hoster stands behind a registered proxy."""
    cases = fold(report(seen=0), placed(0, *BEHIND), notice(1), *happened).cases
    return next(case for case in cases if case.role is Role.HOSTING)


def copy(age_h=None):
    """Return a sighting that came out of a cache."""
    age_s = None if age_h is None else round(age_h * 3_600)
    return structs.replace(ONLINE, cached=True, age_s=age_s)


def test_a_cached_copy_dates_back_behind_a_proxy():
    """L is the request less Age, 24 h at most; a copy from before R voids nothing (3.8)."""
    case = behind(slot(2, ONLINE), gone_run(), observation(6.5, copy(3), NORTH))
    assert class_of(case, 7) == "removed"
    assert case.last_seen_at == at(3.5) + 100
    assert behind(observation(3, copy(), NORTH)).last_seen_at == at(0)
    assert behind(observation(3, ONLINE, NORTH), slot(60, copy(200))).last_seen_at == at(36) + 100


def test_what_a_server_says_of_its_own_copy_moves_nothing():
    """Where the hoster serves it itself, neither X-Cache nor Age frees it (3.7)."""
    for answer in (copy(), copy(20 * 24), structs.replace(ONLINE, age_s=20 * 86_400)):
        case = told(slot(2, answer), slot(30, answer))
        assert case.last_seen_at == at(30) + 100
        assert case.verdicts[0] is NormVerdict.LATE
        assert class_of(case, 31) == "online"


def test_what_a_proxy_refuses_counts_for_the_proxy_s_case():
    """A challenge of the proxy says nothing of the hoster behind it (5.2)."""
    challenge = Facts(status=403, challenge=True)
    hours = [5 + 12 * k for k in range(4)]
    barred = slots(hours, challenge, control=challenge)
    assert class_of(behind(slot(2, ONLINE), barred), 50) == "online"
    assert class_of(told(slot(2, ONLINE), barred), 50) == "unavailable"


@pytest.mark.parametrize("answer", [HOME, ELSEWHERE], ids=["own root", "another host's"])
def test_a_redirect_to_a_root_from_the_start_is_unknown(answer):
    """Where any path leads there, or it is another host's, a person is asked (3.6)."""
    case = told(slots([1, 2, 3], answer, control=answer))
    assert class_of(case, 4) == "online"
    assert case.gone_at is None
    assert Flag.UNPROVEN in case.flags


def test_a_redirect_to_the_home_page_of_the_same_host_is_gone():
    """The made-up path answers otherwise, so the URL alone leads home (3.6)."""
    run = [5 + m * MIN for m in (0, 10, 20, 31)]
    assert class_of(told(slot(2, ONLINE), slots(run, HOME)), 6) == "removed"
    assert class_of(told(slot(2, ONLINE), slots(run, ELSEWHERE)), 6) == "online"


def test_a_root_is_unknown():
    """The report names the whole site: what stands there may be anything (3.6)."""
    (case,) = fold(report(seen=0, root=True), placed(), notice(1), slots([2, 30], ONLINE)).cases
    assert case.last_seen_at == at(0)
    assert Flag.UNPROVEN in case.flags


def test_a_step_changes_no_state_that_was_there():
    """A copy takes it alone, and the steps of all entries in turn give `walk`'s."""
    state = fold(report(seen=0), placed(), notice(1), slot(2, ONLINE), gone_run(), slot(40, ONLINE))
    (spell,), _ = hosting_spells(state)
    seen = timeline_of(state, spell, statements_about(state, spell))
    states = [begin(at(0))]
    for entry in seen:
        states.append(states[-1].copy())
        apply_entry(states[-1], entry)
    again = begin(at(0))
    for n, entry in enumerate(seen):
        assert again == states[n]
        apply_entry(again, entry)
    assert close_cases(states[-1]) == close_cases(again) == walk(seen, at(0))
