"""What notices, withdrawals and decisions make of a case."""

import pytest
from histories import written
from ledger_events import (
    GONE,
    KEY,
    ONLINE,
    at,
    decision,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import CaseClass, Confidence, Flag, HotlineMode, NormVerdict
from verify.compared.record import Case
from verify.ledger.records import url_records
from verify.method_9.cases import EXPIRY_MS, cases

NOTICED = [report(seen=0), placed(), notice(1)]
AT_5 = slots([5, 5.2, 5.4, 5.6], GONE)
THERE = slots([1.2, 2, 4], ONLINE)


def found(*told, hours: float = 40.0) -> list[Case]:
    """Return the cases of a URL at an hour."""
    flat = [one for part in told for one in (part if isinstance(part, list) else [part])]
    return cases(url_records(KEY, written(flat)), at(hours))


def only(*told, hours: float = 40.0) -> Case:
    """Return the only case."""
    (case,) = found(*told, hours=hours)
    return case


def test_nothing_is_a_case_before_it_is_reported_and_attributed() -> None:
    """Nor has it a class before it opened."""
    assert found(report(), notice(1)) == []
    assert found(placed(), notice(1)) == []
    assert only(*NOTICED, hours=-1).case_class is None


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ([*NOTICED, THERE], CaseClass.ONLINE),
        ([report(seen=0), placed(), THERE], CaseClass.AWAITING),
        ([*NOTICED, THERE, AT_5], CaseClass.REMOVED),
        ([report(seen=0), placed(), THERE, AT_5], CaseClass.ENDED_WITHOUT_NOTICE),
        ([report(seen=0), placed(), THERE, AT_5, notice(9)], CaseClass.GONE_BEFORE_NOTICE),
        ([report(), placed(), notice(1), AT_5], CaseClass.NEVER_ONLINE),
        ([*NOTICED, THERE, withdrawal(20)], CaseClass.WITHDRAWN),
        ([*NOTICED, THERE, decision(20)], CaseClass.EXCLUDED),
        ([*NOTICED, THERE, decision(20, case_id="another")], CaseClass.ONLINE),
    ],
)
def test_a_case_has_one_class_at_every_instant(told, outcome) -> None:
    """By what was seen, when it was noticed, and what stopped the measuring."""
    assert only(*told).case_class is outcome


def test_measuring_stops_when_it_was_said_and_not_before() -> None:
    """The earlier of a withdrawal and an exclusion; a report of later brings it back."""
    told = [*NOTICED, THERE, withdrawal(30), decision(20)]
    assert (only(*told).case_class, only(*told).since_at) == (CaseClass.EXCLUDED, at(20))
    assert only(*told, hours=19).case_class is CaseClass.ONLINE
    again = report(35, id="r2")
    assert only(*NOTICED, THERE, withdrawal(30), again).case_class is CaseClass.ONLINE


def test_an_open_case_is_watched_for_400_days() -> None:
    """From its notice."""
    end_h = 1 + EXPIRY_MS / 3_600_000
    assert only(*NOTICED, THERE, hours=end_h - 1).case_class is CaseClass.ONLINE
    assert only(*NOTICED, THERE, hours=end_h).case_class is CaseClass.EXPIRED


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ([*NOTICED, THERE], True),
        ([report(seen=0), placed(), THERE], False),
        ([report(seen=0, self_report=True), placed(), notice(1), THERE], False),
        ([report(seen=0, mode=HotlineMode.SENT_ONLY), placed(), notice(1), THERE], False),
        ([report(seen=0), placed(0, place(contested=True)), notice(1), THERE], False),
        (
            [report(seen=0), placed(0, place(confidence=Confidence.UNKNOWN)), notice(1), THERE],
            False,
        ),
    ],
)
def test_a_hoster_is_named_by_what_was_delivered_to_it_alone(told, named) -> None:
    """Never where who it is is contested, or where it told of itself."""
    assert only(*told).naming is named


def test_verdicts_and_lateness_are_those_of_its_clock() -> None:
    """Of an end that is no removal nothing is late."""
    late = only(*NOTICED, THERE, slots([26], ONLINE))
    assert late.verdicts[0] is NormVerdict.LATE
    assert (late.late_at, late.overdue) == (at(25), True)
    excluded = only(*NOTICED, THERE, slots([26], ONLINE), decision(30))
    assert (excluded.late_at, excluded.overdue) == (None, False)


def test_what_must_be_said_beside_a_case_is_flagged() -> None:
    """A sample, a contested place; and nothing where there is nothing to say."""
    assert only(*NOTICED, THERE).flags == ()
    told = [report(seen=0), placed(0, place(inclusion=0.5, contested=True)), notice(1), THERE]
    assert set(only(*told).flags) == {Flag.SAMPLED, Flag.CONTESTED}
    assert only(*told).inclusion == 0.5
