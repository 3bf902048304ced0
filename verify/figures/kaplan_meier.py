"""Kaplan and Meier's estimate in its simplest form (1958, JASA 53:457-481), and with weights.

A case of a sample counts as many times as it stands for (Xie and Liu 2005, Stat Med 24:3089-3110).
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from math import gcd, prod
from typing import Final, NamedTuple

TOUCH: Final = 1e-9
"""Nearer to a level than this, whole numbers decide whether S has reached it."""


class CaseDuration(NamedTuple):
    """How long a case lasted, whether it ended then or was last seen, and how often it counts.

    Attributes:
        incident: the host and the day of its notice; None = of a method that did not ask.
    """

    duration: int
    ended: bool
    times: int = 1
    incident: tuple[int, int] | None = None


def quantiles(spans: Iterable[CaseDuration], shares: Iterable[Fraction]) -> list[int | None]:
    """Return for each share p, ascending, the smallest t with S(t) <= 1 - p; None = not reached.

    Args:
        spans: of all cases.
        shares: between 0 and 1.
    """
    wanted = list(shares)
    ordered = sorted(spans, key=lambda span: span.duration)
    unit = gcd(*(span.times for span in ordered)) or 1
    left = sum(span.times for span in ordered) // unit
    found: list[int | None] = []
    ratios: list[tuple[int, int]] = []
    survival = 1.0
    for duration, same in groupby(ordered, key=lambda span: span.duration):
        members = list(same)
        ended = sum(span.times for span in members if span.ended) // unit
        if ended:
            ratios.append((left - ended, left))
            survival *= (left - ended) / left
            while len(found) < len(wanted) and _reached(survival, ratios, 1 - wanted[len(found)]):
                found.append(duration)
        left -= sum(span.times for span in members) // unit
    return found + [None] * (len(wanted) - len(found))


def _reached(survival: float, ratios: list[tuple[int, int]], level: Fraction) -> bool:
    if abs(survival - float(level)) > TOUCH:
        return survival < level
    above, below = prod(a for a, _ in ratios), prod(b for _, b in ratios)
    return above * level.denominator <= below * level.numerator
