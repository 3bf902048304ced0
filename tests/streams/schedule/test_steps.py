"""Laws of the steps: how far a slot may be spread, and until when it may be met."""

import pytest
from cases import case

from schemas.moments import HOUR_MS
from streams.schedule.steps import (
    AFTER_IT,
    NOTICE,
    STEPS,
    WINDOW_MAX_MS,
    WINDOW_MIN_MS,
    jittered_ms,
    window,
)
from streams.timetable import NO_JITTER_H, RETURN_H


@pytest.mark.parametrize("name", [NOTICE, AFTER_IT])
def test_no_slot_is_spread_across_a_norm_or_the_end_of_a_returns_time(name):
    """Of every step and case, in the sample or not."""
    for i, step in enumerate(STEPS[name]):
        for number in range(50):
            for sampled in (True, False):
                made = case(number=number, sampled=sampled)
                hours = jittered_ms(made, name, i, step) / HOUR_MS
                assert all((step.hour < norm) == (hours < norm) for norm in NO_JITTER_H)
                assert hours >= step.hour


def test_one_step_alone_ends_with_the_time_of_a_return():
    """The last slot after a removal that a return of the same case can be seen at."""
    ending = [step.hour for step in STEPS[AFTER_IT] if step.until_ms]
    assert ending == [163.2]
    assert {step.until_ms for step in STEPS[NOTICE]} == {0}
    assert max(step.until_ms for step in STEPS[AFTER_IT]) == RETURN_H * HOUR_MS


@pytest.mark.parametrize(
    ("step_h", "expected"), [(0.1, WINDOW_MIN_MS), (2, 2 * HOUR_MS), (24, WINDOW_MAX_MS)]
)
def test_a_window_is_as_long_as_the_step_within_bounds(step_h, expected):
    """Never below 20 min, never above 6 h."""
    assert window(step_h * HOUR_MS) == expected
