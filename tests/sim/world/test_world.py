"""The practice world: one seed one world, and a truth that hangs together."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.closed_lists import Quarantine, Result
from schemas.identity.ids import canonical
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, instant
from sim.world.behaviour import OBSTRUCTS, Behaviour
from sim.world.delays import REMOVAL_MIN_MS
from sim.world.hosters import ALL, REPORTED
from sim.world.hotline_habits import BUSY
from sim.world.world import ROUND_MS, WORLD_START, Plan, World
from verify.method_10.fold.returns import VOID_MS

END = WORLD_START + 5 * DAY_MS
SEEDS = st.integers(min_value=0, max_value=2**32)


def world(seed):
    return World(Plan(seed=seed, port=18_080))


@given(seed=SEEDS, step_h=st.integers(min_value=1, max_value=60))
@settings(max_examples=10, deadline=None)
def test_one_seed_is_one_world_however_it_is_asked(seed, step_h):
    """Two copies agree on material and events, asked at once or step by step."""
    whole, slow = world(seed), world(seed)
    parts = []
    at = WORLD_START - 1
    while at < END:
        parts += slow.events(at, min(at + step_h * HOUR_MS, END))
        at += step_h * HOUR_MS
    assert parts == whole.events(WORLD_START - 1, END)
    assert slow.material(END) == whole.material(END)


def test_another_seed_is_another_world():
    """Chance comes from the seed."""
    assert world(1).material(END) != world(2).material(END)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_material_is_there_when_reported_and_noticed_and_leaves_later(seed):
    """Online from before the report until the removal, which is minutes after the notice."""
    for item in world(seed).material(END):
        assert item.since_at < item.reported_at < item.noticed_at
        assert item.online(item.reported_at)
        assert item.online(item.noticed_at)
        assert item.noticed_at - item.reported_at < HOUR_MS
        if item.removed_at is not None:
            assert item.removed_at >= item.noticed_at + REMOVAL_MIN_MS
            assert item.online(item.removed_at - 1)
            assert not item.online(item.removed_at)
            assert item.gone(item.removed_at)
        for begun_at, ended_at in item.gaps:
            assert item.noticed_at < begun_at < ended_at < begun_at + VOID_MS
            assert item.online(begun_at - 1)
            assert not item.online(begun_at)
            assert not item.online(ended_at - 1)
            assert item.online(ended_at)
            assert not item.gone(begun_at)
        if item.back_at is not None:
            assert item.back_at >= item.removed_at + VOID_MS
            assert not item.online(item.back_at - 1)
            assert item.online(item.back_at)
            assert item.gone(item.back_at - 1)
            assert not item.gone(item.back_at)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_five_days_fit_a_demo(seed):
    """Some 300 URLs, every hoster met in the first hours, and who obstructs removes nothing."""
    made = world(seed)
    found = made.material(END)
    assert 200 <= len(found) <= 420
    early = made.material(WORLD_START + ROUND_MS)
    assert {item.hoster for item in early} == {hoster.id for hoster in REPORTED}
    obstruct = {hoster.id for hoster in REPORTED if hoster.behaviour in OBSTRUCTS}
    assert all(item.removed_at is None for item in found if item.hoster in obstruct)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_events_say_what_the_material_is(seed):
    """The first report and the first notice of a URL carry the truth's own times."""
    made = world(seed)
    reported, noticed = {}, {}
    for event in made.events(WORLD_START - 1, END):
        if event.result is not Result.ACCEPTED:
            continue
        record = codec.decode_hotline(event.value)
        assert record.id.encode() == event.key
        text = canonical(record.url).text
        if event.type == "report":
            reported.setdefault(text, instant(record.reported_at))
            assert instant(record.seen_at) <= event.at
        if event.type == "notice":
            noticed.setdefault(text, instant(record.delivered_at))
            assert instant(record.delivered_at) == event.at
    for item in made.material(END):
        text = canonical(item.url).text
        assert reported[text] == item.reported_at
        if item.noticed_at <= END:
            assert noticed[text] == item.noticed_at


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_ids_are_accepted_once_and_copies_are_copies(seed):
    """An id is accepted once a hotline; a duplicate follows it and is byte for byte the same."""
    accepted = {}
    for event in world(seed).events(WORLD_START - 1, END):
        name = (event.hotline, event.key)
        if event.result is Result.ACCEPTED:
            assert name not in accepted
            accepted[name] = event.value
        elif event.result is Result.DUPLICATE:
            assert accepted[name] == event.value
        elif event.reason is Quarantine.CONFLICT:
            assert accepted[name] != event.value
        else:
            assert name not in accepted


def test_bad_records_are_bad_for_the_reason_they_state():
    """What the codec can refuse it refuses with the event's own reason; every kind occurs."""
    made = world(7)
    bad = [
        event
        for event in made.events(WORLD_START - 1, WORLD_START + 8 * DAY_MS)
        if event.result is Result.QUARANTINED
    ]
    for event in bad:
        if event.type:
            codec.decode_hotline(event.value)
        else:
            with pytest.raises(codec.Rejected) as refused:
                codec.decode_hotline(event.value)
            assert refused.value.reason is event.reason
    assert set(Counter(event.reason for event in bad)) == set(Quarantine) - {
        Quarantine.UNKNOWN_HOTLINE,
        Quarantine.HOTLINE_ENDED,
        Quarantine.UNREADABLE,  # a batch's
        Quarantine.TOO_MANY,  # no hotline has so much to say of one URL
    }


def test_the_world_has_a_hoster_of_each_behaviour():
    """Every behaviour has somebody, and everybody's name, number and address is its own."""
    assert {hoster.behaviour for hoster in REPORTED} == set(Behaviour)
    assert len({hoster.id for hoster in ALL}) == len({hoster.number for hoster in ALL}) == len(ALL)
    assert {hoster.second for hoster in ALL} <= {"", *(hoster.id for hoster in ALL)}


def test_what_is_put_back_within_two_days_is_seen_in_a_run_of_two_days_and_a_half():
    """The probe two days after the removal comes after the return, and within 60 hours."""
    for seed in range(20):
        for item in world(seed).material(WORLD_START + ROUND_MS):
            if item.back_at is not None and item.back_at < WORLD_START + 7 * DAY_MS:
                assert item.back_at + 2 * HOUR_MS <= item.removed_at + 48 * HOUR_MS
                assert item.removed_at + 50 * HOUR_MS <= WORLD_START + 60 * HOUR_MS


def test_something_happens_in_the_first_minutes():
    """A demo shows its first reports at once."""
    events = world(3).events(WORLD_START - 1, WORLD_START + 20 * MINUTE_MS)
    assert len({event.hotline for event in events}) == 3


@pytest.mark.parametrize(
    ("ids", "astray"), [(("basalt", "flint"), False), (("amber", "basalt", "flint"), True)]
)
def test_a_notice_that_goes_astray_reaches_no_hoster_of_the_owner(ids, astray):
    """A misdirected notice goes to another owner's hoster, or there is none of it."""
    cast = [next(hoster for hoster in ALL if hoster.id == id) for id in ids]
    owners = {hoster.id: hoster.owner for hoster in cast}
    habits = replace(BUSY[0], misdirected=1.0, shared=0.0)
    busy = World(Plan(seed=1, port=18_080, hosters=cast, hotlines=[habits]))
    serves = {item.url: owners[item.hoster] for item in busy.material(END)}
    said = [
        codec.decode_hotline(event.value)
        for event in busy.events(WORLD_START - 1, END)
        if event.type == "notice" and event.key.startswith(b"x-")
    ]
    assert bool(said) is astray
    assert all(owners[notice.recipient] != serves[notice.url] for notice in said)
