"""Laws of what a process says it holds."""

from time import monotonic

import pytest

from agents.config import LogSettings
from agents.engine.observe.ownership import STILL_S, UNHEARD_S, Holding, Lag, Ownership, TableSize
from agents.process.log import configure


def lag(partition: int, records: int, topic: str = "t.v1") -> Lag:
    return Lag(topic=topic, partition=partition, records=records)


def test_the_last_word_on_a_role_stands():
    """A role's partitions are those it was last said to own; other roles are untouched."""
    ownership = Ownership()
    ownership.set("b", frozenset({0, 1}), frozenset())
    ownership.set("a", frozenset({5}), frozenset({5}))
    ownership.set("b", frozenset({1, 2}), frozenset({2}))
    assert ownership.holdings == (
        Holding(role="a", owned=frozenset({5}), ready=frozenset({5}), to_load=0),
        Holding(role="b", owned=frozenset({1, 2}), ready=frozenset({2})),
    )


def test_nothing_is_ready_that_is_not_owned():
    """A partition that was loaded and then lost is not ready."""
    ownership = Ownership()
    ownership.set("a", frozenset({1}), frozenset({0, 1}))
    assert ownership.holdings[0].ready == frozenset({1})


def working() -> Ownership:
    """Return a process of one role that does its work."""
    ownership = Ownership()
    ownership.set("a", frozenset({0, 1}), frozenset({0, 1}))
    ownership.heard("a", monotonic(), 0.0, None)
    assert ownership.ready
    return ownership


def test_a_process_is_ready_when_all_it_owns_is_loaded():
    """A partition that is being loaded makes the whole process not ready."""
    ownership = working()
    ownership.set("a", frozenset({0, 1, 2}), frozenset({0, 1}))
    assert not ownership.ready


def test_who_owns_nothing_is_ready_only_where_there_is_nothing_to_own():
    """Else it has not joined, whatever it was told; more members than partitions are no fault."""
    ownership = working()
    ownership.set("a", frozenset(), frozenset())
    assert not ownership.ready
    ownership.surplus_member("a", is_so=True)
    assert ownership.ready


def test_a_role_that_does_not_get_on_is_not_ready():
    """Records wait for 30 s and nothing was handled."""
    ownership = working()
    ownership.heard("a", monotonic(), STILL_S - 0.1, 1)
    assert ownership.ready
    ownership.heard("a", monotonic(), STILL_S, 1)
    assert not ownership.ready


def test_a_role_that_has_not_heard_the_broker_is_not_ready():
    """What it knows of itself is what it was told last."""
    ownership = working()
    ownership.heard("a", monotonic() - UNHEARD_S, 0.0, None)
    assert not ownership.ready
    assert UNHEARD_S < 10


def test_a_lag_goes_with_its_partition():
    """What another member works off is not this one's lag."""
    ownership = Ownership()
    ownership.set("a", frozenset({0, 1}), frozenset())
    ownership.behind("a", [lag(1, 7), lag(0, 3), lag(2, 9)])
    assert ownership.holdings[0].lags == (lag(0, 3), lag(1, 7))
    ownership.set("a", frozenset({1}), frozenset({1}))
    assert ownership.holdings[0].lags == (lag(1, 7),)


def kept(partition: int, keys: int) -> TableSize:
    return TableSize(table="t.v1", partition=partition, keys=keys)


def test_what_is_kept_goes_with_its_partition():
    """Only of what is owned and loaded: so two members never tell of the same keys."""
    ownership = Ownership()
    ownership.keeps("a", [kept(0, 1)])
    assert ownership.holdings == ()
    ownership.set("a", frozenset({0, 1, 2}), frozenset({0, 1}))
    ownership.keeps("a", [kept(1, 7), kept(0, 3), kept(2, 9)])
    assert ownership.holdings[0].kept == (kept(0, 3), kept(1, 7))
    ownership.set("a", frozenset({1, 2}), frozenset({1, 2}))
    assert ownership.holdings[0].kept == (kept(1, 7),)
    ownership.set("a", frozenset({1}), frozenset())
    assert ownership.holdings[0].kept == ()


def test_what_was_handed_over_does_not_change():
    """A scrape in another thread sees one state and never half of two."""
    ownership = Ownership()
    ownership.set("a", frozenset({0}), frozenset())
    before = ownership.holdings
    ownership.set("a", frozenset({0}), frozenset({0}))
    assert before == (Holding(role="a", owned=frozenset({0})),)


def test_nothing_is_left_to_load_only_when_all_is_ready():
    """Between two loads a 0 would say ready of partitions that are not; unknown is not 0."""
    ownership = Ownership()
    ownership.loading("a", 9)
    assert ownership.holdings == ()  # a replay has joined no group
    left = []
    for ready, records in (((), None), ((), 9), ((0,), 4), ((0,), 0), ((0, 1), 7)):
        ownership.set("a", frozenset({0, 1}), frozenset(ready))
        if records is not None:
            ownership.loading("a", records)
        left.append(ownership.holdings[0].to_load)
    assert left == [None, 9, 4, None, 0]
    ownership.set("a", frozenset({0, 1, 2}), frozenset({0, 1}))
    assert ownership.holdings[0].to_load is None


def test_a_start_is_one_line(capfd: pytest.CaptureFixture[str]):
    """Five roles of twelve partitions that load one after the other: one line, once all is loaded.

    What changes later is told once it is loaded, of the roles that it changed for.
    """
    configure(LogSettings())
    try:
        ownership = Ownership()
        roles = ("a", "b", "c", "d", "e")
        ownership.expect(roles)
        whole = frozenset(range(12))
        for role in roles:
            for loaded in range(13):
                ownership.set(role, whole, frozenset(range(loaded)))
        ownership.set("c", frozenset({0, 1, 2, 7, 9, 10}), whole)
        ownership.set("c", frozenset(), frozenset())
        lines = [line.partition(" ")[2] for line in capfd.readouterr().err.splitlines()]
    finally:
        configure(LogSettings(level="warning"))
    assert lines == [
        "hostwatch: partitions loaded: a 0-11, b 0-11, c 0-11, d 0-11, e 0-11 stage=worker",
        "hostwatch: partitions loaded: c 0-2 7 9-10 stage=worker",
        "hostwatch: partitions loaded: c none stage=worker",
    ]
