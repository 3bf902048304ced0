"""The conditions of the alerts on hosters, asked of figures instead of Prometheus.

The same conditions as in `deploy/prometheus/rules/hostwatch.rules.yml`, without the time that they
must last; a test holds the numbers of both against each other.
"""

from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import CaseClass
from streams.rollup.figures import HosterFigures
from streams.rollup.windows import Window, WindowEvent

GROWTH_SHARE: Final = 0.2
GROWTH_MIN: Final = 10
SILENT_MIN: Final = 10
UNMEASURABLE_SHARE: Final = 0.5
UNMEASURABLE_MIN: Final = 10


def backlog_growing(day_before: HosterFigures, lately: Sequence[HosterFigures]) -> bool:
    """Return whether HosterBacklogGrowing holds.

    Args:
        day_before: figures of 24 h ago.
        lately: figures of the last 6 h, ascending, evenly apart; the last are the present ones.
    """
    now = lately[-1]
    grew = now.backlog - day_before.backlog > max(GROWTH_SHARE * day_before.backlog, GROWTH_MIN)
    goes_on = _slope([one.backlog for one in lately]) > 0
    return grew and goes_on and now.overdue > day_before.overdue


def removes_nothing(now: HosterFigures) -> bool:
    """Return whether HosterRemovesNothing holds."""
    none = now.windows[WindowEvent.REMOVED][Window.WEEK] == 0
    return none and now.backlog >= SILENT_MIN and now.overdue >= SILENT_MIN


def not_measurable(now: HosterFigures) -> bool:
    """Return whether HosterNotMeasurable holds."""
    unavailable = now.classes[CaseClass.UNAVAILABLE]
    at_present = now.backlog >= UNMEASURABLE_MIN and unavailable > UNMEASURABLE_SHARE * now.backlog
    lately = now.unmeasurable > UNMEASURABLE_SHARE * now.followed
    return at_present or (now.followed >= UNMEASURABLE_MIN and lately)


def _slope(values: Sequence[int]) -> float:
    """Return the sign of a least-squares line through evenly spaced values."""
    middle = (len(values) - 1) / 2
    return sum((place - middle) * value for place, value in enumerate(values))
