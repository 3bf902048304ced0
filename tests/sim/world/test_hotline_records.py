"""What hotlines say about one URL: in which order, to whom, and what the second of them says.

What a whole world of busy hotlines says is in tests/sim/world/test_hotline_habits.py.
"""

import random
from dataclasses import replace

import pytest

from schemas import codec
from schemas.closed_lists import Basis, CheckResult, Delivery, Result
from schemas.identity.ids import canonical
from schemas.moments import DAY_MS, HOUR_MS, instant
from schemas.records.hotline import Answer, Check, Notice, Report, Withdrawal
from sim.world.hosters import ALL
from sim.world.hotline_habits import HotlineHabits
from sim.world.hotline_records import (
    AGAIN_MS,
    UNTOLD_AT,
    HotlineRecords,
    again,
    elsewhere,
    reported_again,
    shared,
    told,
)
from sim.world.hotlines import NOTICE_DELAY_MAX_MS
from sim.world.material import Material
from sim.world.world import WORLD_START

SEEDS = range(30)
AMBER = next(hoster for hoster in ALL if hoster.id == "amber")
BIRCH = next(hoster for hoster in ALL if hoster.id == "birch")
QUIET = HotlineHabits(id="north", resent=0.0, answered=0.0, shared=0.0)
OTHERS = (HotlineHabits(id="south"), HotlineHabits(id="west"))
ITEM = Material(
    hoster="amber",
    host="n1.amber.example",
    path="/a.jpg",
    url="http://n1.amber.example/a.jpg",
    since_at=WORLD_START,
    reported_at=WORLD_START,
    noticed_at=WORLD_START + HOUR_MS,
    removed_at=WORLD_START + DAY_MS,
    length=50_000,
)


def records(habits=QUIET, **more):
    return HotlineRecords(
        **{"habits": habits, "hoster": AMBER, "elsewhere": BIRCH, "id": "1"} | more
    )


def said(events):
    """Return what events say, in the order they are sent in."""
    return [codec.decode_hotline(event.value) for event in sorted(events, key=lambda e: e.at)]


def test_a_quiet_hotline_says_the_least():
    """A report when it was found and one notice to the hoster itself, each at its own time."""
    for seed in SEEDS:
        report, notice = said(told(ITEM, records(), random.Random(seed)))
        assert isinstance(report, Report)
        assert instant(report.reported_at) == ITEM.reported_at
        assert not report.self_report
        assert isinstance(notice, Notice)
        assert instant(notice.delivered_at) == ITEM.noticed_at
        assert notice.recipient in (AMBER.id, AMBER.contact, AMBER.entry().name)
        assert (notice.result, notice.basis) == (Delivery.DELIVERED, Basis.NOTICE)


@pytest.mark.parametrize(
    ("habit", "item", "kind"),
    [
        ("answered", ITEM, Answer),
        ("checked", ITEM, Check),
        ("", replace(ITEM, withdrawn_at=ITEM.noticed_at + 1_000), Withdrawal),
    ],
)
def test_a_habit_adds_its_record_and_no_other(habit, item, kind):
    """Each is about the URL, and comes after the notice."""
    habits = replace(QUIET, **({habit: 1.0} if habit else {}))
    for seed in SEEDS:
        report, notice, more = said(told(item, records(habits), random.Random(seed)))
        assert [type(one) for one in (report, notice, more)] == [Report, Notice, kind]
        assert more.url == item.url
        if kind is Check:
            present = item.online(instant(more.checked_at))
            assert present == (more.result is CheckResult.PRESENT)


def test_what_is_sent_twice_is_a_duplicate_that_comes_later():
    """The bytes are the same: it is the same record."""
    habits = replace(QUIET, resent=1.0)
    for seed in SEEDS:
        events = list(told(ITEM, records(habits), random.Random(seed)))
        first, second = events[0::2], events[1::2]
        for one, copy in zip(first, second, strict=True):
            assert (copy.key, copy.value, copy.hotline) == (one.key, one.value, one.hotline)
            assert one.at < copy.at <= one.at + 6 * HOUR_MS
            assert (one.result, copy.result) == (Result.ACCEPTED, Result.DUPLICATE)
    assert again(events[0], random.Random(1)).result is Result.DUPLICATE


def test_an_order_has_its_term_and_a_reference():
    """It is the notice of an authority."""
    ordered = replace(ITEM, order_s=3_600)
    _, notice = said(told(ordered, records(), random.Random(1)))
    assert (notice.basis, notice.term_s, notice.reference) == (Basis.ORDER, 3_600, "order-1")


def test_what_is_told_to_nobody_bounces_and_stays_untold():
    """The hoster never gets a notice; one goes out all the same."""
    untold = replace(ITEM, noticed_at=UNTOLD_AT, removed_at=None)
    for seed in SEEDS:
        report, notice = said(told(untold, records(), random.Random(seed)))
        assert isinstance(report, Report)
        assert (notice.result, notice.delivered_at) == (Delivery.BOUNCED, None)


def test_notices_that_go_astray_come_before_the_one_that_counts():
    """One bounces at the hoster, the other reaches somebody else."""
    habits = replace(QUIET, bounced=1.0, misdirected=1.0)
    for seed in SEEDS:
        notices = [
            one
            for one in said(told(ITEM, records(habits), random.Random(seed)))
            if isinstance(one, Notice)
        ]
        right = notices.pop()
        assert instant(right.delivered_at) == ITEM.noticed_at
        assert {(one.recipient, one.result) for one in notices} == {
            (AMBER.contact, Delivery.BOUNCED),
            (BIRCH.id, Delivery.DELIVERED),
        }


def test_nobody_else_is_a_sister_of_the_same_owner():
    """A notice to another hoster of its owner's would be one to itself."""
    for hoster in ALL:
        found = elsewhere(ALL, hoster)
        assert found is not None
        assert found.owner != hoster.owner
    sister = replace(BIRCH, group=AMBER.owner)
    assert elsewhere((AMBER, sister), AMBER) is None
    assert elsewhere((BIRCH, AMBER, sister), sister) == BIRCH


def test_a_second_hotline_knows_the_same_url_under_another_spelling():
    """It saw it before any removal, and its notice is the later one: the first's clock stays."""
    habits = replace(QUIET, shared=1.0)
    for seed in SEEDS:
        events = list(shared(ITEM, records(habits), OTHERS, random.Random(seed)))
        report, notice = said(events)
        assert {event.hotline for event in events} <= {"south", "west"}
        assert report.url != ITEM.url
        assert canonical(report.url) == canonical(ITEM.url)
        assert ITEM.reported_at <= instant(report.seen_at) <= ITEM.noticed_at
        later_ms = instant(notice.delivered_at) - ITEM.noticed_at
        assert 0 < later_ms <= NOTICE_DELAY_MAX_MS


@pytest.mark.parametrize(
    "changes",
    [{"withdrawn_at": WORLD_START}, {"report_late_ms": 1}, {"notice_late_ms": 1}],
)
def test_what_is_withdrawn_or_late_has_one_hotline(changes):
    """What becomes of it would hang on whose records come first."""
    habits = replace(QUIET, shared=1.0)
    found = shared(replace(ITEM, **changes), records(habits), OTHERS, random.Random(1))
    assert list(found) == []


def test_what_was_removed_is_reported_again_by_another_hotline():
    """It comes after the removal, and says that it was seen before."""
    habits = replace(QUIET, reported_again=1.0)
    for seed in SEEDS:
        events = list(reported_again(ITEM, records(habits), OTHERS, random.Random(seed)))
        report, notice = said(events)
        assert {event.hotline for event in events} <= {"south", "west"}
        least_ms, most_ms = AGAIN_MS
        assert least_ms <= instant(report.reported_at) - ITEM.removed_at <= most_ms
        assert instant(report.seen_at) == ITEM.reported_at
        assert instant(notice.delivered_at) > instant(report.reported_at)


@pytest.mark.parametrize(
    "changes",
    [{"removed_at": None}, {"withdrawn_at": WORLD_START}, {"back_at": WORLD_START + 2 * DAY_MS}],
)
def test_nothing_else_is_reported_again(changes):
    """A report of what is there would be a return."""
    habits = replace(QUIET, reported_again=1.0)
    found = reported_again(replace(ITEM, **changes), records(habits), OTHERS, random.Random(1))
    assert list(found) == []
