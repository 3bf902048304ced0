"""Laws of returns (6.1 to 6.9), and after which entries another probe tells nothing new."""

import pytest
from ledger_events import (
    ONLINE,
    at,
    check,
    class_of,
    fold,
    gone_run,
    notice,
    placed,
    report,
    slot,
    slots,
    told,
)

from schemas.closed_lists import CheckResult, Expected, Flag, NormVerdict, Verdict
from schemas.moments import HOUR_MS
from schemas.records.facts import Facts
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.walk import walk

HOME = Facts(status=200, type="text/html", length=9_000, to_root=True)
ELSEWHERE = Facts(status=200, type="text/html", length=9_000, to_root=True, left_host=True)

OTHER = Facts(status=200, type="text/html", length=70_000)


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
    assert case.verdicts[0] is NormVerdict.IN_TIME


def test_something_else_at_the_address_is_no_reappearance():
    """Another type or size than before the notice re-opens the case and returns nothing (6.2)."""
    other = Facts(status=200, type="text/html", length=90)
    case = told(slot(2, ONLINE), gone_run(), slots([40, 40.5], other))
    assert class_of(case, 41) == "online"
    assert case.returns == ()
    assert case.first_end is not None
    assert Flag.UNPROVEN in case.flags
    again = told(slot(2, ONLINE), gone_run(), slot(40, ONLINE))
    assert len(again.returns) == 1
    assert Flag.UNPROVEN not in again.flags
    person = told(slot(2, ONLINE), gone_run(), check(40, CheckResult.PRESENT), slot(44, other))
    assert len(person.returns) == 1


def test_a_late_removal_after_which_nothing_backs_a_sighting_is_not_overdue():
    """The case is open again and a person is asked; nothing unbacked is a return (6.2)."""
    start = [slots([2, 30], ONLINE), gone_run(31)]
    case = told(*start, slots([60], ONLINE, control=None))
    assert class_of(case, 61) == "online"
    assert case.verdicts[0] is NormVerdict.LATE
    assert (case.overdue, case.returns, Flag.UNPROVEN in case.flags) == (False, (), True)
    again = told(*start, slots([60], ONLINE, control=None), slots([90], ONLINE), notice(91))
    assert [back.back_at for back in again.returns] == [at(90) + 100]


def test_a_second_verdict_runs_from_the_first_notice_after_the_return():
    """What followed the return is judged by itself; the first verdict stays as it was."""
    came_back = [slot(1.5, ONLINE), gone_run(), slot(40, ONLINE)]
    untold = told(*came_back)
    assert (untold.again_noticed_at, untold.again_verdicts) == (None, ())
    case = told(*came_back, notice(45), notice(50), slot(70, ONLINE), gone_run(75))
    in_time, late = NormVerdict.IN_TIME, NormVerdict.LATE
    assert case.again_noticed_at == at(45)
    assert case.again_verdicts == (late, in_time)
    assert case.verdicts == (in_time, in_time)


def test_a_return_after_a_week_is_a_new_case():
    """The old case stays removed and has a reappearance; the new one waits for a notice."""
    observations = [slot(2, ONLINE), gone_run(), slot(5 + 169, ONLINE)]
    old, new = fold(report(seen=0), placed(), notice(1), *observations).cases
    assert class_of(old, 400) == "removed"
    assert len(old.returns) == 1
    assert class_of(new, 400) == "awaiting"
    assert new.opened_at == at(174) + 100
    assert old.case_id != new.case_id
    _, again = fold(report(seen=0), placed(), notice(1), notice(180), *observations).cases
    assert again.noticed_at == at(180)
    untold, told_later = fold(report(seen=0), placed(), notice(180), *observations).cases
    assert (untold.noticed_at, told_later.noticed_at) == (None, at(180))
    assert class_of(untold, 400) == "ended_without_notice"


ASKED = ("north", "south")
HOURS = (5.0, 5.2, 5.6)


def observations(hour, verdict, **said):
    """Return a probe of each vantage, and of a control."""
    done = round(hour * HOUR_MS)
    fields = {"slot_at": done, "ordered_vantages": ASKED, "dns_names_owner": 1} | said
    seen = [
        TimelineEntry(done + n, EntryKind.PROBED, done, v, verdict, **fields)
        for n, v in enumerate(ASKED)
    ]
    return [
        *seen,
        TimelineEntry(
            done + 9, EntryKind.CONTROL, done, "north", ordered_vantages=ASKED, alive=True
        ),
    ]


def gone(**said):
    """Return the probes of a removal."""
    return [one for hour in HOURS for one in observations(hour, Verdict.GONE_HARD, **said)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(observations(1, Verdict.ONLINE), Expected.SEEN, id="seen"),
        pytest.param(gone(), Expected.ENDED, id="removed"),
        pytest.param(
            [
                *gone(away=True, dns_names_owner=0),
                *observations(40, Verdict.GONE_HARD, away=True, dns_names_owner=0),
            ],
            None,
            id="moved: the name may lead back, and that opens it again",
        ),
        pytest.param(observations(5, Verdict.GONE_HARD), Expected.DOUBTED, id="in doubt"),
        pytest.param(
            [one for hour in HOURS for one in observations(hour, Verdict.UNREACHABLE)],
            Expected.UNAVAILABLE,
            id="barred",
        ),
    ],
)
def test_each_entry_leaves_a_case_with_its_expected_probes(entries, expected):
    """It says which probes are expected."""
    assert walk(entries, 0)[-1].expected is expected
