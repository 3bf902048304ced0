"""Laws of the charts of one hoster."""

import re

import pytest
from cases import at

from agents.edges.web.svg_charts import (
    FIRST_MS,
    LAST_MS,
    UNITS,
    bars,
    left_path,
    time_share,
    time_ticks,
)
from schemas.moments import DAY_MS, HOUR_MS
from streams.statistics.survival import kaplan_meier
from streams.views.backlog import Reading


def test_times_lie_on_a_logarithmic_axis_that_ends():
    """Equal ratios are equal lengths; what lies outside is drawn at the edge."""
    assert (time_share(0), time_share(FIRST_MS), time_share(LAST_MS)) == (0, 0, 1)
    assert time_share(9 * LAST_MS) == 1
    assert time_share(2 * HOUR_MS) - time_share(HOUR_MS) == pytest.approx(
        time_share(20 * HOUR_MS) - time_share(10 * HOUR_MS)
    )
    assert time_ticks()[-1].share == 100


def test_a_curve_ends_where_nobody_was_watched_any_longer():
    """Beyond it nothing is known, and no line is drawn."""
    curve = kaplan_meier([HOUR_MS, DAY_MS, DAY_MS], [True, False, False])
    path = left_path(curve, DAY_MS)
    first, last = (round(UNITS * time_share(t)) for t in (HOUR_MS, DAY_MS))
    assert path == f"M0 0H{first}V{round(UNITS / 3)}H{last}"


def test_what_ended_before_the_axis_begins_is_not_drawn_as_left():
    """The line begins at the share left after the first half hour."""
    curve = kaplan_meier([1, HOUR_MS], [True, True])
    assert left_path(curve, HOUR_MS).startswith(f"M0 {UNITS // 2}H")


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (7, 8), (45, 46), (1_234, 1_400)])
def test_the_axis_of_counts_has_whole_numbers(most, top):
    """Its top and half of it can be read, and no count is cut off."""
    chart = bars([Reading(at(0), 0), Reading(at(24), most)], "Alpha")
    assert [tick.text for tick in chart.counts] == [f"{top:,}", f"{top // 2:,}", "0"]
    assert all(0 <= int(y) <= UNITS for y in re.findall(r" (\d+)", chart.line))


def test_readings_are_joined_and_the_words_tell_both_ends():
    """Each stands where its instant is."""
    chart = bars([Reading(at(0), 4), Reading(at(24), 2), Reading(at(36), 1)], "Alpha")
    assert chart.line == "M0 0L667 500L1000 750"
    assert chart.label == "Backlog of Alpha over the last 36 h: from 4 to 1, at most 4."


@pytest.mark.parametrize(
    ("step_h", "first_h", "named"),
    [
        (1, 6, ["06:00", "12:00", "18:00", "2 Jan", "06:00", "12:00", "18:00"]),
        (6, 6, ["3 Jan", "5 Jan", "7 Jan", "9 Jan", "11 Jan"]),
        (24, 0, ["1 Jan", "8 Jan", "15 Jan", "22 Jan", "29 Jan", "5 Feb"]),
    ],
)
def test_as_many_readings_are_named_as_have_room(step_h, first_h, named):
    """A midnight by its date, another hour by the clock."""
    days = [Reading((first_h + i * step_h) * HOUR_MS, 1) for i in range(43)]
    assert [tick.text for tick in bars(days, "Alpha").days] == named
