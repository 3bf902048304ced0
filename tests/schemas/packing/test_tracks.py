"""Tracks in the packed form: rows as narrow as they may be, and the newest found from the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Role, Target
from schemas.packing.tracks import (
    begun,
    hot_tracks,
    last_slot,
    latest,
    make_room,
    observations_of,
    row_of,
    times_of,
    tracks_of,
)
from schemas.records.case_observations import PackedObservation, Track

WIDTHS = {0: 8, 1: 9, 2: 13, 3: 24}
"""Bytes of a row, by layout."""


def track(*observations: PackedObservation, vantage: str = "north") -> Track:
    return Track("acme", Role.HOSTING, vantage, Target.URL, ("north", "south"), observations)


def seen(slot: int, sent: int = 5, done: int = 9, print: int = 0) -> PackedObservation:
    return PackedObservation(slot, sent, done, print, 1, 0)


numbers = st.one_of(st.integers(0, 90_000), st.integers(0, 1 << 41), st.integers(-50, 50))


@given(st.lists(st.builds(seen, numbers, numbers, numbers, st.integers(0, 2)), min_size=1))
def test_packed_tracks_come_back_whatever_their_times(
    observations: list[PackedObservation],
) -> None:
    """Whatever their times, early and late ones, far apart and before their slots."""
    made = (track(*sorted(observations, key=lambda one: one.slot_at)),)
    assert tracks_of(hot_tracks(made)) == made


@pytest.mark.parametrize(
    ("slot", "sent", "layout"),
    [(0, 0, 0), (1 << 32, 0, 1), (0, 1 << 16, 2), (1 << 40, 0, 3), (0, -1, 3)],
)
def test_a_track_has_the_narrowest_layout_that_holds_it(slot: int, sent: int, layout: int) -> None:
    """All rows of a track have one; the narrower ones hold none of these."""
    (hot,) = hot_tracks((track(seen(0), seen(slot, sent)),)).hosters[0].tracks
    assert (hot.layout, len(hot.rows)) == (layout, 2 * WIDTHS[layout])
    assert [row_of(narrower, slot, sent, 9) for narrower in range(layout)] == [None] * layout


def test_what_observations_share_stands_once() -> None:
    """A thousand like observations are one run."""
    (hot,) = hot_tracks((track(*(seen(1_000 * n) for n in range(1_000))),)).hosters[0].tracks
    assert hot.runs == (1_000, 0, 1, 0)


def test_rows_and_runs_have_to_fit() -> None:
    """A row too many is damage."""
    hot = hot_tracks((track(seen(0), seen(1)),))
    (found,) = hot.hosters[0].tracks
    found.runs = (1, 0, 1, 0)
    with pytest.raises(ValueError, match="fit"):
        observations_of(found.layout, found.rows, found.runs, hot.from_at)


@given(st.lists(st.builds(seen, st.integers(0, 99), st.integers(0, 300)), min_size=1, max_size=8))
def test_the_newest_is_the_one_sent_last(observations: list[PackedObservation]) -> None:
    """An observation of an earlier slot may have been sent later."""
    hot = hot_tracks((track(*sorted(observations, key=lambda one: one.slot_at)),))
    (found,) = hot.hosters[0].tracks
    newest = max(one.slot_at + one.sent_ms for one in observations)
    assert latest(found, hot.from_at) == (newest, 0)
    assert latest(found, hot.from_at, passed_over=(0,)) is None


def test_a_new_track_takes_its_place_among_the_others() -> None:
    """As if all had been packed together."""
    south, north = track(seen(10), vantage="south"), track(seen(20), vantage="north")
    together = hot_tracks((north, south))
    assert tracks_of(begun(hot_tracks((south,)), north, 0)) == tracks_of(together)
    assert begun(hot_tracks(()), north, 3).hosters[0].tracks[0].runs == (1, 3, 1, 0)


def test_room_for_a_fingerprint_moves_those_behind_it() -> None:
    """An index below stays."""
    hot = hot_tracks((track(seen(0, print=0), seen(1, print=1), seen(2, print=2)),))
    make_room(hot, 1)
    (found,) = hot.hosters[0].tracks
    assert found.runs[1::4] == (0, 2, 3)


def test_the_last_slot_and_times_are_absolute() -> None:
    """Rows count from the earliest slot of all tracks."""
    hot = hot_tracks((track(seen(1_000), seen(61_000, 7, 8)),))
    (found,) = hot.hosters[0].tracks
    assert times_of(found, hot.from_at)[-1] == (61_000, 7, 8)
    assert last_slot(found, hot.from_at) == 61_000
