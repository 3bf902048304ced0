"""Laws of how figures are said in words."""

import re
from dataclasses import replace

import pytest
from views import sample_view

from agents.edges.web.formatting import cell, delay, duration, sample, share
from schemas.closed_lists import Role
from schemas.moments import HOUR_MS
from streams.rollup.case_figures import grouped_for_display
from streams.rollup.figures import Included, RemovalTimeReading, merged
from streams.statistics.histogram_buckets import Durations

VIEW = sample_view()


def test_what_is_put_together_names_no_one_probability():
    """`Other` of a sampled hoster and one that is not is estimated in part."""
    other = grouped_for_display(VIEW.shown, 0, ())
    mixed = merged("total", Role.PROXY, VIEW.as_of, [f for f in other if f.role is Role.PROXY])
    whole = replace(mixed, included=(Included(0.5, 70, 150), Included(1.0, 9, 9)))
    assert sample(mixed, mixed.norm(86_400)).startswith("estimated from a sample, p = 0.5, ")
    assert sample(whole, mixed.norm(86_400)).startswith("estimated in part from samples, ")


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((1, 0, 0, 0, 0, 0, 0, 0, 0, 0), "half within 15 min"),
        ((1, 0, 1, 0, 0, 0, 0, 0, 0, 0), "half within 15 min"),
        ((1, 0, 2, 0, 0, 0, 0, 0, 0, 0), "half within 4 h"),
        ((1, 0, 0, 0, 0, 0, 0, 0, 0, 2), "half after more than 28 d"),
    ],
)
def test_a_delay_is_the_bound_that_half_of_the_notices_keep(counts, text):
    """Nothing is interpolated: the bound holds for at least half of them."""
    assert delay(Durations(counts=counts, sum_ms=0)) == text


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((0, 1), "0\u2013100 %"),
        ((1, 1), "100 %"),
        ((1 / 3, 2 / 3), "33\u201367 %"),
        ((0.5, 0.5), "50 %"),
    ],
)
def test_bounds_are_widened_and_never_narrowed(bounds, text):
    """A third is at least 33 %, two thirds are at most 67 %."""
    assert share(*bounds) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "not reached"),
        (0, "0 min"),
        (1, "1 min"),
        (5_400_000, "90 min"),
        (7_200_000, "2 h"),
        (90_000_000, "25 h"),
        (216_000_000, "2.5 d"),
    ],
)
def test_durations_are_written_in_the_unit_people_use(ms, text):
    """Minutes below two hours, hours below two days, days above."""
    assert duration(ms) == text


def test_a_cell_of_the_timetable_has_one_unit_and_no_broken_days():
    """Days are whole; a cell that begins or ends within a day is written in hours or minutes."""
    written = {
        cell(quarter * HOUR_MS // 4 + 1, reading)
        for quarter in range(42 * 24 * 4)
        for reading in RemovalTimeReading
    }
    hours = r"\d+(\.5)? to \d+(\.5)? h"
    assert all(re.fullmatch(rf"{hours}|\d+ to \d+ (min|d)", one) for one in written)
    assert {"48.5 to 72 h", "3 to 4 d", "23.5 to 24.5 h"} <= written


@pytest.mark.parametrize(
    ("hours", "by_online", "by_ended"),
    [(8.05, "4 to 8 h", "8 to 11.5 h"), (9, "8 to 11.5 h", "8 to 11.5 h")],
)
def test_what_was_seen_at_a_slot_went_after_it_and_what_was_found_before_it(
    hours: float, by_online: str, by_ended: str
) -> None:
    """By `ended` a removal time is that of a last sighting, by `online` that of an R."""
    assert cell(round(hours * HOUR_MS), RemovalTimeReading.CENSORED) == by_online
    assert cell(round(hours * HOUR_MS), RemovalTimeReading.EVENT) == by_ended
