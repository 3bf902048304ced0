"""The fast path gives the bytes of judging all, and is taken where nothing new is seen."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from law_examples import examples
from ledger_events import (
    BOTH,
    CONTROL,
    DEAD,
    GONE,
    LIMITED,
    MISSED,
    NORTH,
    ONLINE,
    REFUSED,
    WEST,
    check,
    decision,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
)
from two_ways import (
    AGED,
    CACHED,
    EMPTY,
    HIDDEN,
    HOME,
    MINUTE_H,
    OTHER,
    both_ways,
    case_with,
    followed,
    moved,
    record,
    tellings,
)

from schemas import codec
from schemas.closed_lists import CheckResult, Expected, HotlineMode, Target


@pytest.mark.parametrize("expected", Expected)
@pytest.mark.parametrize("target", [Target.URL, Target.MADE_UP_PATH, Target.ROOT])
def test_a_probe_like_the_last_takes_the_fast_path(expected, target):
    """Of each expectation, the URL and both controls; one after the other, from both vantages."""
    value, answer, hours = case_with(expected)
    seen = answer if target is Target.URL else CONTROL
    for step, vantage in enumerate((*BOTH, *BOTH)):
        at_h = hours + step * 5 * MINUTE_H
        value, short = followed(value, observation(at_h, seen, vantage, target=target))
        assert short


@pytest.mark.parametrize("control", [CONTROL, ONLINE, DEAD])
def test_first_probes_take_the_fast_path(control):
    """From each vantage, the URL and its controls, where no verdict rests on these."""
    value = record(report(seen=0), placed(), notice(0.5))
    seen = [one for v in BOTH for one in slot(1, ONLINE, (v,), control=control)]
    for number, one in enumerate(seen):
        value, short = followed(value, moved(one, number * 1_000, 0))
        assert short is (control is not ONLINE or number not in {1, 2, 4, 5}), number
    assert len(codec.STATE.decode(value).tracks) == len(seen)


def test_sightings_of_a_list_are_taken_together():
    """A list of observations is short if all are; one that is not makes all long."""
    value, answer, hours = case_with(Expected.SEEN)
    observations = [
        observation(hours + i / 4, answer, vantage) for i in range(3) for vantage in BOTH
    ]
    observations.sort(key=lambda one: one[0].done_at)
    by_two = [observations[i] for i in range(0, 6, 2)]
    assert followed(value, *by_two)[1]
    assert not followed(value, *by_two, observation(hours + 9, GONE))[1]


def test_a_dead_canary_s_probe_of_a_new_shape_changes_nothing():
    """It says nothing, whatever it saw: a case that stands as seen goes on doing so."""
    value = record(report(seen=0), placed(), slots([1.1, 2], ONLINE))
    assert codec.STATE.decode(value).expectations[0].expected is Expected.SEEN
    value, _ = followed(value, observation(2.2, OTHER, canary_ok=False))
    assert codec.STATE.decode(value).expectations[0].expected is Expected.SEEN


ANSWERS = (ONLINE, GONE, LIMITED, DEAD, REFUSED, AGED, CACHED, HOME, OTHER, EMPTY, MISSED)
steps = st.tuples(
    st.sampled_from(ANSWERS),
    st.sampled_from([1, 1, 2, 4, 8]),  # how often the answer comes again
    st.sampled_from([0.1, 0.3, 0.3, 1, 6, 24, 26, 60]),  # hours between
    st.sampled_from([CONTROL, CONTROL, DEAD, EMPTY, None]),
)
rare = st.sampled_from(
    [
        lambda h: [check(h, CheckResult.ABSENT)],
        lambda h: [check(h, CheckResult.PRESENT, who="bob")],
        lambda h: [decision(h, "exclude")],
        lambda h: [notice(h)],
        lambda h: [report(h, id="r2", seen=h)],
        lambda h: [placed(h, place("other"))],
        lambda h: [placed(h, place("other", group="acme"))],
        lambda h: [observation(h, ONLINE, hoster="other")],
        lambda h: [observation(h, ONLINE, canary_ok=False)],
        lambda h: [observation(h, ONLINE, hosters=("other",))],
        lambda h: [observation(h, GONE, hosters=("other",), old_address=True)],
        lambda h: [observation(h, ONLINE, asked=(NORTH,))],
        lambda h: [observation(h, ONLINE, late_h=25)],
        lambda h: slot(h, ONLINE, (HIDDEN,)),
        lambda h: slot(h, GONE, (HIDDEN,)),
        lambda h: slot(h, OTHER, (HIDDEN,), asked=(*BOTH, HIDDEN)),
    ]
)
jitters = st.sampled_from([(0, 0), (10, 5), (70_000, 900), (3_600_000, 80_000)])


@st.composite
def histories(draw):
    """Draw a URL's events in about their order of time: runs of like answers, and what happens."""
    mode = draw(st.sampled_from([HotlineMode.DELIVERY, HotlineMode.ON_REPORT]))
    root = draw(st.sampled_from([False, False, True]))
    told = [report(0, seen=draw(st.sampled_from([None, 0])), mode=mode, root=root), placed()]
    told += draw(st.sampled_from([[], [notice(0.5)], [notice(30)]]))
    vantages = draw(st.sampled_from([(NORTH,), BOTH, (*BOTH, WEST)]))
    hours = 0.0
    for answer, times, gap, control in draw(st.lists(steps, min_size=1, max_size=5)):
        for _ in range(times):
            hours += gap
            sent_ms, done_ms = draw(jitters)
            for number, vantage in enumerate(vantages):
                at_h = hours + number * draw(st.sampled_from([0, MINUTE_H, 5 * MINUTE_H]))
                seen = slot(at_h, answer, (vantage,), control=control, asked=vantages)
                told += [moved(one, sent_ms * number, done_ms) for one in seen]
        if draw(st.booleans()):
            told += draw(rare)(hours + gap / 2)
    return told


@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_both_ways_give_equal_bytes(told):
    """Whatever happens, one event after the other: both ways give the same bytes."""
    value = None
    for one in told:
        after, whole = both_ways(value, one)
        assert after.record_value == whole
        assert after.result in tellings(value, after)
        value = after.record_value
