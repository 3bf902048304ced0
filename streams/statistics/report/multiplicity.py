"""Many hosters at once: who is named, and between which ranks each lies.

Of 39 hosters that are all exactly at the threshold, tests at 5 % each would name two on average.
Holm's procedure keeps the chance that anybody is named wrongly at 5 % for the field (Holm 1979,
Scandinavian Journal of Statistics 6:65-70). Sets of ranks hold for all hosters at once likewise.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

ALPHA: Final = 0.05
"""At most one field in twenty names a hoster wrongly, and at most one in twenty has a rank outside
its set. One of the two may so happen in up to one field in ten."""


class RankSet(NamedTuple):
    """The ranks that a hoster may have; 1 is the largest share within the norm."""

    low: int
    high: int


def rejected(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Return which hypotheses Holm's procedure rejects, in the order given.

    Args:
        p_values: one for each hypothesis.
        alpha: the chance that any true one is among them.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    said = [False] * len(p_values)
    for rank, place in enumerate(order):
        if p_values[place] > alpha / (len(order) - rank):
            break
        said[place] = True
    return said


def confidence_each(n: int, alpha: float = ALPHA) -> float:
    """Return the confidence of each of n intervals that all hold at once, if they are independent.

    Sidak (1967, JASA 62:626-633).

    Args:
        n: intervals, at least 1.
        alpha: the chance that any of them fails.
    """
    return float((1 - alpha) ** (1 / n))


def rank_sets(intervals: Sequence[tuple[float, float]]) -> list[RankSet]:
    """Return the ranks that each may have, given intervals that hold at once.

    A hoster is surely behind those whose interval lies wholly above its own. It is surely before
    those whose interval lies wholly below its own. The method is that of Klein, Wright and
    Wieczorek (2020, JRSS A 183:589-606).

    Args:
        intervals: one for each hoster, at `confidence_each`.
    """
    lows = sorted(low for low, _ in intervals)
    highs = sorted(high for _, high in intervals)
    n = len(intervals)
    return [
        RankSet(1 + n - bisect_right(lows, high), n - bisect_left(highs, low))
        for low, high in intervals
    ]
