"""What is estimated of a hoster: the share within a norm, the time until removal.

Both rest on probes on time. Where these are promised to a sample only, the sampled cases stand for
the others. The others are left out, so nothing is said of a case that nobody probed on time. Cases
of one inclusion probability are kept together, so all figures are sums of whole numbers. Such sums
can be added over hosters.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.statistics.incidents import INCIDENT_BITS, median_interval
from streams.statistics.sampling_weights import WHOLE, WeightedCases, share, share_interval, weight
from streams.statistics.survival import Codes, Curve, weighted_kaplan_meier

KEPT_BYTES_MAX: Final = 512
"""Of durations whose estimate is kept: 64 cases. More of them are seldom the same twice."""

ESTIMATES_KEPT: Final = 4_096
"""About 5 MB at most, durations and estimates."""


class VerdictCounts(NamedTuple):
    """Cases of one inclusion probability, judged on one norm.

    Attributes:
        inclusion: the probability.
        in_time, late, undetermined: sampled cases by verdict.
        left_out: cases that are not in the sample.
    """

    inclusion: float
    in_time: int = 0
    late: int = 0
    undetermined: int = 0
    left_out: int = 0

    @property
    def n(self) -> int:
        """Return the number of cases judged."""
        return self.in_time + self.late + self.undetermined


@dataclass(frozen=True, slots=True, kw_only=True)
class NormCount:
    """Verdicts on one norm, of noticed cases that the norm applies to.

    Attributes:
        norm_s: the norm.
        parts: by inclusion probability, ascending.
    """

    norm_s: int
    parts: tuple[VerdictCounts, ...] = ()

    @property
    def n(self) -> int:
        """Return the number of cases judged."""
        return sum(part.n for part in self.parts)

    @property
    def n_eligible(self) -> int:
        """Return the number of cases that the norm applies to, unsampled ones included."""
        return self.n + sum(part.left_out for part in self.parts)

    @property
    def in_time(self) -> float:
        """Return how many cases were in time; an estimate where some are not in the sample."""
        return sum(weight(part.inclusion) * part.in_time for part in self.parts) / WHOLE

    @property
    def late(self) -> float:
        """Return how many cases were late, likewise."""
        return sum(weight(part.inclusion) * part.late for part in self.parts) / WHOLE

    @property
    def undetermined(self) -> float:
        """Return how many cases are undetermined, likewise."""
        return sum(weight(part.inclusion) * part.undetermined for part in self.parts) / WHOLE

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return [in_time / n, (n - late) / n], or None without a case.

        See docs/measurement.md, Norm verdicts.
        """
        low, high = share(self._surely()), share(self._possibly())
        return None if low is None or high is None else (low, high)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return a 95 % interval of the bounds: what the lower is at least, the upper at most.

        None without a case, and where all cases are in the sample, so that nothing is estimated.
        Cases of a probability of which none was drawn may all have been in time, or none of them.
        """
        low, high = share_interval(self._surely()), share_interval(self._possibly())
        if low is None or high is None or all(part.inclusion == 1 for part in self.parts):
            return None
        unknown = sum(part.left_out for part in self.parts if not part.n)
        known = sum(weight(part.inclusion) * part.n for part in self.parts) / WHOLE
        return low[0] * known / (known + unknown), (high[1] * known + unknown) / (known + unknown)

    def _surely(self) -> list[WeightedCases]:
        return [WeightedCases(weight(part.inclusion), part.in_time, part.n) for part in self.parts]

    def _possibly(self) -> list[WeightedCases]:
        return [
            WeightedCases(weight(part.inclusion), part.n - part.late, part.n) for part in self.parts
        ]

    @classmethod
    def joined(cls, norm_s: int, counts: Iterable["NormCount"]) -> "NormCount":
        """Add up the verdicts of several hosters on one norm."""
        sums: dict[float, VerdictCounts] = {}
        for count in counts:
            for part in count.parts if count.norm_s == norm_s else ():
                held = sums.get(part.inclusion, VerdictCounts(part.inclusion))
                sums[part.inclusion] = VerdictCounts(
                    part.inclusion, *(a + b for a, b in zip(held[1:], part[1:], strict=True))
                )
        return cls(norm_s=norm_s, parts=tuple(sorted(sums.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Removal time with open cases counted as not yet removed.

    Attributes:
        n, ended: cases, and those of them that ended.
        p50_ms, p90_ms: median and 90th percentile; None = not reached.
        has_interval: there are enough incidents for an interval of the median: the cases of one
            host and day are one incident.
        p50_low_ms, p50_high_ms: that interval, 95 %; None = not reached, or there is none.
    """

    n: int
    ended: int
    p50_ms: int | None
    p90_ms: int | None
    has_interval: bool
    p50_low_ms: int | None
    p50_high_ms: int | None


@dataclass(frozen=True)
class CensoredDurations:
    """Durations from notice to the end or the last sighting, packed: 8 bytes a case.

    Attributes:
        parts: by inclusion probability, ascending: 64-bit integers, ascending, each what
            `streams.statistics.incidents.coded` makes of a duration in ms.
    """

    parts: tuple[tuple[float, bytes], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, codes: Mapping[float, Codes]) -> "CensoredDurations":
        """Pack `coded` of cases by inclusion probability."""
        packed = ((p, np.sort(np.asarray(codes[p], np.int64)).tobytes()) for p in sorted(codes))
        return cls(tuple(part for part in packed if part[1]))

    @classmethod
    def joined(cls, spans: Iterable["CensoredDurations"]) -> "CensoredDurations":
        """Put the spans of several hosters together."""
        codes: dict[float, array[int]] = {}
        for one in spans:
            for inclusion, packed in one.parts:
                codes.setdefault(inclusion, array("q")).frombytes(packed)
        return cls.of(codes)

    def curve(self) -> Curve:
        """Return the survival curve of these spans, in ms."""
        plain = [(each, codes >> INCIDENT_BITS) for each, codes in self.weighted()]
        return weighted_kaplan_meier(plain)

    def weighted(self) -> list[tuple[int, NDArray[np.int64]]]:
        """Return the codes of the cases by their weight."""
        return [(weight(p), np.frombuffer(packed, np.int64)) for p, packed in self.parts]

    @property
    def longest_ms(self) -> int:
        """Return the longest of them, 0 without one."""
        return max(
            (array("q", packed)[-1] >> INCIDENT_BITS + 1 for _, packed in self.parts), default=0
        )

    @cached_property
    def estimate(self) -> Estimate:
        """The estimate made from them; worked out once."""
        size_bytes = sum(len(packed) for _, packed in self.parts)
        return _kept_estimate(self) if size_bytes <= KEPT_BYTES_MAX else _estimate(self)


def _estimate(durations: CensoredDurations) -> Estimate:
    curve = durations.curve()
    interval = median_interval(durations.weighted())
    return Estimate(
        n=curve.n,
        ended=curve.ended,
        p50_ms=curve.quantile(0.5),
        p90_ms=curve.quantile(0.9),
        has_interval=interval is not None,
        p50_low_ms=interval.low if interval else None,
        p50_high_ms=interval.high if interval else None,
    )


@lru_cache(maxsize=ESTIMATES_KEPT)
def _kept_estimate(durations: CensoredDurations) -> Estimate:
    """Estimate what most hosters have: no case or few, the same in many rounds and windows."""
    return _estimate(durations)
