"""Removal time with open cases counted: the Kaplan-Meier estimator.

A case that is still open says that its removal takes longer than it has been watched; leaving
it out would flatter the slow. The estimator keeps it at risk until it was last seen (Kaplan and
Meier 1958, JASA 53:457-481). Cases of a sample are weighted by what they stand for: ends and
cases at risk are then sums of weights (Xie and Liu 2005, Statistics in Medicine 24:3089-3110).

S is a product of ratios of whole numbers. It is held as floats, whose error is far below
`TOLERANCE`; where S is nearer than that to a level it is compared with, the whole numbers decide.
Floats alone put S just above a level it touches, and the quantile one event too late.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, gcd, log, sqrt
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from streams.statistics.sampling_weights import Z_95

HALF_WIDTH_MIN: Final = -700.0
"""A case of next to no weight beside one of much may fall below; e^709 is the largest number."""

TOLERANCE: Final = 1e-9
"""Nearer than this, whole numbers decide. A product of k ratios errs by at most 2 k 2^-53 of
itself: 2.2e-10 for a million distinct event times."""

Codes: TypeAlias = Sequence[int] | NDArray[np.int64]
"""Cases as one number each, ascending."""

HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A survival curve: it falls at `times` and is flat between them.

    Attributes:
        n: cases, censored ones included.
        ended: those of them that ended.
        times: distinct event times, ascending, in the unit of the durations.
        at_risk: weight of the cases whose duration is at least that time; without weights their
            number.
        events: weight of the cases that ended at that time.
        effective: as many cases of one weight would tell as much as those at risk: the square of
            their weights' sum over the sum of their squares (Kish 1965).
        survival: S just after that time.
    """

    n: int
    ended: int
    times: tuple[int, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    effective: tuple[float, ...]
    survival: tuple[float, ...]

    def survival_at(self, t: int) -> float:
        """Return S(t): the share that lasts longer than `t`."""
        index = bisect_right(self.times, t)
        return self.survival[index - 1] if index else 1.0

    def quantile(self, p: Fraction | float) -> int | None:
        """Return the smallest t with S(t) <= 1 - p, or None where the curve never falls so far.

        Args:
            p: between 0 and 1, ends excluded; a float stands for its shortest decimal, so 0.9
                means nine tenths and not the binary number beside it.

        Raises:
            ValueError: `p` is out of range.
        """
        share = p if isinstance(p, Fraction) else Fraction(repr(p))
        if not 0 < share < 1:
            raise ValueError("a quantile lies between 0 and 1")
        level = 1 - share
        index = bisect_left(self.survival, -float(level) - TOLERANCE, key=lambda s: -s)
        for i in range(index, len(self.times)):
            if self.survival[i] < float(level) - TOLERANCE or self._exact(i) <= level:
                return self.times[i]
        return None

    def independent_median_interval(self) -> tuple[int | None, int | None]:
        """Return a 95 % interval of the median if all cases were independent, for tests.

        The published one is `streams.statistics.incidents.median_interval`, which counts incidents.
        None stands on a side that is not reached.

        The limits are where the pointwise interval of S crosses one half (Brookmeyer and Crowley
        1982, Biometrics 38:29-41). That interval is taken on the scale of log(-log S) with
        Greenwood's variance (Kalbfleisch and Prentice 2002, section 1.4). The scale keeps it
        inside [0, 1]. With weights the variance is Xie and Liu's (2005, section 2.2), which is
        Greenwood's where all are alike. It does not condition on the known
        population size, so it is slightly conservative.
        """
        low: int | None = None
        variance = 0.0
        steps = zip(
            self.times, self.at_risk, self.events, self.effective, self.survival, strict=True
        )
        for t, n, d, effective, s in steps:
            if n == d:  # S is 0 from here on, where the scale has no value: no upper limit
                return (t if low is None else low, None)
            variance += d / (effective * (n - d))
            half_width = max(Z_95 * sqrt(variance) / log(s), HALF_WIDTH_MIN)
            if low is None and s ** exp(-half_width) <= float(HALF):
                low = t
            if s ** exp(half_width) <= float(HALF):
                return (low, t)
        return (low, None)

    def _exact(self, last: int) -> Fraction:
        """Return S just after the last-th event time as a ratio of whole numbers.

        Where nobody was censored in between, n - d is the next n and the two cancel.
        """
        above: list[int] = []
        below: list[int] = []
        carried = None
        for n, d in zip(self.at_risk[: last + 1], self.events[: last + 1], strict=True):
            if carried != n:
                if carried is not None:
                    above.append(carried)
                below.append(n)
            carried = n - d
        above.append(carried if carried is not None else 1)
        return Fraction(_product(above), _product(below))


def kaplan_meier(durations: Sequence[int], observed: Sequence[bool]) -> Curve:
    """Estimate how long cases last.

    An end and a last sighting at one time: the end comes first, so the case last seen then was
    still at risk. A duration of 0 is an end at 0.

    Args:
        durations: whole units of time since the clock started, none below 0.
        observed: True where the case ended then, False where it was last seen then.

    Raises:
        ValueError: the two are not equally long, or a duration is below 0.
    """
    codes = sorted(span_code(t, ended=ended) for t, ended in zip(durations, observed, strict=True))
    if codes and codes[0] < 0:
        raise ValueError("a duration is below 0")
    return weighted_kaplan_meier([(1, codes)])


def span_code(duration: int, *, ended: bool) -> int:
    """Return a duration and whether the case ended as one number: twice the one plus the other."""
    return 2 * duration + ended


def weighted_kaplan_meier(parts: Sequence[tuple[int, Codes]]) -> Curve:
    """Estimate how long cases last of which some stand for more cases than others.

    Args:
        parts: a weight above 0, and `span_code` of the cases that have it, ascending.
    """
    codes, weights = in_order(parts)
    n, ended = len(codes), (codes & 1) != 0
    begins = runs(codes[ended])
    times = codes[ended][begins] >> 1
    events = np.add.reduceat(weights[ended], begins) if len(begins) else weights[:0]
    # an end and a last sighting at one time: the end comes first, so that case was still at risk
    since = np.searchsorted(codes, 2 * times)
    at_risk = np.cumsum(weights[::-1])[::-1][since]
    squares = np.cumsum(weights[::-1].astype(np.float64) ** 2)[::-1][since]
    return Curve(
        n=n,
        ended=int(ended.sum()),
        times=tuple(times.tolist()),
        at_risk=tuple(at_risk.tolist()),
        events=tuple(events.tolist()),
        effective=tuple((at_risk.astype(np.float64) ** 2 / squares).tolist()),
        survival=tuple(np.cumprod((at_risk - events) / at_risk).tolist()),
    )


def in_order(
    parts: Sequence[tuple[int, Codes]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the codes of all parts, ascending, and their weights, as small as their ratios let.

    Args:
        parts: a weight above 0, and the codes of the cases that have it.
    """
    filled = [(weight, np.asarray(codes, np.int64)) for weight, codes in parts if len(codes)]
    if len(filled) == 1:
        return filled[0][1], np.ones(len(filled[0][1]), np.int64)
    scale = gcd(*(weight for weight, _ in filled)) or 1
    codes = np.concatenate([np.empty(0, np.int64), *(codes for _, codes in filled)])
    weights = np.repeat(
        np.array([weight // scale for weight, _ in filled], np.int64),
        [len(codes) for _, codes in filled],
    )
    order = np.argsort(codes, kind="stable")
    return codes[order], weights[order]


def runs(values: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return where each stretch of equal values begins."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])


def _product(factors: list[int]) -> int:
    """Multiply in pairs of like size: 20,000 factors one by one cost ten times as much."""
    while len(factors) > 1:
        odd = factors[-1:] if len(factors) % 2 else []
        factors = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)] + odd
    return factors[0] if factors else 1
