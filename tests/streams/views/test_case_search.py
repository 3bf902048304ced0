"""Which cases an operator's question finds."""

from random import Random

import pytest
from histories import written
from ledger_events import KEY as TOLD_KEY
from ledger_events import at
from msgspec.structs import asdict
from random_history import random_history

from schemas.closed_lists import CaseClass, ClockStanding, Flag, NormVerdict
from schemas.codec import STATE
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary, Phase, Return
from streams import lifecycle
from streams.norms.maturity import NO_NORM_APPLIES
from streams.views.case_search import CaseFilter, FoundCase, found_cases
from verify.compared.record import Case
from verify.ledger.records import url_records
from verify.method_10.cases import cases

KEY = "0" * 32
AS_OF = 100 * HOUR_MS
CASES = 1_000
OVERDUE_MIN = 10
"""So that the test shows something."""

INSTANTS_H = (30, 60, 200, 1_000)


def case(**said):
    """A case that was noticed at 1 h, has a norm of 24 h and is overdue."""
    plain = {
        "case_id": "a",
        "hoster": "acme",
        "group": "holding",
        "opened_at": 0,
        "reported_at": 0,
        "received_at": 0,
        "noticed_at": HOUR_MS,
        "clock": ClockStanding.DELIVERED,
        "norm_from_at": HOUR_MS,
        "norm_s": 86_400,
        "norms_s": (86_400,),
        "verdicts": (NormVerdict.LATE,),
        "overdue": True,
        "phases": (Phase(0, CaseClass.AWAITING), Phase(HOUR_MS, CaseClass.ONLINE)),
        "hotlines": ("alpha", "beta"),
        "flags": (Flag.SPLIT,),
    }
    return CaseSummary(**plain | said)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CaseFilter(), True),
        (CaseFilter(hoster="acme"), True),
        (CaseFilter(hoster="holding"), True),
        (CaseFilter(hoster="other"), False),
        (CaseFilter(hotline="beta"), True),
        (CaseFilter(hotline="gamma"), False),
        (CaseFilter(case_class=CaseClass.ONLINE), True),
        (CaseFilter(case_class=CaseClass.AWAITING), False),
        (CaseFilter(verdict=NormVerdict.LATE), True),
        (CaseFilter(verdict=NormVerdict.IN_TIME), False),
        (CaseFilter(norm="86400"), True),
        (CaseFilter(norm="172800"), False),
        (CaseFilter(norm="order"), False),
        (CaseFilter(norm="86400", verdict=NormVerdict.LATE), True),
        (CaseFilter(norm="86400", verdict=NormVerdict.IN_TIME), False),
        (CaseFilter(norm="172800", verdict=NormVerdict.LATE), False),
        (CaseFilter(flag=Flag.SPLIT), True),
        (CaseFilter(flag=Flag.CONTESTED), False),
        (CaseFilter(overdue=True), True),
        (CaseFilter(open_for_ms=99 * HOUR_MS), True),
        (CaseFilter(open_for_ms=99 * HOUR_MS + 1), False),
        (CaseFilter(hoster="acme", overdue=True, flag=Flag.CONTESTED), False),
    ],
)
def test_a_case_has_to_fit_all_that_is_asked(wanted, found):
    """Each part of a question rules out what does not have it."""
    assert bool(list(found_cases(KEY, [case()], wanted, AS_OF))) is found


@pytest.mark.parametrize(
    "changes",
    [
        {"phases": (Phase(0, CaseClass.REMOVED),)},
        {"phases": (Phase(0, CaseClass.AWAITING),)},
        {"clock": ClockStanding.SENT_ONLY},
        {"overdue": False},
    ],
)
def test_only_an_open_case_after_a_delivered_notice_is_overdue(changes):
    """As in the figures: what ended, waits or has another clock is not among the overdue."""
    assert not list(found_cases(KEY, [case(**changes)], CaseFilter(overdue=True), AS_OF))


@pytest.mark.parametrize(
    ("as_of_h", "verdict", "unseen"),
    [
        (25, NormVerdict.UNDETERMINED, False),
        (26, NormVerdict.UNDETERMINED, True),
        (26, NormVerdict.IN_TIME, False),
    ],
)
def test_a_norm_that_ran_out_unseen_is_said(as_of_h, verdict, unseen):
    """The norm has run out, and its verdict is undetermined; one that was kept is not overdue."""
    open_again = case(overdue=False, verdicts=(verdict,))
    said = found_cases(KEY, [open_again], CaseFilter(), as_of_h * HOUR_MS)
    assert [one.overdue_unseen for one in said] == [unseen]


def test_what_is_said_of_a_case():
    """Instants, verdicts by norm, an order's apart, and how often it came back."""
    back = (Return(1, 2, 3),)
    (said,) = found_cases(
        KEY, [case(returns=back, order_verdict=NormVerdict.IN_TIME)], CaseFilter(), AS_OF
    )
    assert said.verdicts == {"86400": NormVerdict.LATE, "order": NormVerdict.IN_TIME}
    assert (said.url_key, said.owner, said.reappearances) == (KEY, "holding", 1)


@pytest.mark.parametrize("case_class", sorted(NO_NORM_APPLIES))
def test_no_verdict_is_said_where_no_norm_applies(case_class):
    """Nor is such a case found by one: the hoster had nothing to remove, or was not told."""
    judged = case(phases=(Phase(0, case_class),), order_verdict=NormVerdict.LATE)
    (said,) = found_cases(KEY, [judged], CaseFilter(), AS_OF)
    assert (said.verdicts, said.not_due_yet, said.again_verdicts) == ({}, (), {})
    assert not list(found_cases(KEY, [judged], CaseFilter(verdict=NormVerdict.LATE), AS_OF))
    assert not list(found_cases(KEY, [judged], CaseFilter(norm="86400"), AS_OF))


def test_no_verdict_is_said_of_a_case_that_nobody_probes():
    """Its flag says so."""
    (said,) = found_cases(KEY, [case(flags=(Flag.NOT_PROBED,))], CaseFilter(), AS_OF)
    assert said.verdicts == {}


@pytest.mark.parametrize(
    ("as_of_h", "not_due_yet", "found"),
    [(20, ("order", "86400"), 0), (24, ("order", "86400"), 0), (25, ("order",), 1), (31, (), 1)],
)
def test_a_norm_whose_time_is_not_over_is_not_due_yet(as_of_h, not_due_yet, found):
    """An order's by its own term; nobody finds them by the verdict undetermined before."""
    running = case(
        overdue=False,
        verdicts=(NormVerdict.UNDETERMINED,),
        order_verdict=NormVerdict.UNDETERMINED,
        order_due_at=30 * HOUR_MS,
    )
    as_of = as_of_h * HOUR_MS
    (said,) = found_cases(KEY, [running], CaseFilter(), as_of)
    assert said.not_due_yet == not_due_yet
    wanted = CaseFilter(verdict=NormVerdict.UNDETERMINED)
    assert len(list(found_cases(KEY, [running], wanted, as_of))) == found
    ended = case(**{**asdict(running), "phases": (Phase(0, CaseClass.DARK),)})
    (said,) = found_cases(KEY, [ended], CaseFilter(), as_of)
    assert said.not_due_yet == ()


def test_the_second_verdict_is_said_beside_the_first():
    """On what followed a return, from when it runs; of an open case it may not be due yet."""
    back = case(
        verdicts=(NormVerdict.IN_TIME, NormVerdict.IN_TIME),
        norms_s=(86_400, 172_800),
        again_noticed_at=60 * HOUR_MS,
        again_verdicts=(NormVerdict.LATE, NormVerdict.UNDETERMINED),
    )
    (said,) = found_cases(KEY, [back], CaseFilter(), AS_OF)
    assert said.verdicts == dict.fromkeys(("86400", "172800"), NormVerdict.IN_TIME)
    assert said.again_noticed_at == 60 * HOUR_MS
    assert said.again_verdicts == {
        "86400": NormVerdict.LATE,
        "172800": NormVerdict.UNDETERMINED,
    }
    assert said.again_not_due_yet == ("172800",)


def test_a_case_that_begins_later_is_left_out():
    """At the instant asked for it does not exist."""
    later = case(phases=(Phase(AS_OF + 1, CaseClass.ONLINE),))
    assert list(found_cases(KEY, [later], CaseFilter(), AS_OF)) == []


def test_without_a_clock_no_verdict_is_said():
    """Nobody was told, so nobody is judged."""
    waiting = case(noticed_at=None, clock=None, phases=(Phase(0, CaseClass.AWAITING),))
    (said,) = found_cases(KEY, [waiting], CaseFilter(), AS_OF)
    assert said.verdicts == {}


def both(seed: int) -> tuple[list[FoundCase], list[Case]]:
    """Return what is listed as overdue of a random history, and its cases by the second reading."""
    as_of = at(INSTANTS_H[seed % len(INSTANTS_H)])
    known = [one for one in random_history(Random(seed)) if one[1] <= as_of]
    if not known:
        return [], []
    table = STATE.decode(lifecycle.update_record(TOLD_KEY, None, known).record_value).cases
    said = cases(url_records(TOLD_KEY, written(known)), as_of)
    listed = found_cases(TOLD_KEY, table, CaseFilter(overdue=True), as_of)
    return list(listed), [one for one in said if one.case_class]


def test_the_overdue_of_a_thousand_cases_are_those_of_the_second_reading():
    """No more and no fewer, at instants before and after the norms ran out."""
    count, overdue, seed = 0, 0, 0
    while count < CASES:
        listed, said = both(seed)
        late = {one.case_id for one in said if one.overdue}
        assert {one.case_id for one in listed} == late, seed
        count, overdue, seed = count + len(said), overdue + len(late), seed + 1
    assert overdue > OVERDUE_MIN
