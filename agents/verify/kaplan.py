"""Kaplan and Meier's estimate in its simplest form (1958, JASA 53:457-481)."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from math import prod
from typing import Final

TOUCH: Final = 1e-9
"""Nearer to a level than this, whole numbers decide whether S has reached it."""


def quantiles(spans: Iterable[tuple[int, bool]], shares: Iterable[Fraction]) -> list[int | None]:
    """Return for each share p, ascending, the smallest t with S(t) <= 1 - p; None = not reached.

    Args:
        spans: durations and whether the case ended then; else it was last seen then.
        shares: between 0 and 1.
    """
    wanted = list(shares)
    ordered = sorted(spans)
    left = len(ordered)
    found: list[int | None] = []
    ratios: list[tuple[int, int]] = []
    survival = 1.0
    for duration, same in groupby(ordered, key=lambda span: span[0]):
        members = list(same)
        ended = sum(end for _, end in members)
        if ended:
            ratios.append((left - ended, left))
            survival *= (left - ended) / left
            while len(found) < len(wanted) and _reached(survival, ratios, 1 - wanted[len(found)]):
                found.append(duration)
        left -= len(members)
    return found + [None] * (len(wanted) - len(found))


def _reached(survival: float, ratios: list[tuple[int, int]], level: Fraction) -> bool:
    if abs(survival - float(level)) > TOUCH:
        return survival < level
    above, below = prod(a for a, _ in ratios), prod(b for _, b in ratios)
    return above * level.denominator <= below * level.numerator
