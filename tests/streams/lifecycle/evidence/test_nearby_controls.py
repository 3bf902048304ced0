"""Which control explains an observation: the nearest in time, and the newest of its slot."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.case_observations import PackedObservation
from streams.lifecycle.evidence.nearby_controls import CONTROL_EXPLAINS_MS, NearbyControls
from streams.verdicts.backing import CONTROL_NEAR_MS, TrackRow


def row(slot_at: int, print: int = 0, sent_ms: int = 100) -> TrackRow:
    sent_at = slot_at + sent_ms
    observation = PackedObservation(slot_at, sent_ms, 200, print, 1, 0)
    return sent_at + 200, sent_at, print, observation, ()


rows = st.lists(
    st.builds(row, st.integers(0, 60).map(lambda n: n * HOUR_MS), st.integers(0, 2)), max_size=6
)
moments = st.integers(-2 * HOUR_MS, 90 * HOUR_MS)


@given(rows, moments)
def test_the_nearest_is_found(found: list[TrackRow], at: int) -> None:
    """Of two as near the earlier one; none that is further away than the limit."""
    near = [one for one in found if abs(one[1] - at) <= CONTROL_NEAR_MS]
    best = min((abs(one[1] - at), one[1]) for one in near) if near else None
    said = NearbyControls(found).near(at)
    allowed = {one[2] for one in near if (abs(one[1] - at), one[1]) == best}
    assert said in allowed if near else said is None


@given(rows, moments)
def test_what_the_newest_control_of_earlier_slots_saw_is_known(found, at: int) -> None:
    """Not before there is one."""
    slots = [one[3].slot_at for one in found if one[3].slot_at <= at]
    said = NearbyControls(found).known(at)
    newest = {one[2] for one in found if slots and one[3].slot_at == max(slots)}
    assert said in newest if slots else said is None


@given(rows, moments, st.integers(0, 40 * HOUR_MS))
def test_until_then_later_probes_are_told_the_same(found, sent_at: int, later: int) -> None:
    """What is read off once serves the probes that follow."""
    controls, slot_at = NearbyControls(found), sent_at - 100
    until = controls.until(slot_at, sent_at)
    if sent_at + later <= until:
        assert controls.near(sent_at + later) == controls.near(sent_at)
        assert controls.known(slot_at + later) == controls.known(slot_at)


@pytest.mark.parametrize(
    ("after", "explained"),
    [(-MINUTE_MS, False), (0, True), (CONTROL_EXPLAINS_MS, True), (CONTROL_EXPLAINS_MS + 1, False)],
)
def test_a_control_of_the_slot_or_soon_after_explains_it(after: int, explained: bool) -> None:
    """Those that a doubt brought come half an hour later."""
    assert NearbyControls([row(HOUR_MS + after)]).explain(HOUR_MS) is explained


def test_the_order_in_which_they_came_changes_nothing() -> None:
    """They are sorted by when they were sent."""
    found = [row(n * HOUR_MS, n % 3) for n in range(12)]
    mixed = Random(1).sample(found, len(found))
    for hours in range(14):
        at = hours * HOUR_MS + MINUTE_MS
        assert NearbyControls(mixed).near(at) == NearbyControls(found).near(at)
