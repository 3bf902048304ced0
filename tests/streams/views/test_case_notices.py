"""Laws of which case a notice belongs to, and of what it came to there."""

from collections import Counter
from random import Random

import pytest
from histories import history
from ledger_events import (
    KEY,
    NORTH,
    ONLINE,
    at,
    decision,
    fold,
    gone_run,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import Basis, ClockStanding, Delivery, HotlineMode, NormVerdict, Role
from schemas.moments import HOUR_MS
from schemas.records.reports import NoticeAccepted
from streams import lifecycle
from streams.views.case_notices import CaseNotices, NoticeEffect

URLS = 150


def test_the_clock_of_every_case_is_the_time_of_its_notice() -> None:
    """In drawn histories: a notice is the clock exactly of a case whose clock a notice started."""
    clocked = 0
    for seed in range(URLS):
        told = history(Random(seed))
        state = lifecycle.advance(KEY, None, told)
        if not state.reports:
            continue
        found = CaseNotices(state)
        said = {one.record_id: one for one, _ in told if isinstance(one, NoticeAccepted)}
        placed_in = [one for record in said.values() for one in found.of(record)]
        clocks: dict[str, set[int]] = {}
        for one in placed_in:
            if one.effect is NoticeEffect.CLOCK:
                clocks.setdefault(one.case_id, set()).add(one.at)
        for case in state.cases:
            by_notice = case.clock in (ClockStanding.DELIVERED, ClockStanding.SENT_ONLY)
            assert clocks.get(case.case_id, set()) == ({case.noticed_at} if by_notice else set())
            clocked += by_notice
        assert clocks.keys() <= {case.case_id for case in state.cases}
    assert clocked > URLS // 4


def test_a_repeat_within_the_hour_starts_nothing() -> None:
    """The set keeps the earliest; the later record is found by it, with its own time."""
    first, again = notice(1.1, record_id="n1"), notice(1.2, record_id="n2")
    state = fold(report(seen=0), placed(), first, again, slots([2], ONLINE))
    found = [[*CaseNotices(state).of(one)] for one, _ in (first, again)]
    assert [[(one.at, one.effect) for one in mine] for mine in found] == [
        [(at(1.1), NoticeEffect.CLOCK)],
        [(at(1.2), NoticeEffect.ARRIVED)],
    ]


def test_one_that_has_the_url_in_both_roles_is_told_in_both() -> None:
    """Roles are never summed: each has its case, and the notice counts in each."""
    both = placed(0, place("acme"), place("acme", role=Role.PROXY))
    told = notice(1)
    state = fold(report(seen=0), both, told, slots([2], ONLINE))
    found = Counter(one.case_id for one in CaseNotices(state).of(told[0]))
    assert found == Counter(case.case_id for case in state.cases)
    assert len(found) == 2


def test_an_order_has_the_verdict_on_its_own_term() -> None:
    """The case has the worst of all; an order that was kept is not broken by another."""
    fields = {"basis": Basis.ORDER}
    short = notice(1.1, record_id="o1", reference="one", term_s=3_600, **fields)
    long = notice(1.2, record_id="o2", reference="two", term_s=864_000, **fields)
    state = fold(report(seen=0), placed(), notice(1), short, long, slots([1.3, 2.5, 4], ONLINE))
    verdicts = {}
    for name, (said, _) in (("short", short), ("long", long)):
        (one,) = CaseNotices(state).of(said)
        assert one.order is not None
        verdicts[name] = one.order.verdict
    assert verdicts == {"short": NormVerdict.LATE, "long": NormVerdict.UNDETERMINED}
    (plain,) = CaseNotices(state).of(notice(1)[0])
    assert plain.order is None


HERE = [report(seen=0), placed()]
BETA = [report(0.1, id="r2", hotline="beta")]
BACK = slots([45, 46], ONLINE)
SEEN = slots([1.1, 2, 4, 26, 30], ONLINE)


def effects(*happened):
    """Return of each case the notices to its owner: hours, and what they came to."""
    said = [one for one, _ in happened if isinstance(one, NoticeAccepted)]
    state = fold(*HERE, *happened)
    placed_in = CaseNotices(state)
    found = [one for record in said for one in placed_in.of(record)]
    return [
        [
            (round((one.at - at(0)) / HOUR_MS, 1), one.effect.value)
            for one in found
            if one.case_id == case.case_id
        ]
        for case in state.cases
    ]


SENT_ONLY = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        ([notice(1), notice(3), *SEEN], [(1, "clock"), (3, "arrived")]),
        ([notice(1, **SENT_ONLY), notice(3), *SEEN], [(1, "arrived"), (3, "clock")]),
        ([notice(1, **SENT_ONLY), *SEEN], [(1, "clock")]),
        (
            [notice(1, result=Delivery.BOUNCED), notice(2, result=Delivery.SENT), *SEEN],
            [(1, "not_delivered"), (2, "not_delivered")],
        ),
        (
            [*BETA, notice(1), notice(2, hotline="beta"), *SEEN, withdrawal(53)],
            [(1, "taken_back"), (2, "clock")],
        ),
        ([notice(1, received=40, backdated=True), *SEEN], [(40, "clock")]),
        (
            [notice(1, received=40, backdated=True), *SEEN, decision(41, "confirm_backdated")],
            [(1, "clock")],
        ),
        ([notice(1, recipient="other"), notice(3), *SEEN], [(3, "clock")]),
        (
            [notice(1), *slots([1.1, 2, 4], ONLINE), *gone_run(5.2), *BACK, notice(47), notice(49)],
            [(1, "clock"), (47, "second_clock"), (49, "arrived")],
        ),
    ],
)
def test_a_notice_comes_to_what_the_clocks_rest_on(happened, found) -> None:
    """Each is the clock, or there is a reason why it is not."""
    assert effects(*happened) == [found]


def test_a_notice_is_of_the_case_in_whose_span_it_came() -> None:
    """The one that was obeyed is none of the case that a later report opened."""
    first = [notice(1), *slots([1.1, 2, 4], ONLINE), *gone_run(5)]
    later = [report(200, id="r2", seen=200), notice(201), *slots([201.1, 202, 230], ONLINE)]
    assert effects(*first, *later) == [[(1, "clock")], [(201, "clock")]]


def test_a_notice_from_before_the_first_case_at_an_owner_starts_nothing_there() -> None:
    """It stands with that case, and says why."""
    both = place("acme"), place("other")
    there = [placed(0.1, place("other")), placed(50, *both), placed(50.2, *both)]
    told = notice(1), notice(51)
    state = fold(report(seen=0), *there, *told)
    found = [one for said, _ in told for one in CaseNotices(state).of(said)]
    assert [one.effect.value for one in found] == ["misdirected", "clock"]
    assert {one.case_id for one in found} == {c.case_id for c in state.cases if c.hoster == "acme"}


def test_a_notice_to_a_former_name_is_one_to_the_owner() -> None:
    """The case goes on under its new name (rule 1.5)."""
    named = [
        placed(hour, place("acme", formerly=("as64500",)), vantage=vantage)
        for hour, vantage in ((31, NORTH), (31.2, NORTH), (31.3, "attribution"))
    ]
    told = notice(1, recipient="as64500")
    state = fold(report(seen=0), placed(0, place("as64500")), told, named)
    (case,) = state.cases
    (one,) = CaseNotices(state).of(told[0])
    assert (case.hoster, one.case_id, one.effect) == ("acme", case.case_id, NoticeEffect.CLOCK)
