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

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.moments import DAY_MS, Instant
from streams.statistics.sampling_weights import Z_95
from streams.statistics.survival import HALF_WIDTH_MIN, Codes, in_order, runs

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


class Points(NamedTuple):
    """The estimate at the event times, one place an event time.

    Attributes:
        at: the times, ascending.
        survival: S just after each; the last one may be 0.
        variance: of log S; 0 where S is 0.
    """

    at: NDArray[np.int64]
    survival: NDArray[np.float64]
    variance: NDArray[np.float64]


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


class Incidents:
    """Cases in order of time, and which of them are of one incident.

    Args:
        parts: a weight above 0, and `coded` of the cases that have it, ascending.

    Attributes:
        codes, weights, ended: of the cases.
    """

    def __init__(self, parts: Sequence[tuple[int, Codes]]) -> None:
        """Bring them into order."""
        self.codes, weights = in_order(parts)
        self.weights = weights.astype(np.float64)
        self.ended = (self.codes & INCIDENTS) != 0
        numbers = (self.codes & _INCIDENT).astype(np.int32)
        self._order = np.argsort(numbers, kind="stable")
        self._begins = runs(numbers[self._order])
        self._sizes = np.diff(self._begins, append=len(numbers))

    def effective(self) -> float:
        """Return how many incidents of one weight would tell as much; 0 without a case."""
        held = self._of_incidents()
        return float(held.sum() ** 2 / (held**2).sum()) if len(held) else 0.0

    def weights_squared(self) -> float:
        """Return the sum of the squares of their weights."""
        return float((self._of_incidents() ** 2).sum())

    def before(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each case the sum of a value over earlier cases of its incident."""
        own = values[self._order]
        sums = np.cumsum(own) - own
        sums -= np.repeat(sums[self._begins], self._sizes)
        return self._in_time(sums)

    def remaining(self) -> NDArray[np.float64]:
        """Return for each case the weight of its incident that is not over before it."""
        whole = self._in_time(np.repeat(self._of_incidents(), self._sizes))
        return whole - self.before(self.weights)

    def _of_incidents(self) -> NDArray[np.float64]:
        return _sums(self.weights[self._order], self._begins)

    def _in_time(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of the cases, which are in order of incidents, in order of time."""
        found = np.empty_like(values)
        found[self._order] = values
        return found


def median_interval(parts: Sequence[tuple[int, Codes]]) -> MedianInterval | None:
    """Return a 95 % interval of the median; None with fewer than `INCIDENTS_MIN` incidents.

    It is where the pointwise interval of S crosses one half (Brookmeyer and Crowley 1982,
    Biometrics 38:29-41), taken on the scale of log(-log S). Where S falls to 0 that scale has no
    value, so the upper limit is not reached there: of few incidents the last end alone decides it.

    Args:
        parts: as in `Incidents`.
    """
    cases = Incidents(parts)
    incidents = cases.effective()
    if incidents < INCIDENTS_MIN:
        return None
    found = points(cases, incidents)
    inside = found.survival > 0
    survival, variance = found.survival[inside], found.variance[inside]
    with np.errstate(divide="ignore"):  # S may be 1 but for the last digit
        half_width = student_975(incidents - 1) * np.sqrt(variance) / np.log(survival)
    half_width = np.maximum(half_width, HALF_WIDTH_MIN)
    lows = np.flatnonzero(survival ** np.exp(-half_width) <= 1 / 2)
    highs = np.flatnonzero(survival ** np.exp(half_width) <= 1 / 2)
    lows = lows if len(lows) else np.flatnonzero(~inside)
    return MedianInterval(_first(found.at, lows), _first(found.at, highs))


def _first(at: NDArray[np.int64], places: NDArray[np.intp]) -> int | None:
    return int(at[places[0]]) if len(places) else None


def coded(duration: int, *, ended: bool, incident: int) -> int:
    """Return a duration, whether the case ended and its incident as one number of 64 bits.

    Such numbers are in the order of the durations.
    """
    return (2 * duration + ended) << INCIDENT_BITS | incident


class _Groups(NamedTuple):
    """The cases of one duration each, until all that are left end at once.

    Attributes:
        at: the durations, ascending.
        ends: how many cases are over with each of them.
        is_event: one of them ended.
        more: 1 / (n - d).
        rise: A, the sum of d / (n (n - d)) up to there.
        survival, alone: S, and the variance of log S were each case an incident of its own.
        over: the duration at which all that are left end; empty = they do not.
    """

    at: NDArray[np.int64]
    ends: NDArray[np.intp]
    is_event: NDArray[np.bool_]
    more: NDArray[np.float64]
    rise: NDArray[np.float64]
    survival: NDArray[np.float64]
    alone: NDArray[np.float64]
    over: NDArray[np.int64]


def points(cases: Incidents, incidents: float) -> Points:
    """Return the estimate at the event times, with the variance of log S between incidents.

    The influence of an incident at t is U - R A(t). A is the sum of d / (n (n - d)). R is the
    weight of the incident's cases that are not over by t. U sums its other cases. Each adds its
    weight times 1 / (n - d) if it ended, and takes away its weight times A at its time. So the sum
    of squares needs three sums, which each case changes once.

    Args:
        cases: of at least two incidents.
        incidents: their effective number, over 1.
    """
    held = _groups(cases)
    between = incidents / (incidents - 1) * _between(cases, held)
    variance = np.maximum(held.alone, between)
    none = np.zeros(len(held.over))
    return Points(
        np.append(held.at[held.is_event], held.over),
        np.append(held.survival[held.is_event], none),
        np.append(variance[held.is_event], none),
    )


def _groups(cases: Incidents) -> _Groups:
    begins = runs(cases.codes >> INCIDENT_BITS + 1)
    at = cases.codes[begins] >> INCIDENT_BITS + 1
    died = _sums(cases.weights * cases.ended, begins)
    left = _from(cases.weights, begins)
    last = int(np.argmax(died == left)) if died[-1] == left[-1] else len(at)
    over, died, left = at[last : last + 1], died[:last], left[:last]
    survivors = left - died
    squares = _from(cases.weights**2, begins)[:last]
    return _Groups(
        at=at[:last],
        ends=np.append(begins, len(cases.weights))[1 : last + 1],
        is_event=died > 0,
        more=1 / survivors,
        rise=np.cumsum(died / (left * survivors)),
        survival=np.cumprod(survivors / left, dtype=np.float64),
        alone=np.cumsum(died * squares / (left * left * survivors)),
        over=over,
    )


def _between(cases: Incidents, held: _Groups) -> NDArray[np.float64]:
    """Return the sum of the squares of the incidents' influences at each duration."""
    weight, last, rise = cases.weights, held.ends - 1, held.rise
    times = np.diff(held.ends, prepend=0)
    counted = int(times.sum())
    added = np.zeros(len(weight))
    added[:counted] = cases.ended[:counted] * np.repeat(held.more, times) - np.repeat(rise, times)
    added *= weight
    u = cases.before(added)
    uu = np.cumsum(added * (2 * u + added))[last]
    r = cases.remaining()
    ur = np.cumsum(added * (r - weight) - u * weight)[last]
    rr = cases.weights_squared() + np.cumsum(weight * (weight - 2 * r))[last]
    return uu - 2 * rise * ur + rise * rise * rr


def _sums(values: NDArray[np.float64], begins: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the sum of each stretch of values; without one there is none."""
    return np.add.reduceat(values, begins) if len(begins) else values


def _from(values: NDArray[np.float64], begins: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the sums of all values from each place on."""
    return np.cumsum(values[::-1])[::-1][begins]
