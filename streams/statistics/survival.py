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
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import exp, gcd, log, sqrt
from operator import lt, mul, sub, truediv
from typing import Final

from streams.statistics.sampling_weights import Z_95

HALF_WIDTH_MIN: Final = -700.0
"""A case of next to no weight beside one of much may fall below; e^709 is the largest number."""

TOLERANCE: Final = 1e-9
"""Nearer than this, whole numbers decide. A product of k ratios errs by at most 2 k 2^-53 of
itself: 2.2e-10 for a million distinct event times."""

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

    def median_interval(self) -> tuple[int | None, int | None]:
        """Return a 95 % interval of the median; None on a side that is not reached.

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


def weighted_kaplan_meier(parts: Sequence[tuple[int, Sequence[int]]]) -> Curve:
    """Estimate how long cases last of which some stand for more cases than others.

    Args:
        parts: a weight above 0, and `span_code` of the cases that have it, ascending.
    """
    filled = [(weight, codes) for weight, codes in parts if codes]
    scale = gcd(*(weight for weight, _ in filled)) or 1
    weights = [weight // scale for weight, _ in filled]
    count = len(filled)
    if count == 1:
        return _even(filled[0][1])
    mixed: list[int] = []
    for i, (_, codes) in enumerate(filled):
        mixed += [((code >> 1) * count + i) * 2 + (code & 1) for code in codes]
    mixed.sort()
    return _curve(mixed, weights)


def _even(codes: Sequence[int]) -> Curve:
    """Return what `_curve` does where all weights are 1, in half the time.

    What was last seen is passed over, and the interpreter's own functions walk along the ends.
    """
    n = len(codes)
    firsts = [i for i, code in enumerate(codes) if code & 1]
    found = [codes[i] for i in firsts]
    ended = len(found)
    events = [1] * ended
    if not all(map(lt, found, found[1:])):  # several ended at one time
        starts = [0, *(i for i in range(1, ended) if found[i - 1] != found[i])]
        events = list(map(sub, [*starts[1:], ended], starts))
        firsts, found = [firsts[i] for i in starts], [found[i] for i in starts]
    # an end and a last sighting at one time: the end comes first, so that case was still at risk
    at_risk = [
        n - i if codes[i - 1] != code - 1 else n - bisect_left(codes, code - 1)
        for i, code in zip(firsts, found, strict=True)
    ]
    falls = map(truediv, map(sub, at_risk, events), at_risk)
    return Curve(
        n=n,
        ended=ended,
        times=tuple([code >> 1 for code in found]),
        at_risk=tuple(at_risk),
        events=tuple(events),
        effective=tuple(map(float, at_risk)),
        survival=tuple(accumulate(falls, mul)),
    )


def _curve(codes: Sequence[int], weights: Sequence[int]) -> Curve:
    """Walk along durations; a code is (duration * number of weights + which) * 2 + ended."""
    span = 2 * len(weights)
    weight_of = [weight for weight in weights for _ in range(2)]
    square_of = [weight * weight for weight in weight_of]
    ended_of = [weight * (i % 2) for i, weight in enumerate(weight_of)]
    ended = sum(code & 1 for code in codes)
    counts = Counter(code % span for code in codes)
    left = sum(weight_of[i] * n for i, n in counts.items())
    squares = sum(square_of[i] * n for i, n in counts.items())
    steps: list[tuple[int, int, int, float, float]] = []
    s = 1.0
    now = gone = gone_squares = died = 0
    for code in codes:
        t, which = divmod(code, span)
        if t != now:
            if died:
                s *= (left - died) / left
                steps.append((now, left, died, left * left / squares, s))
            left -= gone
            squares -= gone_squares
            now, gone, gone_squares, died = t, 0, 0, 0
        gone += weight_of[which]
        gone_squares += square_of[which]
        died += ended_of[which]
    if died:
        s *= (left - died) / left
        steps.append((now, left, died, left * left / squares, s))
    times, at_risk, events, effective, survival = zip(*steps, strict=True) if steps else ((),) * 5
    return Curve(
        n=len(codes),
        ended=ended,
        times=times,
        at_risk=at_risk,
        events=events,
        effective=effective,
        survival=survival,
    )


def _product(factors: list[int]) -> int:
    """Multiply in pairs of like size: 20,000 factors one by one cost ten times as much."""
    while len(factors) > 1:
        odd = factors[-1:] if len(factors) % 2 else []
        factors = [a * b for a, b in zip(factors[::2], factors[1::2], strict=False)] + odd
    return factors[0] if factors else 1
