"""The funnel plot: how far a share lies from the mean, with the spread that all hosters have.

The limits are those of Spiegelhalter (2005, Statistics in Medicine 24:1185-1202). The z-scores of
the shares are winsorised at 10 % on each side. The mean of their squares is the overdispersion phi.
Where phi is above 1, a variance between hosters is added to each one's own (DerSimonian and Laird
1986, Controlled Clinical Trials 7:177-188). Shrunken estimates pull each share to the mean, the
further the less it rests on (Efron and Morris 1975, JASA 70:311-319).

All of this is for display. It names nobody, and leaving it out changes no name.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

WINSORISED: Final = 0.1
Z_95: Final = 1.959963984540054
Z_998: Final = 3.090232306167813
"""Limits of 95 % and of 99.8 %, the usual two of a funnel plot."""


class FunnelPoint(NamedTuple):
    """A share and how many independent cases it rests on."""

    share: float
    n_eff: float


class Funnel(NamedTuple):
    """What a funnel plot shows.

    Attributes:
        centre: the mean share, each hoster by how much its own rests on.
        phi: overdispersion; 1 = chance alone.
        between: variance between hosters.
        shrunken: of each hoster the share pulled to the centre, in the order given.
    """

    centre: float
    phi: float
    between: float
    shrunken: tuple[float, ...]

    def limits(self, n_eff: float, z: float) -> tuple[float, float]:
        """Return between which shares chance and the spread of all leave a hoster.

        Args:
            n_eff: how many independent cases its share rests on.
            z: quantile of the limit, such as `Z_95`.
        """
        half = z * sqrt(self.centre * (1 - self.centre) / n_eff + self.between)
        return max(0.0, self.centre - half), min(1.0, self.centre + half)


def funnel(points: Sequence[FunnelPoint]) -> Funnel | None:
    """Return the funnel of hosters; None with fewer than two.

    Args:
        points: one for each hoster, `n_eff` above 0.
    """
    if len(points) < 2:
        return None
    total = sum(one.n_eff for one in points)
    centre = sum(one.share * one.n_eff for one in points) / total
    spread = centre * (1 - centre)
    if spread <= 0:
        return Funnel(centre, 1.0, 0.0, tuple(one.share for one in points))
    phi = _overdispersion([(one.share - centre) / sqrt(spread / one.n_eff) for one in points])
    between = _between(points, centre, phi)
    shrunken = []
    for one in points:
        own = spread / one.n_eff
        kept = between / (between + own)
        shrunken.append(kept * one.share + (1 - kept) * centre)
    return Funnel(centre, phi, between, tuple(shrunken))


def _overdispersion(scores: Sequence[float]) -> float:
    ordered = sorted(scores)
    cut = int(WINSORISED * len(ordered))
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return sum(min(max(z, low), high) ** 2 for z in ordered) / len(ordered)


def _between(points: Sequence[FunnelPoint], centre: float, phi: float) -> float:
    """Return the variance between hosters by the method of moments, from the winsorised phi."""
    k = len(points)
    if phi * k <= k - 1:
        return 0.0
    spread = centre * (1 - centre)
    weights = [one.n_eff / spread for one in points]
    total = sum(weights)
    return (phi * k - (k - 1)) / (total - sum(w * w for w in weights) / total)
