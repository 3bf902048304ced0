"""The distribution of a time that is known to lie between two instants only: the NPMLE.

Each removal lies in (L, R]; an open case has no R. The maximum likelihood estimate puts its mass on
Turnbull's innermost intervals (1976, JRSS B 38:290-295). Where within one of them the mass lies is
not known. So S is exact at their ends alone, and a quantile is the interval that it lies in.

It is found by the hybrid of EM steps and the iterative convex minorant (Wellner and Zhan 1997, JASA
92:945-959; Jongbloed 1998, JCGS 7:310-321). It ends when the gradient shows that no mass anywhere
would raise the likelihood: then it is the maximum (Gentleman and Geyer 1994, Biometrika
81:618-623).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from scipy.optimize import isotonic_regression

GRADIENT_MAX: Final = 1e-7
"""Mass anywhere else raises the mean log likelihood by at most this for each unit of mass."""

STEPS_MAX: Final = 5_000
"""Cells of a timetable need some fifty steps; what needs more is said to be unfinished."""

_HALVINGS_MAX: Final = 40
_CURVATURE_MIN: Final = 1e-10
_INSIDE: Final = 1e-12
"""Steps keep every case's probability above this, so that its logarithm is finite."""

Interval: TypeAlias = tuple[int, int | None]
"""(L, R], whole units of time; R None = not yet; L equal to R = at exactly that time."""

_Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
_Ints: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Where the removals lie.

    Attributes:
        cells: innermost intervals that have mass, ascending; the last may have no end.
        mass: of each, in sum 1.
    """

    cells: tuple[Interval, ...]
    mass: tuple[float, ...]

    def survival_at(self, t: int) -> tuple[float, float]:
        """Return the bounds of the share that lasts longer than `t`; they differ inside a cell."""
        masses = list(zip(self.cells, self.mass, strict=True))
        surely_over = sum(mass for (_, end), mass in masses if end is not None and end <= t)
        perhaps_over = sum(mass for (start, end), mass in masses if start < t or end == t)
        return max(1 - perhaps_over, 0.0), min(1 - surely_over, 1.0)

    def quantile(self, p: float) -> Interval | None:
        """Return the cell that a quantile lies in, or None where it is not reached.

        Args:
            p: between 0 and 1.
        """
        reached = 0.0
        for cell, mass in zip(self.cells, self.mass, strict=True):
            reached += mass
            if reached >= p - 1e-9:
                return None if cell[1] is None else cell
        return None


def npmle(intervals: Sequence[Interval], weights: Sequence[float] | None = None) -> Distribution:
    """Estimate how long it takes.

    Args:
        intervals: one for each case, none before 0.
        weights: how many cases each stands for, above 0; None = one each.

    Raises:
        ValueError: there is no case, an interval ends before it starts, or the estimate needs more
            than `STEPS_MAX` steps.
    """
    if not intervals:
        raise ValueError("an estimate needs a case")
    if any(start < 0 or (end is not None and end < start) for start, end in intervals):
        raise ValueError("an interval ends before it starts")
    cells = _innermost(intervals)
    cases = _Cases.of(intervals, cells, weights)
    mass = _maximum(cases)
    kept = [(cell, float(m)) for cell, m in zip(cells, mass, strict=True) if m > _INSIDE]
    total = sum(m for _, m in kept)
    return Distribution(
        cells=tuple(cell for cell, _ in kept), mass=tuple(m / total for _, m in kept)
    )


def _innermost(intervals: Sequence[Interval]) -> list[Interval]:
    """Return Turnbull's intervals: a start that an end follows with no start between them.

    At one instant an exact time starts first, then ends come, then open starts.
    """
    last = max(max(start, end or 0) for start, end in intervals) + 1
    points = {(start, 0 if start == end else 2) for start, end in intervals}
    points |= {(last if end is None else end, 1) for _, end in intervals}
    found: list[Interval] = []
    ordered = sorted(points)
    for (start, kind), (end, follows) in pairwise(ordered):
        if kind != 1 and follows == 1:
            found.append((start, None if end == last else end))
    return found


@dataclass(frozen=True, slots=True)
class _Cases:
    """Distinct cases by the cells that they may lie in: from `first` to before `behind`."""

    first: "_Ints"
    behind: "_Ints"
    weight: "_Floats"
    cells: int

    @classmethod
    def of(
        cls,
        intervals: Sequence[Interval],
        cells: Sequence[Interval],
        weights: Sequence[float] | None,
    ) -> "_Cases":
        far = float("inf")
        starts = np.array([start for start, _ in cells], float)
        ends = np.array([far if end is None else end for _, end in cells], float)
        left = np.array([start for start, _ in intervals], float)
        right = np.array([far if end is None else end for _, end in intervals], float)
        exact = left == right
        first = np.where(
            exact, np.searchsorted(ends, left, "left"), np.searchsorted(starts, left, "left")
        )
        # an exact cell at the start of an open interval is not in it
        at_start = (first < len(cells)) & ~exact
        skip = at_start & (ends[np.minimum(first, len(cells) - 1)] <= left)
        first = first + skip
        behind = np.searchsorted(ends, right, "right")
        pairs, place = np.unique(np.stack([first, behind]), axis=1, return_inverse=True)
        each = np.ones(len(left)) if weights is None else np.asarray(weights, float)
        return cls(pairs[0], pairs[1], np.bincount(place, each).astype(float), len(cells))

    def probabilities(self, cumulated: "_Floats") -> "_Floats":
        """Return each case's probability under a cumulated mass with a 0 before it."""
        found: _Floats = cumulated[self.behind] - cumulated[self.first]
        return found

    def gradient(self, probabilities: "_Floats") -> "_Floats":
        """Return how much the log likelihood rises with the mass of each cell."""
        slope = self.weight / probabilities
        starts = np.bincount(self.first, slope, self.cells + 1)
        steps = starts - np.bincount(self.behind, slope, self.cells + 1)
        found: _Floats = np.cumsum(steps)[:-1]
        return found


def _maximum(cases: _Cases) -> "_Floats":
    total = cases.weight.sum()
    mass: _Floats = np.full(cases.cells, 1 / cases.cells)
    for _ in range(STEPS_MAX):
        cumulated = np.concatenate([[0.0], np.cumsum(mass)])
        gradient = cases.gradient(cases.probabilities(cumulated)) / total
        if gradient.max() <= 1 + GRADIENT_MAX:
            return mass
        mass = mass * gradient  # a step of EM
        mass /= mass.sum()
        mass = _convex_minorant(cases, np.concatenate([[0.0], np.cumsum(mass)]))
    raise ValueError("the estimate of removal times needs too many steps")


def _convex_minorant(cases: _Cases, cumulated: "_Floats") -> "_Floats":
    """Take one step of the iterative convex minorant; the likelihood never falls."""
    if cases.cells < 2:
        return np.diff(cumulated)
    before = cases.probabilities(cumulated)
    slope, size = cases.weight / before, cases.cells + 1
    rise = np.bincount(cases.behind, slope, size) - np.bincount(cases.first, slope, size)
    bend = cases.weight / before**2
    bent = np.bincount(cases.behind, bend, size) + np.bincount(cases.first, bend, size)
    inner = slice(1, -1)
    weights = np.maximum(bent[inner], _CURVATURE_MIN)
    aim = cumulated.copy()
    fitted = isotonic_regression(cumulated[inner] + rise[inner] / weights, weights=weights).x
    aim[inner] = np.clip(fitted, 0.0, 1.0)
    likelihood = cases.weight @ np.log(before)
    step = 1.0
    for _ in range(_HALVINGS_MAX):
        tried = cumulated + step * (aim - cumulated)
        there = cases.probabilities(tried)
        if there.min() > _INSIDE and cases.weight @ np.log(there) >= likelihood:
            return np.maximum(np.diff(tried), 0.0)
        step /= 2
    return np.diff(cumulated)
