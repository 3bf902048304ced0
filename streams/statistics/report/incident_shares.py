"""The share within a norm as a mean over incidents, with its interval and its test.

Who takes one page of a host down takes the others down with it. An incident (host and UTC day of
notice) is therefore the unit, not the case: each has one share, and the estimate is their mean.
One incident of a thousand URLs weighs as much as one of a single URL.

Where cases are a sample, an incident of m cases is seen if one of its cases is in it. It stands for
one over that probability (Horvitz and Thompson 1952, JASA 47:663-685), and the mean is a ratio of
two such sums (Hajek 1971). The variance is that of the ratio between incidents, linearised, times
k / (k - 1). Between incidents it holds what sampling within them adds (Sarndal, Swensson and
Wretman 1992, Model Assisted Survey Sampling, 4.6), so weights and incidents are dealt with at once.
An incident never counts as more than one independent case, however many URLs it has.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from scipy.special import stdtr, stdtrit

from streams.statistics.sampling_weights import wilson

CONFIDENCE: Final = 0.95

INCIDENTS_MIN: Final = 2 - 1e-9
"""With fewer, one says nothing of another; k_eff is a sum of floats."""


class Incident(NamedTuple):
    """One incident of a hoster.

    Attributes:
        share: of its cases that are what is asked, 0 to 1.
        seen: probability that a case of it is in the sample; 1 where every case is.
        n: cases of it that are in the sample.
    """

    share: float
    seen: float
    n: int


class Mean(NamedTuple):
    """A share estimated over incidents.

    Attributes:
        share: the mean.
        n_eff: as many independent cases would tell as much.
        k_eff: as many incidents of equal weight would tell as much.
    """

    share: float
    n_eff: float
    k_eff: float


def mean_share(incidents: Sequence[Incident]) -> Mean:
    """Return the mean of incidents and how much it rests on.

    k_eff is the square of the weights' sum over the sum of their squares (Kish 1965, Survey
    Sampling, 11.7). At most that is n_eff, p (1 - p) / var(mean) (Korn and Graubard 1998, Survey
    Methodology 24:193-201). What a small variance shows beyond k_eff is no
    knowledge. A rare kind of incident, one wholly in time, may be missing among those seen.

    Args:
        incidents: one or more.

    Raises:
        ValueError: there is none.
    """
    if not incidents:
        raise ValueError("a mean needs an incident")
    weights = [1 / one.seen for one in incidents]
    k_eff = sum(weights) ** 2 / sum([w * w for w in weights])
    share, variance = mean_and_variance(incidents)
    spread = share * (1 - share)
    return Mean(share, min(k_eff, spread / variance) if variance > 0 < spread else k_eff, k_eff)


def mean_and_variance(incidents: Sequence[Incident]) -> tuple[float, float]:
    """Return the mean of incidents and its variance, linearised; of one incident that is 0.

    Args:
        incidents: one or more.
    """
    k, weights = len(incidents), [1 / one.seen for one in incidents]
    total = sum(weights)
    share = sum([w * one.share for w, one in zip(weights, incidents, strict=True)]) / total
    squares = sum([(w * (i.share - share)) ** 2 for w, i in zip(weights, incidents, strict=True)])
    return min(max(share, 0.0), 1.0), squares / total**2 * k / max(k - 1, 1)


def interval(mean: Mean, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return a two-sided interval of a share.

    Wilson's interval (1927, JASA 22:209-212) at n_eff, with Student's quantile at k_eff - 1 degrees
    of freedom in the place of the normal one (Korn and Graubard 1998). One incident says nothing of
    another: with fewer than two the interval is [0, 1].

    Args:
        mean: the estimate.
        confidence: of both sides together, between 0 and 1.
    """
    if mean.k_eff < INCIDENTS_MIN:
        return 0.0, 1.0
    quantile = float(stdtrit(mean.k_eff - 1, (1 + confidence) / 2))
    return wilson(mean.share, mean.n_eff, quantile)


def below(mean: Mean, threshold: float) -> float:
    """Return the p-value of the one-sided test that a share is at least a threshold.

    The score test, whose inversion is Wilson's interval, takes the variance at the threshold. The
    other usual test takes that of the estimate. Here the larger of the two is taken: below the
    threshold it gives the larger p-value, so a doubt falls to the hoster.

    Args:
        mean: the estimate.
        threshold: between 0 and 1, ends excluded.

    Raises:
        ValueError: the threshold is out of range.
    """
    if not 0 < threshold < 1:
        raise ValueError("a threshold lies between 0 and 1")
    if mean.k_eff < INCIDENTS_MIN:
        return 1.0
    spread = max(threshold * (1 - threshold), mean.share * (1 - mean.share))
    return float(stdtr(mean.k_eff - 1, (mean.share - threshold) / sqrt(spread / mean.n_eff)))
