"""Laws of the charts of one hoster."""

import re

import pytest
from cases import at

from agents.edges.shapes import FIRST_MS, LAST_MS, TIME_TICKS, UNITS, bars, left_path, time_share
from schemas.moments import DAY_MS, HOUR_MS
from streams.backlog import DayEnd
from streams.survival import kaplan_meier


def test_times_lie_on_a_logarithmic_axis_that_ends():
    """Equal ratios are equal lengths; what lies outside is drawn at the edge."""
    assert (time_share(0), time_share(FIRST_MS), time_share(LAST_MS)) == (0, 0, 1)
    assert time_share(9 * LAST_MS) == 1
    assert time_share(2 * HOUR_MS) - time_share(HOUR_MS) == pytest.approx(
        time_share(20 * HOUR_MS) - time_share(10 * HOUR_MS)
    )
    assert TIME_TICKS[-1].share == 100


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
    chart = bars([DayEnd(at(0), 0), DayEnd(at(24), most)], "Alpha")
    assert [tick.text for tick in chart.counts] == [f"{top:,}", f"{top // 2:,}", "0"]
    assert all(0 <= int(y) <= UNITS for y in re.findall(r" (\d+)", chart.line))


def test_readings_are_joined_and_the_words_tell_both_ends():
    """Each stands where its instant is; a chart of few days names each of them."""
    chart = bars([DayEnd(at(0), 4), DayEnd(at(24), 2), DayEnd(at(36), 1)], "Alpha")
    assert chart.line == "M0 0L667 500L1000 750"
    assert len(chart.days) == 2
    assert chart.label == "Backlog of Alpha over 2 days: from 4 to 1, at most 4."


def test_a_chart_of_six_weeks_names_a_day_a_week():
    """The last midnight is among them, and their labels have room."""
    chart = bars([DayEnd(at(24 * day), day) for day in range(43)], "Alpha")
    assert len(chart.days) == 6
    assert chart.days[-1].share == pytest.approx(100 * 41 / 42)
