"""Laws of classes and verdicts, and of sources that speak for themselves.

See docs/measurement.md, Classes.
"""

import pytest
from ledger_events import (
    GONE,
    MIN,
    ONLINE,
    at,
    check,
    class_of,
    classes,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
    told,
    withdrawal,
)

from schemas.closed_lists import CaseClass, CheckResult, Flag, HotlineMode, NormVerdict
from schemas.moments import DAY_MS
from schemas.records.facts import Facts
from streams.case_class import class_at

RUN = [5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN]


def only(*happened):
    (case,) = fold(*happened).cases
    return case


def test_a_url_not_yet_attributed_has_no_case():
    """It is pending, a term of its own; a notice without a report has none either."""
    assert fold(report()).cases == ()
    assert fold(placed(), notice()).cases == ()


def test_a_case_awaits_its_notice():
    """Reported, not told: awaiting; from the notice on it is the backlog."""
    case = only(report(seen=0), placed(), notice(3))
    assert case.phases[0].case_class is CaseClass.AWAITING
    assert [class_of(case, h) for h in (2.9, 3)] == ["awaiting", "online"]


def test_a_case_that_nobody_saw_is_never_online():
    """Ended, and nobody ever saw it, the hotline's `seen_at` included, or its report if its
    analysts see what they report.
    """
    unseen = only(report(assesses=False), placed(), notice(1), slots(RUN, GONE))
    assert class_of(unseen, 6) == "never_online"
    assumed = only(report(), placed(), notice(1), slots(RUN, GONE))
    assert class_of(assumed, 6) == "removed"
    assert {Flag.ASSUMED_SEEN, Flag.UNOBSERVED} <= {*assumed.flags}
    assert NormVerdict.LATE not in assumed.verdicts
    seen = only(report(seen=0.5), placed(), notice(1), slots(RUN, GONE))
    assert class_of(seen, 6) == "removed"


def test_a_removal_that_the_notice_did_not_bring_is_gone_before_notice():
    """R not after the notice, or no sighting after it and none in the day before it."""
    late_notice = only(report(seen=0), placed(), slot(2, ONLINE), slots(RUN, GONE), notice(10))
    assert class_of(late_notice, 9) == "ended_without_notice"
    assert class_of(late_notice, 11) == "gone_before_notice"
    just_before = only(report(seen=0), placed(), slot(4.9, ONLINE), slots(RUN, GONE), notice(5.6))
    assert class_of(just_before, 6) == "gone_before_notice"
    unseen_since = only(report(seen=0), placed(), notice(24.1), slots([h + 20 for h in RUN], GONE))
    assert class_of(unseen_since, 26) == "gone_before_notice"
    seen_near = only(report(seen=0), placed(), notice(23.9), slots([h + 20 for h in RUN], GONE))
    assert class_of(seen_near, 26) == "removed"


def test_late_feeds_delete_no_fast_removals():
    """A file handed in at 12 h tells of a notice at 0 h: what is gone at the first observation is a
    removal in time, L is the notice, and it is flagged; the observation cannot say when it went.
    """
    delayed = notice(0, received=12)
    case = only(report(12, reported=-1), placed(12), delayed, slots([12.1, 12.2, 12.4, 12.8], GONE))
    assert class_of(case, 13) == "removed"
    assert case.last_seen_at == at(0)
    assert Flag.UNOBSERVED in case.flags
    assert case.verdicts[0] is NormVerdict.IN_TIME
    seen = only(
        report(12, reported=-1),
        placed(12),
        delayed,
        slot(12.05, ONLINE),
        slots([12.1, 12.2, 12.4, 12.8], GONE),
    )
    assert Flag.UNOBSERVED not in seen.flags


def test_a_case_gone_before_anybody_was_told_is_ended_without_notice():
    """Gone, and nobody was ever told."""
    case = only(report(seen=0), placed(), slot(2, ONLINE), slots(RUN, GONE))
    assert class_of(case, 6) == "ended_without_notice"
    assert case.verdicts == ()


def test_withdrawn_when_every_hotline_has():
    """One hotline's withdrawal leaves the other's report; a newer report outlives it."""
    beta = report(0.5, hotline="beta", id="r2")
    two = [report(seen=0), beta, placed(), notice(1), notice(1, hotline="beta")]
    assert class_of(only(*two, withdrawal(5)), 6) == "online"
    both = only(*two, withdrawal(5), withdrawal(7, hotline="beta"))
    assert [class_of(both, h) for h in (6, 7)] == ["awaiting", "withdrawn"]
    taken_back, again = fold(
        report(seen=0), placed(), notice(1), withdrawal(5), report(8, id="r3"), notice(30)
    ).cases
    assert [class_of(taken_back, h) for h in (6, 99)] == ["withdrawn", "withdrawn"]
    assert [class_of(again, h) for h in (8, 30)] == ["awaiting", "online"]
    assert (taken_back.noticed_at, again.noticed_at) == (None, at(30))


def test_a_withdrawal_after_the_end_changes_nothing():
    """The case is as its removal left it, and a later report of the same week is its own."""
    case = only(report(seen=0), placed(), notice(1), slots(RUN, GONE), withdrawal(9))
    assert class_of(case, 10) == "removed"
    assert case.verdicts[0] is NormVerdict.IN_TIME
    again = only(
        report(seen=0), placed(), notice(1), slots(RUN, GONE), withdrawal(9), report(30, id="r2")
    )
    assert class_of(again, 31) == "removed"
    assert again.told_again == (at(30),)


def test_never_illegal_is_a_withdrawal():
    """A check that finds it was never illegal takes that hotline's report back."""
    assert class_of(told(check(5, CheckResult.NEVER_ILLEGAL)), 6) == "withdrawn"


def test_a_decision_excludes_what_it_names_from_its_instant_on():
    """A decision excludes the case it names, or all of the URL's, from its instant on."""
    case = told(decision(5))
    assert [class_of(case, h) for h in (4, 5)] == ["online", "excluded"]
    assert class_of(told(decision(5, case_id=case.case_id)), 6) == "excluded"
    assert class_of(told(decision(5, case_id="another")), 6) == "online"
    removed = told(slot(2, ONLINE), slots(RUN, GONE), decision(24 * 500))
    assert class_of(removed, 24 * 501) == "excluded"


@pytest.mark.parametrize(("excluded", "withdrawn"), [(5, 9), (9, 5)])
def test_excluded_prevails_over_withdrawn(excluded, withdrawn):
    """Whichever came first, from the decision on the case is excluded."""
    case = told(decision(excluded), withdrawal(withdrawn))
    assert class_of(case, excluded) == class_of(case, 99) == "excluded"
    assert (class_of(case, withdrawn) == "withdrawn") == (withdrawn < excluded)


def test_expired_on_day_400():
    """An open case expires 400 d after the notice; an ended one does not."""
    day = 24
    case = told(slot(2, ONLINE))
    assert class_of(case, 399 * day) == "online"
    assert class_of(case, 400 * day + 1) == "expired"
    assert class_of(told(slot(2, ONLINE), slots(RUN, GONE)), 401 * day) == "removed"


def test_norm_verdicts_of_a_removal():
    """In time up to R - notice, late from L - notice on, undetermined between."""
    case = told(slot(1.5, ONLINE), slots(RUN, GONE))
    in_time, open_ = NormVerdict.IN_TIME, NormVerdict.UNDETERMINED
    assert case.norms_s == (86_400, 172_800)
    assert case.verdicts == (in_time, in_time)
    late = told(slot(2.1, ONLINE), slot(30, ONLINE), slot(31, ONLINE))
    assert late.verdicts == (NormVerdict.LATE, open_)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((False, 30.0), (CaseClass.REMOVED, 30.0), id="offline, last online"),
        pytest.param((False, 0.0), (CaseClass.REMOVED, 0.0), id="offline at once"),
        pytest.param((True, 30.0), (CaseClass.ONLINE, None), id="online"),
        pytest.param((False, None), (CaseClass.REMOVED, 0.0), id="offline, never seen"),
    ],
)
def test_a_historic_source_speaks_for_itself(said, expected):
    """Offline ends at its last sighting, online is open, none at all was never online."""
    online, last = said
    case = only(
        report(
            mode=HotlineMode.HISTORIC,
            source_online=online,
            last_online_at=None if last is None else at(last),
        ),
        placed(),
    )
    state, gone = expected
    assert case.gone_at == (None if gone is None else at(gone))
    assert case.last_seen_at == (None if last is None else at(last))
    if state is CaseClass.ONLINE:
        assert class_of(case, 99) == "awaiting"
    else:
        assert class_of(case, 99) == ("never_online" if last is None else "ended_without_notice")


def test_no_class_begins_before_its_case():
    """An end that lies before the report is in force from the opening on."""
    case = only(report(5, source_online=False, last_online_at=at(3)), placed(5))
    assert case.gone_at == at(3)
    assert [phase.from_at for phase in case.phases] == [at(5)]


@pytest.mark.parametrize("hours", [-1, 0, 2, 5, 6, 30, 200, 10_000])
def test_each_case_is_in_exactly_one_class_at_any_instant(hours):
    """Phases begin where the case opens, ascend, and no class follows itself; none is before it."""
    observations = [slot(2, ONLINE), slots(RUN, GONE), slot(40, ONLINE), slot(50, GONE)]
    for case in fold(
        report(seen=0), placed(0, place(), place("other")), notice(1), *observations
    ).cases:
        ascending = [phase.from_at for phase in case.phases]
        assert ascending == sorted(set(ascending))
        assert ascending[0] == case.opened_at
        assert all(a != b for a, b in zip(classes(case), classes(case)[1:], strict=False))
        assert (class_at(case, at(hours)) is None) == (at(hours) < case.opened_at)


def test_a_url_at_two_hosters_is_a_case_each():
    """Addresses at several hosters make a case each, and a notice starts only its own clock."""
    acme, other = sorted(
        fold(report(seen=0), placed(0, place(), place("other")), notice(1)).cases,
        key=lambda case: case.hoster,
    )
    assert (acme.noticed_at, other.noticed_at) == (at(1), None)
    assert Flag.MISDIRECTED not in (*acme.flags, *other.flags)


def test_self_reports_feed_no_naming():
    """What the hoster reported itself is measured and names nobody."""
    case = only(report(self_report=True, seen=0), placed(), notice(1))
    assert not case.naming
    assert Flag.SELF_REPORT in case.flags


def test_what_may_be_another_page_asks_for_a_person_and_stays_in_the_count_of_naming():
    """It is undetermined there: what is left out of naming is listed, and it is not (14.1)."""
    page = Facts(status=200, type="text/html", length=9_000, requests=1)
    seen = [*slots([1.1, 2], ONLINE)]
    changed = [*slots([3, 30], page)]
    case = told(*seen, *changed)
    assert (case.naming, Flag.UNPROVEN in case.flags) == (True, True)
    assert case.verdicts[0] is NormVerdict.UNDETERMINED
    again = told(*seen, *changed, *slots([31], ONLINE))
    assert (again.naming, Flag.UNPROVEN in again.flags) == (True, False)


def test_a_changed_page_makes_no_norm_late():
    """To a norm L is the last sighting of what was there at first; a person makes up for it."""
    page = Facts(status=200, type="text/html", length=900)
    changed = [*slots([2], ONLINE), *slots([3, 30], page)]
    late, open_ = NormVerdict.LATE, NormVerdict.UNDETERMINED
    assert told(*changed).verdicts[0] is open_
    assert told(*changed).last_seen_at == at(30) + 100
    assert told(*changed, check(40, CheckResult.PRESENT)).verdicts[0] is late
    assert told(*slots([2, 26], ONLINE), *slots([30], page)).verdicts[0] is late
    removed = told(*changed, *slots([40, 40.2, 40.4, 40.6], GONE))
    assert (class_of(removed, 41), removed.verdicts[0]) == ("removed", open_)


def test_a_person_who_sees_the_material_clears_what_was_unproven():
    """The changed answer is then as good as the first one; another change asks anew."""
    page = Facts(status=200, type="text/html", length=900)
    other = Facts(status=200, type="text/html", length=90_000)
    seen = [*slots([2], ONLINE), *slots([3], page), check(5, CheckResult.PRESENT)]
    assert Flag.UNPROVEN not in told(*seen).flags
    after = told(*seen, *slots([30], page))
    assert (Flag.UNPROVEN in after.flags, after.verdicts[0]) == (False, NormVerdict.LATE)
    assert Flag.UNPROVEN in told(*seen, *slots([30, 31], other)).flags


def test_a_person_who_finds_a_changed_page_empty_ends_the_case():
    """Changed ones neither dispute that nor re-open it; an unchanged one, or a person, does."""
    page = Facts(status=200, type="text/html", length=900)
    seen = [*slots([2], ONLINE), *slots([3, 5.8], page), check(6, CheckResult.ABSENT)]
    case = told(*seen, *slots([6.5, 20], page))
    assert (class_of(case, 21), case.gone_at, case.flags) == ("removed", at(6), ())
    assert case.verdicts[0] is NormVerdict.IN_TIME
    assert class_of(told(*seen, *slots([20], ONLINE)), 21) == "online"
    assert class_of(told(*seen, check(20, CheckResult.PRESENT)), 21) == "online"


def test_late_observations_are_flagged():
    """An observation appended more than 24 h after it was made is said beside the case."""
    assert Flag.TOO_LATE in told(slot(2, ONLINE, late_h=25)).flags
    assert Flag.TOO_LATE not in told(slot(2, ONLINE, late_h=23)).flags


def test_a_case_lasts_400_days_from_its_notice():
    """The clock of expiry is that of the timetable: the notice's, where there is one."""
    case = only(report(seen=0), placed(), notice(48))
    assert case.phases[-1].from_at == at(48) + 400 * DAY_MS
