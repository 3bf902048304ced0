"""How far cases are concentrated on few: Lorenz curve, CR4 and the Herfindahl index.

The curve is that of Lorenz (1905, Publications of the American Statistical Association 9:209-219).
It has the largest first, so it says which share of all cases the largest have. CR4 is the share of
the four largest. HHI is the sum of the squared shares (Hirschman 1964, AER 54:761).

Cases of one incident come together. So the interval is a bootstrap over incidents (Field and Welsh
2007, JRSS B 69:369-390): percentiles of the figures of incidents drawn anew with replacement. The
draws have a fixed seed, so that whoever repeats them gets the same interval.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

import numpy as np

SEED: Final = 20_260_101
DRAWS: Final = 999
"""Percentiles of 999 draws are off by less than a tenth of the interval's width."""

LARGEST: Final = 4
_TAIL: Final = 0.025


class Between(NamedTuple):
    """A figure and its interval of 95 %."""

    value: float
    low: float
    high: float


class Concentration(NamedTuple):
    """How far cases are concentrated.

    Attributes:
        owners: how many have a case.
        cases: weighted, of all.
        cr4: share of the four largest.
        hhi: sum of squared shares.
        lorenz: share of all cases that the largest 1, 2, ... have.
    """

    owners: int
    cases: float
    cr4: Between
    hhi: Between
    lorenz: tuple[float, ...]


def concentration(
    incidents: Mapping[str, Sequence[tuple[str, float]]], *, draws: int = DRAWS, seed: int = SEED
) -> Concentration | None:
    """Return how far cases are concentrated on owners; None without a case.

    Args:
        incidents: of each incident its owners with their cases, weighted.
        draws: of the bootstrap.
        seed: of its draws.
    """
    owners = sorted({owner for parts in incidents.values() for owner, _ in parts})
    place = {owner: i for i, owner in enumerate(owners)}
    rows: list[tuple[int, int, float]] = [
        (number, place[owner], cases)
        for number, (_, parts) in enumerate(sorted(incidents.items()))
        for owner, cases in sorted(parts)
        if cases > 0
    ]
    if not rows:
        return None
    number, column = (np.array([row[i] for row in rows]) for i in (0, 1))
    cases = np.array([row[2] for row in rows], np.float64)
    counts = np.bincount(column, cases, len(owners)).astype(float)
    drawn: list[tuple[float, float]] = []
    chance, k = np.random.default_rng(seed), int(number.max()) + 1
    for _ in range(draws):
        times = np.bincount(chance.integers(0, k, k), minlength=k)
        again = np.bincount(column, cases * times[number], len(owners)).astype(float)
        if again.sum() > 0:
            drawn.append(_figures(again))
    whole = np.sort(counts)[::-1]
    total = float(whole.sum())
    cr4, hhi = _figures(counts)
    return Concentration(
        owners=int((whole > 0).sum()),
        cases=total,
        cr4=_between(cr4, [one[0] for one in drawn]),
        hhi=_between(hhi, [one[1] for one in drawn]),
        lorenz=tuple(accumulate(float(one) / total for one in whole if one > 0)),
    )


def _figures(counts: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[float, float]:
    """Return CR4 and HHI of the cases of each owner."""
    shares = counts / counts.sum()
    largest = np.partition(shares, -LARGEST)[-LARGEST:] if len(shares) > LARGEST else shares
    return float(largest.sum()), float((shares**2).sum())


def _between(value: float, drawn: Sequence[float]) -> Between:
    low, high = np.quantile(np.array(drawn), [_TAIL, 1 - _TAIL]) if drawn else (value, value)
    return Between(value, min(float(low), value), max(float(high), value))
