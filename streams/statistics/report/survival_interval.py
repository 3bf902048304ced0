"""An interval for the share that is not removed by a time, where removals are known as intervals.

The NPMLE bounds the share from both sides: inside a cell nobody knows where the mass lies. Sampling
adds to that. So the interval runs from what the lower bound is at least to what the upper is at
most, each by Wilson's. The quantile is that of Imbens and Manski (2004, Econometrica 72:1845-1857):
the truth lies at one end at most, so the further the ends are apart, the more one-sided it is.
How many independent cases it rests on follows from incidents. It is the linearised variance of the
share of cases surely removed by then (Korn and Graubard 1998, Survey Methodology 24:193-201).
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from streams.statistics.report.incident_shares import CONFIDENCE
from streams.statistics.report.interval_censored import Distribution, Interval, npmle
from streams.statistics.sampling_weights import wilson


class WeightedRemoval(NamedTuple):
    """A case: its incident, when it was removed, and how many cases it stands for."""

    incident: str
    took: Interval
    weight: float = 1.0


class Left(NamedTuple):
    """The share not removed by a time: its two bounds and an interval of 95 %."""

    bounds: tuple[float, float]
    interval: tuple[float, float]


def left_at(cases: Sequence[WeightedRemoval], t: int, found: Distribution | None = None) -> Left:
    """Return the share that is not removed by a time.

    Args:
        cases: one or more.
        t: in the unit of the intervals.
        found: their estimate, where it is at hand.

    Raises:
        ValueError: there is no case, or the estimate needs too many steps.
    """
    found = found or npmle([one.took for one in cases], [one.weight for one in cases])
    bounds = found.survival_at(t)
    k = len({one.incident for one in cases})
    if k < 2:
        return Left(bounds, (0.0, 1.0))
    n_eff = _n_eff(cases, t)
    quantile = _quantile(bounds, n_eff, k - 1)
    ends = [wilson(one, n_eff, quantile) for one in bounds]
    return Left(bounds, (ends[0][0], ends[1][1]))


def _quantile(bounds: tuple[float, float], n_eff: float, freedom: int) -> float:
    """Return how many standard errors each end lies beyond its bound."""
    middle = sum(bounds) / 2
    spread = sqrt(max(middle * (1 - middle), 0.0) / n_eff)
    two_sided = float(stdtrit(freedom, (1 + CONFIDENCE) / 2))
    if spread <= 0:
        return two_sided
    apart = (bounds[1] - bounds[0]) / spread

    def missing(c: float) -> float:
        return float(stdtr(freedom, c + apart) - stdtr(freedom, -c)) - CONFIDENCE

    one_sided = float(stdtrit(freedom, CONFIDENCE))
    if missing(one_sided) >= 0:
        return one_sided
    return float(brentq(missing, one_sided, two_sided + 1e-9))


def _n_eff(cases: Sequence[WeightedRemoval], t: int) -> float:
    """Return how many independent cases tell as much, at most as many as there are."""
    sums: dict[str, list[float]] = {}
    for one in cases:
        own = sums.setdefault(one.incident, [0.0, 0.0])
        own[0] += one.weight
        if one.took[1] is not None and one.took[1] <= t:
            own[1] += one.weight
    k, total = len(sums), sum(n for n, _ in sums.values())
    p = sum(y for _, y in sums.values()) / total
    squares = sum((y - p * n) ** 2 for n, y in sums.values())
    if squares <= 0 or not 0 < p < 1:
        return float(k)
    return float(min(len(cases), p * (1 - p) * total**2 * (k - 1) / (k * squares)))
