"""What both sides say has one form, in which equal cases are equal."""

from dataclasses import replace

from verify_cases import CASE

from schemas.moments import DAY_MS
from streams.rollup.windows import Window, WindowEvent
from verify.compared.record import HAPPENINGS, WIDTHS_MS


def test_when_it_was_reported_is_no_part_of_what_is_compared() -> None:
    """It is there for the windows alone."""
    assert replace(CASE, reports_at=(1, 2)) == CASE
    assert replace(CASE, rechecked=1) != CASE


def test_windows_are_those_that_are_published() -> None:
    """By name and by width."""
    assert [window.value for window in Window] == list(WIDTHS_MS)
    assert {event.value for event in WindowEvent} == set(HAPPENINGS)
    assert WIDTHS_MS["28d"] == 28 * DAY_MS
