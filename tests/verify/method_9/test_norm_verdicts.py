"""Norm verdicts of a case, and whether it is overdue."""

import pytest
from histories import written
from ledger_events import KEY, at, placed, report

from schemas.closed_lists import CaseClass, NormVerdict
from verify.ledger.records import url_records
from verify.method_9.case_history import CaseHistory, End
from verify.method_9.hosting_spells import hosting_spells
from verify.method_9.norm_verdicts import (
    CaseParts,
    again_verdicts,
    is_unbacked,
    is_undecided,
    judge,
    norm_verdict,
    overdue_of,
)
from verify.method_9.notice_times import NoticeTimes

DAY_S = 86_400
IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED
URL = url_records(KEY, written([report(norms_s=(DAY_S,)), placed()]))
(SPELL,) = hosting_spells(URL)
TIMES = NoticeTimes(noticed_at=at(1), norm_from_at=at(1), norm_s=DAY_S)


def history(*seen: float, end: tuple[CaseClass, float] | None = None, unbacked=()) -> CaseHistory:
    """Return a case that was seen at some hours, and ended."""
    made = CaseHistory(at(0), [(at(0), CaseClass.ONLINE)])
    for hours in sorted((*seen, *unbacked)):
        made.saw(at(hours), changed=False, unbacked=hours in unbacked)
    if end is not None:
        outcome, hours = end
        made.end = End(
            case_class=outcome, last_at=made.last_at, gone_at=at(hours), confirmed_at=at(hours)
        )
    return made


def part(made: CaseHistory, times: NoticeTimes = TIMES) -> CaseParts:
    """Return a case with what it is made from."""
    return CaseParts(
        records=URL, spell=SPELL, id="id", history=made, times=times, seen=(), is_later=False
    )


@pytest.mark.parametrize(
    ("last", "removed", "verdict"),
    [
        (20, 25, IN_TIME),
        (20, 25.001, OPEN),
        (25, 26, OPEN),
        (25.001, 26, LATE),
        (25.001, None, LATE),
        (None, None, OPEN),
        (30, 25, IN_TIME),
    ],
)
def test_a_norm_is_judged_by_the_bounds_of_the_removal(last, removed, verdict) -> None:
    """In time if R is, late if L is beyond it, and undetermined in between."""
    known = [None if hours is None else at(hours) for hours in (last, removed)]
    assert judge(DAY_S, at(1), *known) is verdict
    assert judge(DAY_S, None, *known) is OPEN


def test_the_first_removal_that_stood_is_judged_before_what_stands() -> None:
    """What came back later is another matter, which the second notice judges."""
    made = history(2, 60, end=(CaseClass.REMOVED, 90))
    made.first_end, made.first_backed_at = (at(2), at(5)), at(2)
    assert norm_verdict(DAY_S, at(1), made) is IN_TIME
    times = NoticeTimes(noticed_at=at(1), norm_from_at=at(1), norm_s=DAY_S, again_at=at(40))
    assert again_verdicts((DAY_S,), DAY_S, part(made, times)) == (OPEN,)
    assert again_verdicts((DAY_S,), DAY_S, part(made)) == ()


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        (None, LATE),
        ((CaseClass.DARK, 40), OPEN),
        ((CaseClass.DNS_ENDED, 5), LATE),
    ],
)
def test_only_a_removal_is_in_time(end, verdict) -> None:
    """A host that went dark is undetermined; an end that is none says nothing of R."""
    assert norm_verdict(DAY_S, at(1), history(30, end=end)) is verdict


def test_a_removal_that_somebody_disputes_is_none() -> None:
    """Until it is settled L alone is judged."""
    made = history(2, end=(CaseClass.REMOVED, 5))
    assert norm_verdict(DAY_S, at(1), made) is IN_TIME
    made.suspect = True
    assert norm_verdict(DAY_S, at(1), made) is OPEN


@pytest.mark.parametrize(
    ("seen", "hours", "outcome", "told"),
    [
        ((20,), 24, CaseClass.ONLINE, (None, False, False)),
        ((20,), 26, CaseClass.ONLINE, (None, False, True)),
        ((26,), 27, CaseClass.ONLINE, (25, True, False)),
        ((26,), 90, CaseClass.REMOVED, (25, False, False)),
        ((20,), 0.5, CaseClass.ONLINE, (None, False, False)),
    ],
)
def test_overdue_is_what_was_seen_beyond_the_norm_and_is_open(seen, hours, outcome, told) -> None:
    """Unseen where nobody saw it since; an end stays late and is overdue no more."""
    late_at, overdue, unseen = overdue_of(part(history(*seen)), outcome, at(hours))
    assert (late_at, overdue, unseen) == (None if told[0] is None else at(told[0]), *told[1:])
    assert overdue_of(part(history(*seen), NoticeTimes(norm_s=DAY_S)), outcome, at(90)) == (
        None,
        False,
        False,
    )


def test_a_sighting_that_nothing_backs_makes_nobody_late() -> None:
    """The case is unbacked, and its norm would be another with a control: that is said."""
    unbacked = part(history(2, unbacked=(30,)))
    assert is_unbacked(unbacked)
    assert is_undecided(unbacked)
    assert overdue_of(unbacked, CaseClass.ONLINE, at(40)) == (None, False, True)
    backed = part(history(2, 31, unbacked=(30,)))
    assert not is_unbacked(backed)
    assert not is_undecided(backed)
    assert overdue_of(backed, CaseClass.ONLINE, at(40))[:2] == (at(25), True)
