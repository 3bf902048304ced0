"""The funnel: overdispersion, limits and shrinking."""

import numpy as np
import pytest

from streams.statistics.report.funnel import Z_95, Z_998, FunnelPoint, funnel


def test_chance_alone_has_no_spread_between_hosters() -> None:
    """Shares drawn around one truth: phi near 1, all shrunk nearly to the centre."""
    chance = np.random.default_rng(5)
    found = funnel([FunnelPoint(chance.binomial(100, 0.8) / 100, 100) for _ in range(60)])
    assert found is not None
    assert found.centre == pytest.approx(0.8, abs=0.02)
    assert found.phi < 1.3
    low, high = found.limits(100, Z_95)
    assert low == pytest.approx(found.centre - Z_95 * np.sqrt(0.16 / 100 + found.between), abs=0.01)
    assert found.limits(100, Z_998)[0] < low < found.centre < high


def test_hosters_that_differ_widen_the_limits() -> None:
    """16 fast, 7 middling, 16 slow: the spread between them stands in the limits."""
    shares = [0.95] * 16 + [0.8] * 7 + [0.2] * 16
    found = funnel([FunnelPoint(share, 40) for share in shares])
    assert found is not None
    assert found.phi > 5
    assert found.between > 0.05
    for pulled, share in zip(found.shrunken, shares, strict=True):
        assert abs(pulled - found.centre) <= abs(share - found.centre)


def test_little_data_is_pulled_further() -> None:
    """Of two equal shares the one that rests on less lies nearer to the centre."""
    found = funnel(
        [FunnelPoint(0.2, 10), FunnelPoint(0.2, 500), FunnelPoint(0.9, 100), FunnelPoint(0.8, 100)]
    )
    assert found is not None
    assert abs(found.shrunken[0] - found.centre) < abs(found.shrunken[1] - found.centre)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_are_alike_there_is_nothing_to_pull(share: float) -> None:
    """All at 0 or 1; fewer than two hosters are no funnel."""
    found = funnel([FunnelPoint(share, 10), FunnelPoint(share, 20)])
    assert found is not None
    assert (found.between, found.shrunken) == (0.0, (share, share))
    assert funnel([FunnelPoint(0.5, 10)]) is None
