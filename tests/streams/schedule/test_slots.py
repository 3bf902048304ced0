"""Laws of the timetable (docs/measurement.md, When it is probed)."""

from collections import Counter
from itertools import pairwise

import pytest
from cases import START, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Target
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from schemas.records.case import Phase, Return, Sampling
from streams.schedule.slots import (
    DOUBT_SLOTS_CASE_MAX,
    DOUBT_SLOTS_MAX,
    due,
    slots,
)
from streams.timetable import AFTER_REMOVAL_H, JITTER, JITTER_UNSAMPLED, NO_JITTER_H, TIMETABLE_H

numbers = st.integers(0, 10**6)
ALL = (Target.URL, Target.MADE_UP_PATH, Target.ROOT)


def phased(*phases, **said):
    """Return a case in the classes given, with the hours they begin at."""
    made = case(**said)
    return replace(
        made, phases=tuple(Phase(START + round(h * HOUR_MS), outcome) for h, outcome in phases)
    )


def hours_of(made, until_h=10_000):
    return [
        (slot.at - START) / HOUR_MS for slot in slots(made) if slot.at < START + until_h * HOUR_MS
    ]


@given(numbers)
def test_slots_follow_the_timetable_within_the_spread(number):
    """Every slot lies at its hour after the notice or up to 5 % of the step later."""
    planned = hours_of(case(number=number))
    assert len(planned) == len(TIMETABLE_H)
    steps = [*(b - a for a, b in pairwise(TIMETABLE_H)), 720]
    for hour, step, at in zip(TIMETABLE_H, steps, planned, strict=True):
        assert hour - 1e-6 <= at <= hour + JITTER * step + 1e-6


@given(numbers)
def test_outside_a_sample_slots_are_spread_over_what_room_there_is(number):
    """Over nine tenths of a step, unless a norm would lie in between: then as in the sample."""
    sampled = case(number=number)
    inside, outside = (
        hours_of(sampled),
        hours_of(replace(sampled, sampling=Sampling(sampled=False))),
    )
    steps = [*(b - a for a, b in pairwise(TIMETABLE_H)), 720]
    assert len(outside) >= len(inside) - 1  # the last may lie beyond the end of watching
    for hour, step, ours, rest in zip(TIMETABLE_H, steps, inside, outside, strict=False):
        assert hour - 1e-6 <= rest <= hour + JITTER_UNSAMPLED * step + 1e-6
        if hour and not any(hour <= norm < hour + JITTER_UNSAMPLED * step for norm in NO_JITTER_H):
            assert (rest - hour) * JITTER == pytest.approx(
                (ours - hour) * JITTER_UNSAMPLED, abs=1e-5
            )


def test_twenty_thousand_outside_a_sample_come_at_an_even_rate():
    """In a day of daily probes, none of its tenths has more than a ninth of them and a little."""
    day = [
        slot.at
        for n in range(2_000)
        for slot in slots(
            replace(case(number=n), sampling=Sampling(sampled=False)), START + 240 * HOUR_MS
        )
        if START + 240 * HOUR_MS <= slot.at < START + 264 * HOUR_MS
    ]
    tenths = Counter((at - START) // (DAY_MS // 10) for at in day)
    assert len(day) == 2_000
    assert max(tenths.values()) < 2_000 / 9 * 1.25


@given(numbers, st.booleans())
def test_no_slot_crosses_a_norm(number, sampled):
    """A slot planned before a norm lies before it, one planned on it lies on it."""
    made = replace(case(number=number), sampling=Sampling(sampled=sampled))
    for hour, at in zip(TIMETABLE_H, hours_of(made), strict=sampled):
        for norm in NO_JITTER_H:
            assert (hour < norm) == (at < norm)
            assert hour != norm or at == norm


@given(numbers, st.floats(0, 400, allow_nan=False), st.booleans())
def test_daily_slots_cross_no_norm(number, since, sampled):
    """The probes of what is unavailable keep to their side of a norm too, at most 5 % early, or
    nine tenths outside a sample.
    """
    made = phased((0, CaseClass.ONLINE), (since, CaseClass.UNAVAILABLE), number=number)
    made, spread = (
        replace(made, sampling=Sampling(sampled=sampled)),
        JITTER if sampled else JITTER_UNSAMPLED,
    )
    began = made.phases[1].from_at
    found = [slot for slot in slots(made) if slot.at > began and slot.targets == ALL]
    for k, slot in enumerate(found[:40], start=1):
        planned = began + k * DAY_MS
        assert planned - spread * DAY_MS - 1 <= slot.at <= planned
        for norm in NO_JITTER_H:
            assert (planned >= START + norm * HOUR_MS) == (slot.at >= START + norm * HOUR_MS)


def test_the_same_on_every_call_and_spread_by_case():
    """Slots are a function of the case; two cases differ."""
    assert list(slots(case(number=7))) == list(slots(case(number=7)))
    assert hours_of(case(number=7)) != hours_of(case(number=8))


outcomes = st.sampled_from(
    [
        CaseClass.ONLINE,
        CaseClass.SUSPECT,
        CaseClass.DOUBTED,
        CaseClass.UNAVAILABLE,
        CaseClass.REMOVED,
        CaseClass.DARK,
        CaseClass.MOVED,
        CaseClass.EXPIRED,
    ]
)
walks = st.lists(st.tuples(st.floats(0.01, 300, allow_nan=False), outcomes), max_size=6)


@given(numbers, walks, st.lists(st.floats(0, 500, allow_nan=False), max_size=4), st.booleans())
def test_a_case_s_slots_ascend_whatever_it_goes_through(number, steps, answers, sampled):
    """Whatever a case goes through, its slots ascend, none twice, each with a window."""
    phases, at = [(0.0, CaseClass.AWAITING)], 0.0
    for step, outcome in steps:
        at += step
        phases.append((at, outcome))
    made = replace(
        phased(*phases, number=number, gone=at, noticed=1),
        answered=tuple(sorted(START + round(h * HOUR_MS) for h in answers)),
        sampling=Sampling(sampled=sampled),
    )
    found = list(slots(made))
    assert all(a.at < b.at for a, b in pairwise(found))
    assert all(slot.not_after > slot.at >= made.opened_at for slot in found)


def test_doubt_is_probed_every_ten_minutes_for_a_day():
    """144 slots at most, 10 min apart, the controls with the first ones."""
    made = phased((0, CaseClass.ONLINE), (5, CaseClass.DOUBTED))
    found = [slot for slot in slots(made) if slot.at > START + 5 * HOUR_MS]
    assert len(found) == DOUBT_SLOTS_MAX
    assert {b.at - a.at for a, b in pairwise(found)} == {10 * MINUTE_MS}
    assert [slot.targets == ALL for slot in found[:7]] == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_a_case_always_in_doubt_is_probed_daily_in_the_end():
    """Slots of doubt are bounded for a case, however often it falls into doubt again."""
    swings = [
        (24.0 * k + 1, CaseClass.DOUBTED if k % 2 == 0 else CaseClass.UNAVAILABLE)
        for k in range(60)
    ]
    found = list(slots(phased((0, CaseClass.ONLINE), *swings)))
    close = [b.at - a.at for a, b in pairwise(found) if b.at - a.at == 10 * MINUTE_MS]
    assert len(close) <= DOUBT_SLOTS_CASE_MAX
    last = [slot.at for slot in found if slot.at > START + 40 * DAY_MS]
    assert len(last[:60]) >= 20
    assert max(b - a for a, b in pairwise(last)) <= 26 * HOUR_MS


@pytest.mark.parametrize("outcome", [CaseClass.UNAVAILABLE, CaseClass.DARK])
def test_daily_whatever_the_age(outcome):
    """What is unavailable is probed every day, also when the timetable is weekly."""
    made = phased((0, CaseClass.ONLINE), (24 * 100, outcome))
    found = [slot.at for slot in slots(made) if slot.at > START + 100 * DAY_MS]
    assert max(b - a for a, b in pairwise(found)) <= DAY_MS * (1 + JITTER)
    assert len(found) >= 300


@pytest.mark.parametrize("outcome", [CaseClass.REMOVED, CaseClass.DNS_ENDED, CaseClass.MOVED])
def test_after_an_end_it_is_looked_for_again(outcome):
    """1, 3, 7, 14, 23 h and 2, 3, 5, 6.8, 14, 30, 90 d after R; one each before 24 h and 7 d."""
    made = phased((0, CaseClass.ONLINE), (5.5, outcome), gone=5)
    found = [h - 5 for h in hours_of(made) if h > 5.5]
    assert len(found) == len(AFTER_REMOVAL_H) == 12
    for hour, at in zip(AFTER_REMOVAL_H, found, strict=True):
        assert hour - 1e-6 <= at <= hour * 1.4
        assert (hour < 24) == (at < 24)
        assert (hour < 168) == (at < 168)


@given(numbers, st.booleans())
def test_the_last_probe_of_the_seven_days_lies_in_them(number, sampled):
    """Of every case the slot at 6.8 d lies, and is sent, before 7 d after R: a return seen at it is
    one of the same case.
    """
    made = phased((0, CaseClass.ONLINE), (5.5, CaseClass.REMOVED), gone=5, number=number)
    end_at = made.gone_at + 7 * DAY_MS
    found = [
        slot
        for slot in slots(replace(made, sampling=Sampling(sampled=sampled)))
        if slot.at < end_at
    ]
    assert found[-1].at >= made.gone_at + round(6.8 * DAY_MS)
    assert found[-1].at + HOUR_MS <= found[-1].not_after <= end_at


@pytest.mark.parametrize("outcome", [CaseClass.ONLINE, CaseClass.UNAVAILABLE, CaseClass.REMOVED])
def test_a_check_is_a_probe_at_once(outcome):
    """Whatever a person found, and whatever the class: probes with controls, at once."""
    at = START + 50 * HOUR_MS + 1
    made = phased((0, CaseClass.ONLINE), (5, outcome), gone=5)
    (slot,) = [slot for slot in slots(replace(made, checked=(at,))) if slot.at == at]
    assert slot.targets == ALL
    excluded = phased((0, CaseClass.ONLINE), (5, CaseClass.EXCLUDED))
    assert at not in [slot.at for slot in slots(replace(excluded, checked=(at,)))]


@pytest.mark.parametrize("outcome", [CaseClass.REMOVED, CaseClass.EXPIRED, CaseClass.WITHDRAWN])
def test_what_is_told_after_an_end_is_probed_as_if_new(outcome):
    """A report or a notice after any end: probed at once, then by the timetable from it on."""
    at = START + 50 * HOUR_MS
    made = phased(
        (0, CaseClass.ONLINE), (5, outcome), gone=5 if outcome is CaseClass.REMOVED else None
    )
    ended = [slot.at for slot in slots(made)]
    told = [slot for slot in slots(replace(made, told_again=(at,))) if slot.at not in ended]
    assert (told[0].at, told[0].targets) == (at, ALL)
    assert len(told) == len(TIMETABLE_H)
    for hour, slot in zip(TIMETABLE_H, told, strict=True):
        assert at + round(hour * HOUR_MS) <= slot.at


@pytest.mark.parametrize("name", ["again_noticed_at", "norm_from_at", "told_again"])
@pytest.mark.parametrize("outcome", [CaseClass.ONLINE, CaseClass.UNAVAILABLE])
def test_after_a_return_it_is_probed_as_if_new(name, outcome):
    """From what the second verdict runs from, and from the newest word since the end.

    Without it nothing would show around the norm whether what came back was removed in time.
    """
    at = START + 52 * HOUR_MS
    said = {name: (at,) if name == "told_again" else at}
    made = phased((0, CaseClass.ONLINE), (5, CaseClass.REMOVED), (50, outcome))
    back = replace(made, returns=(Return(START, START + 5 * HOUR_MS, START + 50 * HOUR_MS),))
    planned = {slot.at for slot in slots(replace(back, **said))}
    anew = {START + 52 * HOUR_MS - made.noticed_at + slot.at for slot in slots(case())}
    near = {slot for slot in anew if slot < at + 2 * DAY_MS}
    assert near <= planned
    assert not near <= {
        slot.at for slot in slots(replace(made, **said) if name != "told_again" else back)
    }


def test_before_a_notice_as_if_noticed():
    """At the report, then as if the notice had come with it."""
    made = phased((0, CaseClass.AWAITING), noticed=None)
    assert hours_of(made, 1)[0] == 0
    assert len(hours_of(made)) == len(TIMETABLE_H)


def test_a_place_known_after_the_notice_is_probed_at_once():
    """A case that opens long after the notice has a probe with controls at its opening."""
    made = replace(phased((50.2, CaseClass.ONLINE)), opened_at=START + round(50.2 * HOUR_MS))
    first = next(iter(slots(made)))
    assert (first.at, first.targets) == (made.opened_at, ALL)


@pytest.mark.parametrize("outcome", [CaseClass.WITHDRAWN, CaseClass.EXCLUDED, CaseClass.EXPIRED])
def test_withdrawn_excluded_and_expired_cases_are_not_probed(outcome):
    """Withdrawn, excluded and expired cases are probed no more."""
    assert max(hours_of(phased((0, CaseClass.ONLINE), (9, outcome)))) < 9


def test_an_answer_is_a_probe_at_once():
    """The hoster's answer about an open case triggers a probe with controls and closes nothing."""
    at = START + 6 * HOUR_MS + 1
    made = replace(case(), answered=(at,))
    (slot,) = [slot for slot in slots(made) if slot.at == at]
    assert slot.targets == ALL
    assert len(list(slots(made))) == len(TIMETABLE_H) + 1
    ended = replace(phased((0, CaseClass.ONLINE), (5, CaseClass.REMOVED), gone=5), answered=(at,))
    assert at not in [slot.at for slot in slots(ended)]


@given(numbers, st.lists(st.floats(0.001, 60, allow_nan=False), max_size=30))
def test_due_gives_no_slot_twice(number, steps):
    """Called with `after` = the last slot, it goes on behind it and misses none in its window."""
    made = phased(
        (0, CaseClass.ONLINE), (30, CaseClass.DOUBTED), (54, CaseClass.UNAVAILABLE), number=number
    )
    given_, after, now = [], START - 1, START
    for step in steps:
        now += round(step * HOUR_MS)
        found, following = due(made, after, now)
        assert all(after < slot.at <= now < slot.not_after for slot in found)
        assert following is None or following > now
        if found:
            after = found[-1].at
        given_ += [slot.at for slot in found]
    assert given_ == sorted(set(given_))


def test_due_asks_again_at_the_next_slot():
    """What is returned as next is exactly when the next slot is due."""
    made = case()
    planned = [slot.at for slot in slots(made)]
    found, following = due(made, START - 1, START)
    assert [slot.at for slot in found] == planned[:1]
    assert following == planned[1]
    found, following = due(made, planned[0], planned[1])
    assert [slot.at for slot in found] == planned[1:2]
    assert due(made, planned[-1], planned[-1] + 1) == ([], None)


@given(
    numbers,
    st.lists(
        st.tuples(
            st.floats(0, 2_000, allow_nan=False),
            st.sampled_from([o for o in CaseClass if o is not CaseClass.AWAITING]),
        ),
        max_size=4,
    ),
    st.one_of(st.floats(0, 10_000, allow_nan=False), st.sampled_from([*TIMETABLE_H, 48, 72, 96])),
    st.booleans(),
    st.booleans(),
)
def test_what_lies_before_the_interest_changes_nothing_of_what_follows(
    number, phases, hours, answered, sampled
):
    """Leaving early slots unplanned saves time and nothing else: from then on all are the same."""
    ordered = sorted(phases, key=lambda phase: phase[0])
    made = replace(
        phased((0, CaseClass.ONLINE), *ordered, number=number), sampling=Sampling(sampled=sampled)
    )
    made = replace(made, gone_at=START + HOUR_MS, answered=(START + 90 * HOUR_MS,) * answered)
    since = START + round(hours * HOUR_MS)
    assert [slot for slot in slots(made, since) if slot.at >= since] == [
        slot for slot in slots(made) if slot.at >= since
    ]


def test_a_resolution_that_leaves_it_open_is_repeated_every_ten_minutes():
    """However old the case is, for the time it says; not after an end, nor beside a doubt."""
    since, until = START + 2_000 * HOUR_MS, START + 2_003 * HOUR_MS
    made = replace(case(), resolutions_repeated=((since, until),))
    extra = [slot for slot in slots(made) if since < slot.at <= until]
    assert [slot.at - since for slot in extra] == [k * 10 * MINUTE_MS for k in range(1, 19)]
    assert {slot.targets for slot in extra} == {(Target.URL,)}
    ended = replace(
        phased((0, CaseClass.ONLINE), (5, CaseClass.REMOVED)),
        resolutions_repeated=made.resolutions_repeated,
    )
    assert [slot for slot in slots(ended) if since < slot.at < until] == []
    doubted = phased((0, CaseClass.ONLINE), (1_999.95, CaseClass.DOUBTED))
    alike = [slot.at for slot in slots(doubted) if since < slot.at < until]
    doubted = replace(doubted, resolutions_repeated=made.resolutions_repeated)
    assert [slot.at for slot in slots(doubted) if since < slot.at < until] == alike
