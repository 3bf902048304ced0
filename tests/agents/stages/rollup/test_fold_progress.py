"""Positions only go on, and one that stands still is noticed."""

from msgspec.structs import replace

from agents.stages.rollup.fold_progress import STALE_S, FoldProgress
from schemas.records.case import Position


def position(partition: int, as_of: int, **offsets: int) -> Position:
    return Position(partition=partition, offsets=offsets, as_of=as_of, code="0", method="1")


def test_the_newest_of_each_partition_counts():
    """It is the one written last; offsets are added up over partitions."""
    held = FoldProgress()
    assert (held.newest, held.oldest_at, held.offsets()) == (None, None, {})
    held.take(position(0, 4, reports=1), 0.0)
    held.take(position(1, 9, reports=10), 0.0)
    held.take(position(0, 5, reports=3, facts=4), 0.0)
    assert held.newest == position(1, 9, reports=10)
    assert held.oldest_at == 5
    assert held.offsets() == {"facts": 4, "reports": 13}


def test_the_label_is_that_of_the_method_every_partition_is_judged_by():
    """While one of them is judged by an older method, all figures are labelled with that."""
    held = FoldProgress()
    assert held.method == ""
    for partition, method in enumerate(("10", "9", "10")):
        held.take(replace(position(partition, 5), method=method), 0.0)
    assert held.method == "9"
    held.take(replace(position(1, 6), method="10"), 0.0)
    assert held.method == "10"


def test_one_partition_that_stands_still_makes_all_stale():
    """Others that move on do not hide it, nor does the same position told again."""
    held = FoldProgress()
    assert held.stale(0.0)
    held.take(position(0, 5), 0.0)
    held.take(position(1, 5), 0.0)
    assert not held.stale(STALE_S)
    held.take(position(1, 6), STALE_S)
    held.take(position(0, 5), STALE_S)
    assert held.stale(STALE_S + 0.1)
    held.take(position(0, 6), STALE_S + 0.1)
    assert not held.stale(STALE_S + 0.1)


def test_an_instant_that_a_wrong_clock_wrote_is_followed_by_the_right_one():
    """A position two days ahead holds until the next one is written, and no longer."""
    held = FoldProgress()
    held.take(position(0, 172_800_005, reports=3), 0.0)
    held.take(position(0, 6, reports=4), STALE_S + 1)
    assert held.newest == position(0, 6, reports=4)
    assert not held.stale(STALE_S + 1)
