"""Bars of all cases: where they stand, and what happened in the last 24 hours.

What is not known is a part of its own, which the style hatches; it is never drawn as removed.
"""

from dataclasses import dataclass
from typing import Final

from agents.edges.web.messages import N_, gettext
from schemas.closed_lists import CaseClass
from streams.rollup.figures import HosterFigures
from streams.rollup.windows import Window, WindowEvent


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: its kind in the style, its words, its count, from and to in per cent."""

    kind: str
    name: str
    count: int
    low: float
    high: float


_PARTS: Final = (
    ("gone", N_("removed"), (CaseClass.REMOVED,)),
    ("there", N_("open and seen online"), (CaseClass.ONLINE,)),
    (
        "unknown",
        N_("open, and not known: unavailable, in doubt, contradictory"),
        (CaseClass.UNAVAILABLE, CaseClass.DOUBTED, CaseClass.SUSPECT),
    ),
    ("waiting", N_("awaiting a notice"), (CaseClass.AWAITING,)),
)
_ELSE: Final = N_("ended otherwise")

EVENTS: Final[dict[WindowEvent, str]] = {
    WindowEvent.REPORTED: N_("reported"),
    WindowEvent.NOTICED: N_("noticed"),
    WindowEvent.REMOVED: N_("removed"),
    WindowEvent.REAPPEARED: N_("came back"),
    WindowEvent.LATE: N_("late: a norm ran out"),
}


def case_distribution(figures: HosterFigures) -> list[Segment]:
    """Return where the cases stand, each in one part; empty without a case."""
    every = figures.reported
    if not every:
        return []
    counts = [(kind, name, sum(figures.classes[one] for one in of)) for kind, name, of in _PARTS]
    counts.append(("else", _ELSE, every - sum(count for _, _, count in counts)))
    found, low = [], 0.0
    for kind, name, count in counts:
        high = low + 100 * count / every
        found.append(Segment(kind, gettext(name), count, low, high))
        low = high
    return found


def flow(figures: HosterFigures) -> list[Segment]:
    """Return what happened in the last 24 h, each as a bar; the longest is as wide as the chart."""
    counts = {event: figures.windows[event][Window.DAY] for event in EVENTS}
    most = max(1, *counts.values())
    return [
        Segment(event.value, gettext(EVENTS[event]), count, 0, 100 * count / most)
        for event, count in counts.items()
    ]
