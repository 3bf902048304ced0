"""Cases for each thousand addresses, domains or customers, and what comes back in a year watched.

A number of cases is a sum over incidents, which come by chance and are of any size: a compound
Poisson process. Its variance is estimated by the sum of the squared sizes (Lawless and Nadeau 1995,
Technometrics 37:158-168). The interval is normal for the logarithm of the rate, with Student's
quantile, so it holds no rate below 0.
"""

from collections.abc import Sequence
from math import exp, sqrt
from typing import NamedTuple

from scipy.special import stdtrit

from streams.statistics.report.incident_shares import CONFIDENCE


class Rate(NamedTuple):
    """A rate and its interval of 95 %; None where one incident alone, or none, tells of it."""

    value: float
    interval: tuple[float, float] | None


def rate(sizes: Sequence[float], exposure: float) -> Rate:
    """Return events for each unit of exposure.

    Args:
        sizes: events of each incident.
        exposure: in which they came, above 0.

    Raises:
        ValueError: there was no exposure.
    """
    if exposure <= 0:
        raise ValueError("a rate needs an exposure")
    events, k = sum(sizes), sum(size > 0 for size in sizes)
    if k < 2:
        return Rate(events / exposure, None)
    spread = sqrt(sum(size * size for size in sizes)) / events
    factor = exp(float(stdtrit(k - 1, (1 + CONFIDENCE) / 2)) * spread)
    return Rate(events / exposure, (events / exposure / factor, events / exposure * factor))
