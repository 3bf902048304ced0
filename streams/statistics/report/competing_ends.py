"""How cases end, where one end rules out the others: cumulative incidence.

Material that moved can no longer be removed here. 1 - Kaplan-Meier of removals answers "how soon,
if nothing else could end a case". Cumulative incidence answers "which share of cases ended so by
then". Each is at most its 1 - KM, because the share that no end has reached is at most the
Kaplan-Meier of one end. 1 - KM says how soon only if the other ends are independent of it.

The estimator is that of Aalen and Johansen (1978, Scandinavian Journal of Statistics 5:141-150). An
end's incidence rises at each event time by S just before it, times the share of those at risk that
ended so. At one instant ends come before last sightings (Kaplan and Meier 1958).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

Ended = tuple[int, str | None]
"""How long a case lasted, and how it ended; None = it was last seen then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """The cumulative incidence of each end.

    Attributes:
        times: distinct event times, ascending.
        survival: share that has not ended, just after each.
        by_end: of each end, the share that ended so by then; and with the survival they sum to 1.
    """

    times: tuple[int, ...]
    survival: tuple[float, ...]
    by_end: dict[str, tuple[float, ...]]


def cumulative_incidence(cases: Sequence[Ended]) -> Incidence:
    """Estimate which share ends how by when.

    Args:
        cases: in any order; no duration below 0.

    Raises:
        ValueError: a duration is below 0.
    """
    if any(duration < 0 for duration, _ in cases):
        raise ValueError("a duration is below 0")
    at_risk, survival = len(cases), 1.0
    reached = dict.fromkeys(sorted({end for _, end in cases if end is not None}), 0.0)
    times: list[int] = []
    left: list[float] = []
    curves: dict[str, list[float]] = {end: [] for end in reached}
    for time, group in groupby(sorted(cases, key=lambda one: one[0]), key=lambda one: one[0]):
        ended = Counter(end for _, end in group)
        censored = ended.pop(None, 0)
        if ended:
            for end, count in sorted(ended.items(), key=str):
                reached[str(end)] += survival * count / at_risk
            survival *= 1 - ended.total() / at_risk
            times.append(time)
            left.append(survival)
            for end, curve in curves.items():
                curve.append(reached[end])
        at_risk -= ended.total() + censored
    return Incidence(
        times=tuple(times),
        survival=tuple(left),
        by_end={end: tuple(curve) for end, curve in curves.items()},
    )
