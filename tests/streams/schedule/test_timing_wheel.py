"""The wheel: every URL once and in its turn, whatever the bucket; orders kept case by case."""

from hypothesis import given
from hypothesis import strategies as st
from ledger_events import KEY, START

from streams.schedule.timing_wheel import BUCKET_MS, Wheel

OTHER = "f" * 32
CASE, LATER = "c" * 24, "d" * 24
keys = st.integers(0, 9).map(lambda n: f"{n:032x}")
moments = st.integers(0, 5 * BUCKET_MS).map(lambda ms: START + ms)


def taken(wheel, now):
    """Return all that is due."""
    found = []
    while (key := wheel.next_due(now)) is not None:
        found.append(key)
    return found


@given(st.lists(st.tuples(keys, moments)), st.lists(moments))
def test_each_url_comes_once_when_it_was_asked_last(asked, turns):
    """Whenever one asks, what is due comes in order of time, and nothing before its time."""
    wheel, asks = Wheel(), {}
    for key, at in asked:
        wheel.schedule(key, at)
        asks[key] = at
    for now in sorted(turns):
        assert all((wheel.earliest() or 0) <= at for at in asks.values())
        due = sorted((at, key) for key, at in asks.items() if at <= now)
        found = taken(wheel, now)
        assert [asks[key] for key in found] == [at for at, _ in due]
        assert set(found) == {key for _, key in due}
        for _, key in due:
            del asks[key]
            assert not wheel.is_scheduled(key)
    assert all(wheel.is_scheduled(key) for key in asks)
    assert asks == {} or wheel.earliest() is not None


def test_what_is_asked_again_in_one_bucket_comes_once():
    """Earlier, later and at the same instant: only where it was put last."""
    wheel = Wheel()
    for at in (20, 10, 30, 30):
        wheel.schedule(KEY, START + at)
    assert taken(wheel, START + 29) == []
    wheel.schedule(KEY, START + 10)
    assert taken(wheel, START + 40) == [KEY]


def test_orders_are_kept_by_case():
    """What one case was ordered up to says nothing of another, and outlasts the asking."""
    wheel = Wheel()
    wheel.order(KEY, CASE, START + 1)
    wheel.schedule(KEY, START)
    wheel.order(KEY, LATER, START + 2)
    wheel.order(KEY, CASE, START + 3)
    assert taken(wheel, START) == [KEY]
    assert wheel.ordered_until(KEY, CASE) == START + 3
    assert wheel.ordered_until(KEY, LATER) == START + 2
    assert wheel.ordered_until(OTHER, CASE) is None
    wheel.forget(KEY, CASE)
    assert wheel.ordered_until(KEY, CASE) is None
    assert wheel.ordered_until(KEY, LATER) == START + 2


def test_who_is_done_with_is_not_held():
    """A URL that is asked no more and has no orders leaves nothing behind."""
    wheel = Wheel()
    wheel.schedule(KEY, START)
    wheel.order(KEY, CASE, START)
    wheel.forget(KEY, CASE)
    assert taken(wheel, START) == [KEY]
    wheel.order(OTHER, CASE, START)
    wheel.forget(OTHER, CASE)
    assert not wheel._entries
    assert not wheel._buckets
