"""How sure a median is where cases come in incidents: the cases of one host and one day of notice.

Who takes one page of a host down takes the others down with it, so the cases of an incident say
little more than one of them. Intervals that take them as independent are too narrow: of 30
incidents of 6 cases, what is called 95 % holds the truth in 68 %.

The variance of log S is therefore the sum over incidents of the square of their influence. It is
the between-cluster variance of the product-limit estimator (Williams 1995, Lifetime Data Analysis
1:171-186). Lin and Wei's robust variance (1989, JASA 84:1074-1078) of a model without covariates
is the same. It is multiplied by k / (k - 1) and read with Student's quantile at k - 1 degrees of
freedom. Here k is the effective number of incidents: as many of one weight would tell as much
(Kish 1965). With fewer than `INCIDENTS_MIN` there is no interval. Where the variance of independent
cases is larger, that one stands, so incidents never narrow an interval.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import repeat
from math import exp, log, sqrt
from typing import Final, NamedTuple, TypeAlias

from schemas.moments import DAY_MS, Instant
from streams.statistics.sampling_weights import Z_95
from streams.statistics.survival import HALF_WIDTH_MIN

INCIDENT_BITS: Final = 20
"""An incident's number has so many bits; beside 42 bits of a duration in ms they fit in 64. Two of
30 incidents share a number once in 2,400 hosters; that hardly changes an interval.
"""

INCIDENTS: Final = 1 << INCIDENT_BITS
_INCIDENT: Final = INCIDENTS - 1
"""A code's bits of the incident; the one above them says whether the case ended."""

INCIDENTS_MIN: Final = 6
"""With fewer effective incidents there is no interval. The ends of k independent incidents all lie
on one side of the median with probability 2^(1-k). That is over 5 % up to k = 5, so there no
interval between two of these ends holds the median in 95 % of worlds."""

_MANY: Final = 200_000
"""From so many cases on what is kept by incident stands in an array: 8 bytes each, not 100."""

_ByIncident: TypeAlias = "defaultdict[int, float] | array[float]"

_T_975: Final = (12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004)
"""97.5 % points of Student's distribution at 1 to 8 degrees of freedom."""

_PRIME: Final = 0x9E3779B97F4A7C15
_WORD: Final = (1 << 64) - 1


def incident_of(host: int, noticed_at: Instant) -> int:
    """Return the number of the incident of a host and the UTC day of a notice.

    Numbers are spread by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).

    Args:
        host: a number that stands for the host.
        noticed_at: when the notice was delivered.
    """
    mixed = (host * _PRIME + noticed_at // DAY_MS) & _WORD
    mixed ^= mixed >> 29
    return (mixed * _PRIME & _WORD) >> (64 - INCIDENT_BITS)


class Point(NamedTuple):
    """The estimate at one event time.

    Attributes:
        at: the time.
        survival: S just after it.
        variance: of log S.
    """

    at: int
    survival: float
    variance: float


class MedianInterval(NamedTuple):
    """A 95 % interval of a median; None on a side that is not reached."""

    low: int | None
    high: int | None


def student_975(freedom: float) -> float:
    """Return the 97.5 % point of Student's distribution, to four digits.

    From 9 degrees of freedom on it is Abramowitz and Stegun's expansion (1964, 26.7.5).

    Args:
        freedom: degrees of freedom, at least 1; a fraction is rounded down.
    """
    whole = int(freedom)
    if whole <= len(_T_975):
        return _T_975[whole - 1]
    z, n = Z_95, whole
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / n + second / n**2 + third / n**3


def effective_incidents(parts: Sequence[tuple[int, Sequence[int]]]) -> float:
    """Return how many incidents of one weight would tell as much; 0 without a case."""
    held = _values(_weights(parts))
    squares = sum([weight * weight for weight in held])
    return sum(held) ** 2 / squares if squares else 0.0


def median_interval(parts: Sequence[tuple[int, Sequence[int]]]) -> MedianInterval | None:
    """Return a 95 % interval of the median; None with fewer than `INCIDENTS_MIN` incidents.

    It is where the pointwise interval of S crosses one half (Brookmeyer and Crowley 1982,
    Biometrics 38:29-41), taken on the scale of log(-log S). Where S falls to 0 that scale has no
    value, so the upper limit is not reached there: of few incidents the last end alone decides it.

    Args:
        parts: a weight above 0, and `coded` of the cases that have it, ascending.
    """
    incidents = effective_incidents(parts)
    if incidents < INCIDENTS_MIN:
        return None
    reach = student_975(incidents - 1)
    low: int | None = None
    for point in points(parts, incidents):
        if not point.survival:
            return MedianInterval(point.at if low is None else low, None)
        half_width = max(reach * sqrt(point.variance) / log(point.survival), HALF_WIDTH_MIN)
        if low is None and point.survival ** exp(-half_width) <= 1 / 2:
            low = point.at
        if point.survival ** exp(half_width) <= 1 / 2:
            return MedianInterval(low, point.at)
    return MedianInterval(low, None)


def coded(duration: int, *, ended: bool, incident: int) -> int:
    """Return a duration, whether the case ended and its incident as one number of 64 bits.

    Such numbers are in the order of the durations.
    """
    return (2 * duration + ended) << INCIDENT_BITS | incident


def points(parts: Sequence[tuple[int, Sequence[int]]], incidents: float) -> Iterator[Point]:
    """Walk along the event times, with the variance of log S between incidents.

    The influence of an incident at t is U - R A(t). A is the sum of d / (n (n - d)). R is the
    weight of the incident's cases that are not over by t. U sums its other cases. Each adds its
    weight times 1 / (n - d) if it ended, and takes away its weight times A at its time. So the sum
    of squares needs three sums, which each case changes once.

    Args:
        parts: as in `median_interval`.
        incidents: their effective number, over 1.
    """
    remaining = _weights(parts)
    settled: _ByIncident = array("d", bytes(8 * INCIDENTS)) if _many(parts) else defaultdict(float)
    left = sum(weight * len(codes) for weight, codes in parts)
    squares = sum(weight * weight * len(codes) for weight, codes in parts)
    factor = incidents / (incidents - 1)
    uu = ur = rise = alone = 0.0
    rr, survival = float(sum([r * r for r in _values(remaining)])), 1.0
    codes, weights = _in_order(parts)
    until = 0
    while until < len(codes):
        first, t, died = until, codes[until] >> INCIDENT_BITS + 1, 0
        while until < len(codes) and codes[until] >> INCIDENT_BITS + 1 == t:
            died += weights[until] if codes[until] & INCIDENTS else 0
            until += 1
        if died == left:
            yield Point(t, 0.0, 0.0)
            return
        more = 0.0
        if died:
            survival *= (left - died) / left
            rise += died / (left * (left - died))
            alone += died * squares / (left * left * (left - died))
            more = 1 / (left - died)
        for place in range(first, until):
            code, weight = codes[place], weights[place]
            incident = code & _INCIDENT
            u, r = settled[incident], remaining[incident]
            added = weight * ((more if code & INCIDENTS else 0.0) - rise)
            settled[incident], remaining[incident] = u + added, r - weight
            uu += added * (2 * u + added)
            ur += (u + added) * (r - weight) - u * r
            rr += weight * (weight - 2 * r)
            squares -= weight * weight
            left -= weight
        if died:
            between = factor * (uu - 2 * rise * ur + rise * rise * rr)
            yield Point(t, survival, max(alone, between))


def _in_order(
    parts: Sequence[tuple[int, Sequence[int]]],
) -> tuple[Sequence[int], Sequence[int]]:
    """Return the cases of all parts in order, and their weights."""
    if len(parts) == 1:
        ((weight, codes),) = parts
        return codes, [weight] * len(codes)
    found, weights = array("q"), array("q")
    for code, weight in merge(*[zip(codes, repeat(weight)) for weight, codes in parts]):
        found.append(code)
        weights.append(weight)
    return found, weights


def _many(parts: Sequence[tuple[int, Sequence[int]]]) -> bool:
    return sum(len(codes) for _, codes in parts) >= _MANY


def _values(held: _ByIncident) -> Iterable[float]:
    return held.values() if isinstance(held, dict) else held


def _weights(parts: Sequence[tuple[int, Sequence[int]]]) -> _ByIncident:
    """Return the weight of the cases of each incident."""
    held: _ByIncident = array("d", bytes(8 * INCIDENTS)) if _many(parts) else defaultdict(float)
    for weight, codes in parts:
        for code in codes:
            held[code & _INCIDENT] += weight
    return held
