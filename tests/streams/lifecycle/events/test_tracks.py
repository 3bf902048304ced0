"""Observations are added as to a set: order, repetition and batching change nothing."""

from random import Random

import pytest
from ledger_events import DEAD, GONE, KEY, MISSED, NORTH, ONLINE, observation, slots
from msgspec import structs

from schemas.moments import DAY_MS
from schemas.records.case import UrlState
from schemas.records.case_observations import (
    ASN_SHIFT,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_GET_COMPARED,
    TRAIT_PRESENT,
    TRAIT_TOO_LATE,
)
from streams.lifecycle.events.tracks import is_too_late, traits_of, with_observations

EMPTY = UrlState(url_key=KEY)
SEEN = [*slots([1, 2, 3], ONLINE), *slots([4, 5], GONE), observation(6, DEAD)]


def count(state: UrlState) -> int:
    return sum(len(track.observations) for track in state.tracks)


def test_no_order_and_no_batch_changes_a_track() -> None:
    """One by one, in reverse, twice, or all at once."""
    whole = with_observations(EMPTY, SEEN)
    assert count(whole) == len(SEEN)
    for seed in range(5):
        mixed = Random(seed).sample(SEEN, len(SEEN))
        state = EMPTY
        for one in [*mixed, *mixed[:5]]:
            state = with_observations(state, [one])
        assert state == whole


def test_a_miss_is_passed_over_where_the_slot_has_a_result() -> None:
    """Whichever comes first."""
    missed, met = observation(1, MISSED), observation(1, ONLINE)
    for order in ([missed, met], [met, missed]):
        assert count(with_observations(EMPTY, order)) == 1
    assert count(with_observations(EMPTY, [missed, observation(2, ONLINE)])) == 2


def test_what_saw_the_same_shares_a_fingerprint() -> None:
    """And one that nobody needs is dropped."""
    state = with_observations(EMPTY, SEEN)
    assert len(state.fingerprints) == len({ONLINE, GONE, DEAD})


@pytest.mark.parametrize(("late_ms", "late"), [(0, False), (DAY_MS, False), (DAY_MS + 1, True)])
def test_what_is_appended_a_day_after_it_was_made_is_too_late(late_ms: int, late: bool) -> None:
    """It says so, and is one observation with the one that came in time."""
    fact, _ = observation(1, ONLINE)
    appended_at = fact.done_at + late_ms
    assert is_too_late(fact, appended_at) is late
    assert bool(traits_of(fact, appended_at) & TRAIT_TOO_LATE) is late
    both = with_observations(EMPTY, [(fact, appended_at), (fact, fact.done_at)])
    assert both == with_observations(EMPTY, [(fact, fact.done_at)])


def test_what_an_observation_says_of_itself() -> None:
    """The vantage's network stands above the bits."""
    fact, appended_at = observation(1, ONLINE, NORTH)
    usual = TRAIT_CANARY_OK | TRAIT_ANNOUNCED | TRAIT_PRESENT
    assert traits_of(fact, appended_at) == fact.asn << ASN_SHIFT | usual
    compared = structs.replace(fact, facts=structs.replace(fact.facts, head_status=405))
    assert traits_of(compared, appended_at) & TRAIT_GET_COMPARED
    dead = structs.replace(fact, canary_ok=False)
    assert not traits_of(dead, appended_at) & TRAIT_CANARY_OK
