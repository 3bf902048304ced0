"""What a case of a sample stands for, and how sure a share is that was estimated from one.

Some hosters have more cases than can be probed on time. There each case is in the sample with a
known probability, by a hash and independently of the others (Poisson sampling). A sampled case
stands for 1 / probability cases (Horvitz and Thompson 1952, JASA 47:663-685). A share is a ratio of
two such sums (Hajek 1971). Weights are whole numbers of millionths, so that sums are exact and the
same in any order.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

WHOLE: Final = 1_000_000
"""The weight of a case that is in the sample for certain."""

Z_95: Final = 1.959963984540054
"""97.5 % point of the standard normal distribution."""


def weight(inclusion: float) -> int:
    """Return how many millionths of a case one stands for that was included with a probability."""
    return round(WHOLE / inclusion)


class WeightedCases(NamedTuple):
    """Sampled cases of one weight.

    Attributes:
        weight: of each of them, in millionths.
        yes: those that are what is asked.
        n: all of them.
    """

    weight: int
    yes: int
    n: int


def share(parts: Sequence[WeightedCases]) -> float | None:
    """Return the share of cases that are what is asked, None without a case."""
    whole = sum(part.weight * part.n for part in parts)
    return sum(part.weight * part.yes for part in parts) / whole if whole else None


def share_interval(parts: Sequence[WeightedCases]) -> tuple[float, float] | None:
    """Return a 95 % interval of a share among all cases, the unsampled included.

    It is Wilson's interval (1927, JASA 22:209-212) at the effective sample size. That size is the
    number of cases, each drawn alone, that would give the estimate's variance (Korn and Graubard
    1998, Survey Methodology 24:193-201). The variance is that of the ratio under Poisson sampling,
    linearised (Sarndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 5.7 and 7.3.3).
    That variance vanishes at shares of 0 and 1, so the number is capped at what the weights alone
    give: the square of their sum over the sum of w (w - 1). The interval speaks of sampling only:
    where every case is in the sample for certain, it is the share itself.

    Args:
        parts: the sampled cases by weight.

    Returns:
        Its ends, None without a case.
    """
    p_hat = share(parts)
    if p_hat is None:
        return None
    total = sum(part.weight * part.n for part in parts) / WHOLE
    weight_excess = varied = 0.0
    for part in parts:
        stands_for = part.weight / WHOLE
        unseen = stands_for * (stands_for - 1)
        weight_excess += part.n * unseen
        varied += unseen * (part.yes * (1 - p_hat) ** 2 + (part.n - part.yes) * p_hat**2)
    if not weight_excess:
        return p_hat, p_hat
    effective = total**2 / weight_excess
    if varied:
        effective = min(effective, p_hat * (1 - p_hat) * total**2 / varied)
    return wilson(p_hat, effective, Z_95)


def wilson(p_hat: float, n: float, quantile: float) -> tuple[float, float]:
    """Return Wilson's interval of a share (1927, JASA 22:209-212).

    Args:
        p_hat: the share.
        n: how many independent cases it rests on.
        quantile: of the estimate's distribution, such as `Z_95`.
    """
    square = quantile * quantile / n
    middle = p_hat + square / 2
    half = quantile * sqrt(p_hat * (1 - p_hat) / n + square / (4 * n))
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))
