"""How cases end, where one end rules out the others: cumulative incidence.

Material that moved can no longer be removed here. 1 - Kaplan-Meier of removals answers "how soon,
if nothing else could end a case". Cumulative incidence answers "which share of cases ended so by
then". Each is at most its 1 - KM, because the share that no end has reached is at most the
Kaplan-Meier of one end. 1 - KM says how soon only if the other ends are independent of it.

The estimator is that of Aalen and Johansen (1978, Scandinavian Journal of Statistics 5:141-150). An
end's incidence rises at each event time by S just before it, times the share of those at risk that
ended so. At one instant ends come before last sightings (Kaplan and Meier 1958).
"""

from collections import defaultdict
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


def cumulative_incidence(
    cases: Sequence[Ended], weights: Sequence[float] | None = None
) -> Incidence:
    """Estimate which share ends how by when.

    Args:
        cases: in any order; no duration below 0.
        weights: how many cases each stands for, above 0; None = one each.

    Raises:
        ValueError: a duration is below 0.
    """
    if any(duration < 0 for duration, _ in cases):
        raise ValueError("a duration is below 0")
    weighed = sorted(
        zip(cases, weights or [1] * len(cases), strict=True),
        key=lambda one: (one[0][0], one[0][1] or "", one[1]),
    )
    at_risk, survival = float(sum(weight for _, weight in weighed)), 1.0
    reached = dict.fromkeys(sorted({end for _, end in cases if end is not None}), 0.0)
    times: list[int] = []
    left: list[float] = []
    curves: dict[str, list[float]] = {end: [] for end in reached}
    for time, group in groupby(weighed, key=lambda one: one[0][0]):
        ended: dict[str | None, float] = defaultdict(float)
        for (_, end), weight in group:
            ended[end] += weight
        censored = ended.pop(None, 0.0)
        total = sum(ended.values())
        if ended:
            for end, count in ended.items():
                reached[str(end)] += survival * count / at_risk
            survival *= 1 - min(total / at_risk, 1.0)
            times.append(time)
            left.append(survival)
            for end, curve in curves.items():
                curve.append(reached[end])
        at_risk -= total + censored
    return Incidence(
        times=tuple(times),
        survival=tuple(left),
        by_end={end: tuple(curve) for end, curve in curves.items()},
    )
