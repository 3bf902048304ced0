"""The practice world: one seed one world, and a truth that hangs together."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.ids import canonical
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, instant
from schemas.reasons import Quarantine, Result
from sim.behaviour import OBSTRUCTS, REMOVAL_MIN_MS
from sim.hosters import TWELVE
from sim.world import WORLD_START, Plan, World

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


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_five_days_fit_a_demo(seed):
    """Some 200 URLs, every hoster met, and who obstructs removes nothing."""
    found = world(seed).material(END)
    assert 140 <= len(found) <= 300
    assert {item.hoster for item in found} == {hoster.id for hoster in TWELVE}
    obstruct = {hoster.id for hoster in TWELVE if hoster.behaviour in OBSTRUCTS}
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
        Quarantine.UNKNOWN_HOTLINE
    }


def test_something_happens_in_the_first_minutes():
    """A demo shows its first reports at once."""
    events = world(3).events(WORLD_START - 1, WORLD_START + 20 * MINUTE_MS)
    assert len({event.hotline for event in events}) == 3
