"""The share within a norm as a mean over incidents, with its interval and its test.

Who takes one page of a host down takes the others down with it. An incident (host and UTC day of
notice) is therefore the unit, not the case: each has one share, and the estimate is their mean.
One incident of a thousand URLs weighs as much as one of a single URL.

Where cases are a sample, an incident of m cases is seen if one of its cases is in it. It stands for
one over that probability (Horvitz and Thompson 1952, JASA 47:663-685), and the mean is a ratio of
two such sums (Hajek 1971). The variance is that of the ratio between incidents, linearised, times
k / (k - 1). Between incidents it holds what sampling within them adds (Sarndal, Swensson and
Wretman 1992, Model Assisted Survey Sampling, 4.6), so weights and incidents are dealt with at once.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from scipy.special import stdtr, stdtrit

from streams.statistics.sampling_weights import wilson

CONFIDENCE: Final = 0.95


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
        k: incidents.
    """

    share: float
    n_eff: float
    k: int


def mean_share(incidents: Sequence[Incident]) -> Mean:
    """Return the mean of incidents and how much it rests on.

    n_eff = p (1 - p) / var(mean), at most the number of cases (Korn and Graubard 1998, Survey
    Methodology 24:193-201). Where all incidents are alike that is 0 / 0; each then counts as one
    case, since nothing says how much the cases of one incident differ.

    Args:
        incidents: one or more.

    Raises:
        ValueError: there is none.
    """
    if not incidents:
        raise ValueError("a mean needs an incident")
    k = len(incidents)
    weights = [1 / one.seen for one in incidents]
    total = sum(weights)
    share = sum(w * one.share for w, one in zip(weights, incidents, strict=True)) / total
    squares = sum((w * (i.share - share)) ** 2 for w, i in zip(weights, incidents, strict=True))
    if k < 2 or squares <= 0 or not 0 < share < 1:
        return Mean(share, float(k), k)
    variance = squares / total**2 * k / (k - 1)
    n_eff = min(float(sum(one.n for one in incidents)), share * (1 - share) / variance)
    return Mean(share, n_eff, k)


def interval(mean: Mean, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return a two-sided interval of a share.

    Wilson's interval (1927, JASA 22:209-212) at n_eff, with Student's quantile at k - 1 degrees of
    freedom in the place of the normal one (Korn and Graubard 1998). One incident says nothing of
    another: with fewer than two the interval is [0, 1].

    Args:
        mean: the estimate.
        confidence: of both sides together, between 0 and 1.
    """
    if mean.k < 2:
        return 0.0, 1.0
    quantile = float(stdtrit(mean.k - 1, (1 + confidence) / 2))
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
    if mean.k < 2:
        return 1.0
    spread = max(threshold * (1 - threshold), mean.share * (1 - mean.share))
    return float(stdtr(mean.k - 1, (mean.share - threshold) / sqrt(spread / mean.n_eff)))
