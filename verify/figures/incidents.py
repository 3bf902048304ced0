"""The 95 % interval of a median whose cases come in incidents (docs/measurement.md, 10.3).

An incident's influence on log S is what log S would change by, were the incident counted a little
more. At the time t a case of weight w adds w / (n - d) of its own end, if that was by t. It takes
away w d / (n (n - d)) of each end by t that it was at risk of. The variance is the sum of the
squares of all incidents' influences.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from math import exp, inf, log, sqrt
from typing import Final

from verify.figures.kaplan_meier import CaseDuration

STUDENT: Final = {1: 12.7062, 2: 4.30265, 3: 3.18245, 4: 2.77645, 5: 2.57058, 6: 2.44691}
"""97.5 % points of Student's distribution with few degrees of freedom."""

Z: Final = 1.959964
_HALF: Final = 0.5
_INCIDENTS_MIN: Final = 6
"""With fewer there is no interval (rule 10.3)."""


def median_limits(spans: Sequence[CaseDuration]) -> tuple[int | None, int | None] | None:
    """Return from when on S may be at one half, and from when on it is below for certain.

    None = there are too few incidents to say; None as one of the two = that is not reached.

    Args:
        spans: of all cases; without incidents there are no limits.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    for span in spans:
        if span.incident is None:
            return None
        sizes[span.incident] += span.times
    if not sizes:
        return None
    incidents = sum(sizes.values()) ** 2 / sum(size**2 for size in sizes.values())
    if incidents < _INCIDENTS_MIN:
        return None
    quantile = _student(int(incidents - 1))
    low = None
    for at, survival, variance in _steps(spans, sizes):
        if survival == 0:
            return (at if low is None else low), None
        spread = quantile * sqrt(max(variance[0], variance[1] * incidents / (incidents - 1)))
        middle = log(-log(survival))
        reach = spread / -log(survival)
        if low is None and exp(-exp(middle + reach if middle + reach < 700 else inf)) <= _HALF:
            low = at
        if exp(-exp(middle - reach)) <= _HALF:
            return low, at
    return low, None


class _Walk:
    """Sums over all incidents, kept as their own share and what is at risk of them change."""

    def __init__(self, sizes: Counter[tuple[int, int]]) -> None:
        self.share: dict[tuple[int, int], float] = {}
        self.risk = dict(sizes)
        self.shares = self.both = 0.0
        self.risks = float(sum(size**2 for size in sizes.values()))

    def leave(self, incident: tuple[int, int], times: int, more: float) -> None:
        """Let a case leave, which adds to its incident's share."""
        share, risk = self.share.get(incident, 0.0), self.risk[incident]
        new_share, new_risk = share + more, risk - times
        self.shares += new_share**2 - share**2
        self.both += new_share * new_risk - share * risk
        self.risks += new_risk**2 - risk**2
        self.share[incident], self.risk[incident] = new_share, new_risk


def _steps(
    spans: Sequence[CaseDuration], sizes: Counter[tuple[int, int]]
) -> list[tuple[int, float, tuple[float, float]]]:
    """Return each end's time, S behind it, and the variances of log S: of cases, of incidents."""
    walk = _Walk(sizes)
    found: list[tuple[int, float, tuple[float, float]]] = []
    left, squares = sum(sizes.values()), sum(span.times**2 for span in spans)
    survival, hazard, alone = 1.0, 0.0, 0.0
    ordered = sorted(spans, key=lambda span: span.duration)
    for at, same in groupby(ordered, key=lambda span: span.duration):
        members = list(same)
        ended = sum(span.times for span in members if span.ended)
        if ended == left:
            return [*found, (at, 0.0, (0.0, 0.0))]
        survival *= 1 - ended / left
        hazard += ended / left / (left - ended)
        alone += ended / (left - ended) * squares / left**2
        for span in members:
            own = 1 / (left - ended) if span.ended else 0.0
            if span.incident is not None:
                walk.leave(span.incident, span.times, span.times * (own - hazard))
            squares -= span.times**2
        left -= sum(span.times for span in members)
        if ended:
            between = walk.shares - 2 * hazard * walk.both + hazard**2 * walk.risks
            found.append((at, survival, (alone, between)))
    return found


def _student(freedom: int) -> float:
    """Return the 97.5 % point; beyond the table by Fisher and Cornish's expansion (1960)."""
    if freedom in STUDENT:
        return STUDENT[freedom]
    one = (Z**2 + 1) / (4 * freedom)
    two = (5 * Z**4 + 16 * Z**2 + 3) / (96 * freedom**2)
    three = (3 * Z**6 + 19 * Z**4 + 17 * Z**2 - 15) / (384 * freedom**3)
    return Z * (1 + one + two + three)
