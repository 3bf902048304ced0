"""A lognormal distribution fitted to removal times that are known as intervals.

It is a sensitivity analysis beside the NPMLE: accelerated failure times with a location for each
group and one spread (Klein and Moeschberger 2003, Survival Analysis, 12.3). The fit is that of
`survreg` in R's survival with dist="lognormal". Moore and Clayton (2007, eCrime) found removal
times lognormal.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr

from streams.statistics.report.interval_censored import Interval

FLOOR: Final = 0.5
"""Times below this many units count as this many: the logarithm of 0 is none."""


Weighed: TypeAlias = tuple[Interval, float]
"""A removal time, and how many cases it stands for."""


class Lognormal(NamedTuple):
    """What was fitted.

    Attributes:
        location: mean logarithm of the time of each group.
        spread: standard deviation of the logarithm, of all groups.
        log_likelihood: at the maximum.
    """

    location: dict[str, float]
    spread: float
    log_likelihood: float

    def share_within(self, group: str, t: float) -> float:
        """Return which share of a group ends within a time."""
        return float(ndtr((log(max(t, FLOOR)) - self.location[group]) / self.spread))


def fitted(groups: Mapping[str, Sequence[Weighed]]) -> Lognormal | None:
    """Fit groups of intervals; None where no case of any has an end.

    Args:
        groups: of each its intervals (L, R], with how many cases each stands for; R None = not yet.
    """
    names = [name for name in sorted(groups) if groups[name]]
    if all(end is None for name in names for (_, end), _ in groups[name]):
        return None
    cases = [
        (i, *one, times)
        for i, name in enumerate(names)
        for one, times in sorted(_summed(groups[name]).items(), key=str)
    ]
    group = np.array([i for i, _, _, _ in cases])
    low = np.array([log(start) if start > FLOOR else -np.inf for _, start, _, _ in cases])
    high = np.array([np.inf if end is None else log(max(end, FLOOR)) for _, _, end, _ in cases])
    known = _Known(group, low, high, np.array([times for _, _, _, times in cases], np.float64))
    best = minimize(
        _deviance,
        known.start(len(names)),
        args=(known,),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2_000, "ftol": 1e-14, "gtol": 1e-9},
    )
    return Lognormal(
        location={name: float(best.x[i]) for i, name in enumerate(names)},
        spread=float(np.exp(best.x[-1])),
        log_likelihood=-float(best.fun),
    )


def _summed(cases: Sequence[Weighed]) -> dict[Interval, float]:
    """Return how many cases each interval has; sorted, so that no order shows in the last bits."""
    found: dict[Interval, float] = defaultdict(float)
    for took, weight in sorted(cases, key=lambda one: one[1]):
        found[took] += weight
    return found


class _Known(NamedTuple):
    """Distinct cases: their group, the logarithms of both ends, and how many there are."""

    group: "np.ndarray[Any, np.dtype[np.int64]]"
    low: "np.ndarray[Any, np.dtype[np.float64]]"
    high: "np.ndarray[Any, np.dtype[np.float64]]"
    times: "np.ndarray[Any, np.dtype[np.float64]]"

    def start(self, groups: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Return where the search begins: means of the groups, and the spread of all."""
        end = np.where(np.isinf(self.high), 0.0, self.high)
        low = np.where(np.isinf(self.low), end - 1, self.low)
        middle = (low + np.where(np.isinf(self.high), low + 1, end)) / 2
        sums = np.bincount(self.group, middle * self.times, groups)
        means = sums / np.bincount(self.group, self.times, groups)
        return np.append(means, 0.5 * np.log(max(float(middle.var()), 0.1)))


def _deviance(
    at: "np.ndarray[Any, np.dtype[np.float64]]", known: _Known
) -> "tuple[float, np.ndarray[Any, np.dtype[np.float64]]]":
    """Return minus the log likelihood and its gradient."""
    location, spread = at[known.group], np.exp(at[-1])
    a, b = (known.low - location) / spread, (known.high - location) / spread
    flipped = a > 0  # the upper tail is exact only as the lower one of its mirror
    lower, upper = np.where(flipped, -b, a), np.where(flipped, -a, b)
    log_upper, log_lower = log_ndtr(upper), log_ndtr(lower)
    chance = log_upper + np.log1p(-np.exp(np.minimum(log_lower - log_upper, -1e-15)))
    densities = [known.times * np.exp(-0.5 * z**2 - chance) / np.sqrt(2 * np.pi) for z in (a, b)]
    by_location = (densities[0] - densities[1]) / spread
    finite = [np.where(np.isinf(z), 0.0, z) for z in (a, b)]
    by_spread = finite[0] * densities[0] - finite[1] * densities[1]
    slope = np.append(np.bincount(known.group, by_location, len(at) - 1), by_spread.sum())
    return -float((known.times * chance).sum()), -slope
