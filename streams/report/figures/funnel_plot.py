"""The funnel plot of the judged hosters: for display, it names nobody."""

from collections.abc import Sequence

from msgspec import Struct

from streams.report.figures.counted import Cases, PartShare, divided, part, rounded
from streams.statistics.report.funnel import Z_998, FunnelPoint, funnel

CURVE_AT = (5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960, 1_280)
"""Numbers of independent cases at which the limits are told."""


class FunnelHoster(Struct, frozen=True, kw_only=True):
    """A hoster in the funnel.

    Attributes:
        n_eff: as many independent cases tell as much as its own.
        share: the middle of its bounds.
        shrunken: the same, pulled to the centre by how little it rests on.
        outside: of the limits that the spread of all leaves.
    """

    hoster: str
    n_eff: float
    share: float
    shrunken: float
    outside: bool


class FunnelPlot(Struct, frozen=True, kw_only=True):
    """The plot.

    Attributes:
        centre: the mean share.
        phi: overdispersion; 1 = hosters differ by chance alone.
        at: numbers of independent cases at which limits of 99.8 % are told.
        chance: between which shares chance alone leaves a hoster.
        spread: the same with the variance between hosters.
        spots: the hosters.
    """

    centre: float
    phi: float
    at: tuple[int, ...]
    chance: tuple[tuple[float, float], ...]
    spread: tuple[tuple[float, float], ...]
    spots: tuple[FunnelHoster, ...]


def funnel_plot(cases: Cases, judged: Sequence[str]) -> FunnelPlot | None:
    """Return the funnel plot; None with fewer than two judged hosters.

    Args:
        cases: that count.
        judged: hosters that are.
    """
    by_hoster = divided(cases, lambda case: case.hoster)
    said: list[PartShare] = [part(hoster, by_hoster[hoster]) for hoster in judged]
    points = [
        FunnelPoint((one.bounds[0] + one.bounds[1]) / 2, max(one.n_eff, 1.0))
        for one in said
        if one.bounds is not None and one.n_eff is not None
    ]
    found = funnel(points)
    if found is None:
        return None
    alone = found._replace(between=0.0)
    most = max(point.n_eff for point in points)
    at = [n for n in CURVE_AT if n < most] or [CURVE_AT[0]]
    at.append(next((n for n in CURVE_AT if n >= most), round(most) + 1))
    spots = []
    for one, point, shrunken in zip(said, points, found.shrunken, strict=True):
        low, high = found.limits(point.n_eff, Z_998)
        spots.append(
            FunnelHoster(
                hoster=one.name,
                n_eff=round(point.n_eff, 1),
                share=rounded(point.share),
                shrunken=rounded(shrunken),
                outside=not low <= point.share <= high,
            )
        )
    return FunnelPlot(
        centre=rounded(found.centre),
        phi=round(found.phi, 2),
        at=tuple(at),
        chance=tuple(_limits(alone.limits(n, Z_998)) for n in at),
        spread=tuple(_limits(found.limits(n, Z_998)) for n in at),
        spots=tuple(spots),
    )


def _limits(ends: tuple[float, float]) -> tuple[float, float]:
    return rounded(ends[0]), rounded(ends[1])
