"""The fold is over a set: order, repetition, batching and interleaving change nothing."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from law_examples import examples
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    KEY,
    LIMITED,
    MISSED,
    NO_NAME,
    NORTH,
    ONLINE,
    REFUSED,
    answer,
    at,
    check,
    decision,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    withdrawal,
)
from msgspec import structs

from schemas import codec
from schemas.closed_lists import (
    OPEN,
    Basis,
    CaseClass,
    CheckResult,
    Delivery,
    HotlineMode,
    Target,
)
from schemas.moments import HOUR_MS
from schemas.records.case_observations import TRAIT_TOO_LATE
from schemas.records.facts import Facts
from streams import lifecycle

AGED = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=7_200)
ANSWERS = (ONLINE, ONLINE, GONE, GONE, GONE, REFUSED, LIMITED, DEAD, NO_NAME, MISSED, AGED)

hours = st.one_of(
    st.floats(0, 10, allow_nan=False).map(lambda h: round(h, 2)),
    st.integers(0, 600).map(float),
    st.integers(0, 12_000).map(float),
)
hotlines = st.sampled_from(["alpha", "beta"])
hosters = st.sampled_from(["acme", "other", "stranger", "unknown"])
places = st.builds(
    place,
    st.sampled_from(["acme", "other", "unknown"]),
    sealed=st.sampled_from(["s1", "s2", "s3"]),
    group=st.sampled_from([None, "owner"]),
    contested=st.booleans(),
)
slotted = st.builds(
    observation,
    hours,
    st.sampled_from(ANSWERS),
    st.sampled_from(BOTH),
    target=st.sampled_from([Target.URL, Target.URL, Target.MADE_UP_PATH, Target.ROOT]),
    hoster=st.sampled_from(["acme", "acme", "other"]),
    asked=st.sampled_from([BOTH, (NORTH,)]),
    canary_ok=st.sampled_from([True, True, True, False]),
    hosters=st.sampled_from([("acme",), ("other",), ()]),
    nxdomain=st.booleans(),
    old_address=st.booleans(),
    late_h=st.sampled_from([0, 0, 25]),
)
rest = st.one_of(
    st.builds(
        report,
        hours,
        hotline=hotlines,
        id=st.sampled_from(["r1", "r2", "r3"]),
        seen=st.one_of(st.none(), hours),
        mode=st.sampled_from(list(HotlineMode)),
        source_online=st.sampled_from([None, None, True, False]),
        last_online_at=st.one_of(st.none(), hours.map(at)),
    ),
    st.builds(
        notice,
        hours,
        recipient=hosters,
        hotline=hotlines,
        received=hours,
        result=st.sampled_from(list(Delivery)),
        basis=st.sampled_from(list(Basis)),
        term_s=st.sampled_from([None, 3_600]),
        backdated=st.booleans(),
    ),
    st.builds(withdrawal, hours, hotline=hotlines),
    st.builds(
        check,
        hours,
        st.sampled_from(list(CheckResult)),
        hotline=hotlines,
        who=st.sampled_from(["ann", "bob"]),
    ),
    st.builds(answer, hours, recipient=hosters),
    st.builds(decision, hours, st.sampled_from(["exclude", "confirm_backdated"])),
    st.lists(places, max_size=3).flatmap(
        lambda found: st.builds(
            placed,
            hours,
            *(st.just(p) for p in found),
            vantage=st.sampled_from(["attribution", *BOTH]),
            nxdomain=st.booleans(),
        )
    ),
)
events = st.lists(st.one_of(slotted, slotted, rest), max_size=14)
START_WITH = [report(0, seen=0), placed(0.1), notice(1)]


@st.composite
def told_otherwise(draw):
    """Draw events, and the same events shuffled, partly repeated and cut into batches."""
    told = [*draw(st.sampled_from([[], START_WITH])), *draw(events)]
    again = draw(st.lists(st.sampled_from(told), max_size=6)) if told else []
    order = draw(st.permutations([*told, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    bounds = [0, *cuts, len(order)]
    return told, [order[a:b] for a, b in pairwise(bounds)]


@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told_otherwise())
def test_order_duplicates_and_batches_change_nothing(drawn):
    """However the same records come, stored and read between, the state's bytes are equal."""
    told, batches = drawn
    state = None
    for batch in batches:
        stored = lifecycle.advance(KEY, state, batch)
        state = codec.STATE.decode(codec.STATE.encode(stored))
    assert codec.STATE.encode(state) == codec.STATE.encode(fold(told))


@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events)
def test_what_holds_of_every_case(drawn):
    """One class at any instant, from its opening on; every (L, R] has L <= R."""
    for case in fold([*START_WITH, *drawn]).cases:
        begins = [phase.from_at for phase in case.phases]
        assert begins == sorted(set(begins))
        assert begins[0] == case.opened_at
        assert all(a.case_class is not b.case_class for a, b in pairwise(case.phases))
        if case.gone_at is not None and case.last_seen_at is not None:
            assert case.last_seen_at <= case.gone_at <= case.confirmed_at
        for back in case.returns:
            assert back.last_seen_at <= back.gone_at < back.back_at
        if case.first_end is not None:
            assert case.first_end[0] <= case.first_end[1]


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            slot,
            st.integers(2, 167).map(float),
            st.sampled_from([DEAD, LIMITED, Facts(status=503)]),
            control=st.sampled_from([DEAD, LIMITED, None]),
        ),
        max_size=14,
    )
)
def test_who_only_hides_is_open(drawn):
    """A history of blocked and silent observations ends no case before 7 d, and none by R."""
    (case,) = fold([*START_WITH, *(seen for one in drawn for seen in one)]).cases
    assert case.gone_at is None
    assert {phase.case_class for phase in case.phases} <= {*OPEN, CaseClass.EXPIRED}


def test_a_result_beats_a_miss():
    """What was missed in a slot that has a result as well is not kept, whichever came first."""
    missed, met = observation(2, MISSED), observation(2, ONLINE)
    both = fold(report(), placed(), missed, met)
    assert codec.STATE.encode(both) == codec.STATE.encode(fold(report(), placed(), met))
    (track,) = fold(report(), placed(), missed).tracks
    assert len(track.observations) == 1


@pytest.mark.parametrize("late", [(0, 30), (30, 0), (30, 40)])
def test_an_observation_written_twice_is_one(late):
    """An observation appended again a day later is the one it was: its first append counts."""
    twice = [observation(2, ONLINE, late_h=h) for h in late]
    (track,) = fold(report(), placed(), twice).tracks
    (kept,) = track.observations
    assert bool(kept.traits & TRAIT_TOO_LATE) == (min(late) > 24)


def test_one_address_is_stored_once():
    """Sealing the same address twice differs each time; the newest text stands for all: the keys
    of older months may be destroyed.
    """
    state = fold(report(), *(placed(h, place(sealed=f"s{9 - h}")) for h in (3, 1, 2)))
    assert [p.address for p in state.placements] == ["s6"]


sealings = st.lists(
    st.builds(
        lambda hours, text, **said: (
            structs.replace(report(hours, **said)[0], sealed=text),
            at(hours),
        ),
        st.integers(0, 3).map(float),
        st.sampled_from(["s1", "s2", "s3"]),
        id=st.sampled_from(["r1", "r2"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=examples(200), deadline=None)
@given(sealings.flatmap(lambda told: st.tuples(st.permutations(told), st.integers(0, len(told)))))
def test_the_newest_report_gives_the_sealed_url(drawn):
    """The text kept is the maximum of (received_at, text), also of an id that came again,
    whatever the order, and wherever the state was stored between.
    """
    told, cut = drawn
    state = None
    for batch in (told[:cut], told[cut:]):
        record = lifecycle.update_record(KEY, state, batch) if batch else None
        state = state if record is None else record.record_value
    newest = max((entry.received_at, entry.sealed) for entry, _ in told)
    assert codec.STATE.decode(state).sealed == newest[1]


def test_a_report_sealed_twice_is_stored_once():
    """A report accepted again after a crash is sealed anew; either order gives the same bytes."""
    first, received_at = report()
    again = (structs.replace(first, sealed="another"), received_at)
    states = [fold(placed(), *pair) for pair in ((report(), again), (again, report()))]
    assert codec.STATE.encode(states[0]) == codec.STATE.encode(states[1])
    assert len(states[0].reports) == 1


def test_notices_of_an_hour_are_one_across_batches():
    """An earlier notice of the same hour replaces the one stored."""
    first = lifecycle.advance(KEY, None, [report(), placed(), notice(2.2)])
    then = lifecycle.advance(KEY, first, [notice(1.5)])
    assert [n.noticed_at for n in then.notices] == [at(1.5)]
    assert at(2.2) // HOUR_MS == at(1.5) // HOUR_MS
