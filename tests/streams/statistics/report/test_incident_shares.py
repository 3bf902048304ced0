"""Laws of shares over incidents: coverage of the interval, size of the test, weights."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.report.incident_shares import (
    Incident,
    Mean,
    below,
    interval,
    mean_and_variance,
    mean_share,
)
from streams.statistics.report.multiplicity import rejected

SHARES = json.loads((Path(__file__).parent / "r" / "fixtures.json").read_text())["shares"]
INCIDENTS = st.lists(
    st.builds(Incident, st.floats(0, 1), st.just(1.0), st.integers(1, 50)), min_size=2, max_size=40
)


def drawn(
    chance: np.random.Generator, share: float, k: int, shape: float = 1.5, cap: int = 1_000
) -> list[Incident]:
    """Draw incidents of Pareto sizes; cases of one are alike with a correlation of one half."""
    sizes = np.minimum(chance.pareto(shape, k) + 1, cap).astype(int)
    found = chance.binomial(sizes, chance.beta(share, 1 - share, k)) / sizes
    return [Incident(float(s), 1.0, int(n)) for s, n in zip(found, sizes, strict=True)]


def misses(share: float, k: int, times: int) -> tuple[float, float]:
    """Return how often the interval lies above the truth, and how often below it."""
    chance = np.random.default_rng(7)
    ends = [interval(mean_share(drawn(chance, share, k))) for _ in range(times)]
    return sum(low > share for low, _ in ends) / times, sum(
        high < share for _, high in ends
    ) / times


@pytest.mark.parametrize("kept", SHARES, ids=lambda kept: f"{len(kept['share'])} incidents")
def test_mean_and_variance_are_those_of_survey(kept: dict[str, list[float]]) -> None:
    """R's `svymean` takes each incident as a cluster, with one over its probability as weight."""
    incidents = [
        Incident(share, seen, 1_000_000)
        for share, seen in zip(kept["share"], kept["seen"], strict=True)
    ]
    share, variance = mean_and_variance(incidents)
    assert share == pytest.approx(kept["mean"][0], rel=1e-9)
    assert variance == pytest.approx(kept["variance"][0], rel=1e-9)


@pytest.mark.parametrize(("share", "k"), [(0.5, 15), (0.84, 30)])
def test_the_interval_holds_the_truth(share: float, k: int) -> None:
    """400 draws: the lower limit of 92.5 % less three standard errors of the count."""
    above, below_it = misses(share, k, 400)
    assert above + below_it <= 0.075 + 0.04


@pytest.mark.soak
@pytest.mark.parametrize("share", [0.5, 0.84])
@pytest.mark.parametrize("k", [15, 30])
def test_coverage_over_many_draws(share: float, k: int) -> None:
    """4,000 draws: at least 92.5 % hold the truth, at most 4 % err on either side."""
    above, below_it = misses(share, k, 4_000)
    assert above + below_it <= 0.075
    assert max(above, below_it) <= 0.04


def alike(chance: np.random.Generator, share: np.ndarray, correlation: float) -> np.ndarray:
    """Draw shares around given ones, whose cases have that correlation."""
    size = (1 - correlation) / correlation
    return chance.beta(share * size, (1 - share) * size)


def of_size(chance: np.random.Generator, share: float, k: int) -> list[Incident]:
    """Incidents of three cases or more have a share of 0.15 less, others of as much more."""
    sizes = np.minimum(chance.pareto(1.5, k) + 1, 1_000).astype(int)
    large = 3**-1.5
    shares = np.where(sizes >= 3, share - 0.15, share + 0.15 * large / (1 - large))
    found = chance.binomial(sizes, alike(chance, shares, 0.5)) / sizes
    return [Incident(float(s), 1.0, int(n)) for s, n in zip(found, sizes, strict=True)]


def sampled(chance: np.random.Generator, share: float, k: int) -> list[Incident]:
    """A quarter of the cases is in the sample; of four times k incidents some k are seen."""
    sizes = np.minimum(chance.pareto(1.5, 4 * k) + 1, 1_000).astype(int)
    good = chance.binomial(sizes, alike(chance, np.full(4 * k, share), 0.5))
    yes, no = chance.binomial(good, 0.25), chance.binomial(sizes - good, 0.25)
    return [
        Incident(float(a / (a + b)), 1 - 0.75 ** int(n), int(a + b))
        for a, b, n in zip(yes, no, sizes, strict=True)
        if a + b
    ]


def of_hosts(chance: np.random.Generator, share: float, k: int) -> list[Incident]:
    """Each host has three incidents of different days, whose shares are alike by a fifth."""
    sizes = np.minimum(chance.pareto(1.5, k) + 1, 1_000).astype(int)
    hosts = np.clip(alike(chance, np.full(k // 3, share), 0.2), 0.001, 0.999)
    found = chance.binomial(sizes, alike(chance, np.repeat(hosts, 3), 0.4)) / sizes
    return [Incident(float(s), 1.0, int(n)) for s, n in zip(found, sizes, strict=True)]


@pytest.mark.soak
@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("k", [15, 30])
@pytest.mark.parametrize(("world", "least"), [(of_size, 0.925), (sampled, 0.925), (of_hosts, 0.89)])
def test_coverage_in_worlds_of_another_kind(world, least: float, share: float, k: int) -> None:
    """1,500 draws; where days of a host are alike, incidents are not independent, it is less."""
    chance = np.random.default_rng(7)
    ends = [interval(mean_share(world(chance, share, k))) for _ in range(1_500)]
    assert sum(low <= share <= high for low, high in ends) / 1_500 >= least


def with_rare_ones(chance: np.random.Generator, usual: float) -> list[Incident]:
    """Return 15 incidents of 300 cases, rare ones wholly in time; the true mean is 0.8."""
    whole = chance.random(15) < (0.8 - usual) / (1 - usual)
    found = np.where(whole, 300, chance.binomial(300, usual, 15)) / 300
    return [Incident(float(share), 1.0, 300) for share in found]


@pytest.mark.parametrize("usual", [0.7, 0.75, 0.78])
def test_nobody_is_named_for_a_rare_kind_of_incident_that_was_not_seen(usual: float) -> None:
    """100 fields of ten hosters at the threshold: at most one in twenty names anybody.

    Incidents of many cases that look alike seem to tell much; those that are missing do not show.
    """
    chance = np.random.default_rng(7)
    named = [
        any(rejected([below(mean_share(with_rare_ones(chance, usual)), 0.8) for _ in range(10)]))
        for _ in range(100)
    ]
    assert sum(named) <= 5


@given(INCIDENTS)
def test_no_incident_counts_as_more_than_one_case(incidents: list[Incident]) -> None:
    """A share never rests on more than its incidents, however many cases they have."""
    mean = mean_share(incidents)
    assert 0 < mean.n_eff <= mean.k_eff <= len(incidents) + 1e-9
    low, high = interval(mean)
    assert 0 <= low <= mean.share + 1e-12
    assert mean.share - 1e-12 <= high <= 1


@given(INCIDENTS, st.floats(0.05, 0.95))
def test_who_is_below_has_an_interval_below(incidents: list[Incident], threshold: float) -> None:
    """A test at 2.5 % never says more than the interval of 95 %."""
    mean = mean_share(incidents)
    if below(mean, threshold) < 0.025:
        assert interval(mean)[1] <= threshold + 1e-9


def test_an_incident_seen_with_half_the_probability_weighs_double() -> None:
    """It stands for one over the probability that it is seen."""
    mean = mean_share([Incident(1.0, 0.5, 1), Incident(0.0, 1.0, 1), Incident(0.0, 1.0, 1)])
    assert mean.share == pytest.approx(0.5)


@pytest.mark.parametrize("yes", range(0, 101, 4))
def test_incidents_that_are_all_alike_count_one_each(yes: int) -> None:
    """No variance is no certainty, also where the mean of floats is not exactly each of them."""
    mean = mean_share([Incident(yes / 100, 1.0, 100)] * 15)
    assert mean == Mean(pytest.approx(yes / 100), 15.0, 15.0)
    low, high = interval(mean)
    assert high - low > 0.2


def test_few_heavy_incidents_are_few() -> None:
    """One that stands for 50 outweighs thirty: they tell as much as two or three would."""
    mean = mean_share([Incident(0.0, 1.0, 300)] * 30 + [Incident(1.0, 0.02, 1)])
    assert mean.k_eff == pytest.approx(80**2 / (30 + 50**2))
    assert below(mean, 0.8) > 0.05


def test_one_incident_says_nothing_of_others() -> None:
    """With a single incident the interval is everything and nobody is below."""
    mean = mean_share([Incident(0.0, 1.0, 100)])
    assert interval(mean) == (0.0, 1.0)
    assert below(mean, 0.8) == 1.0


def test_wilson_with_students_quantile() -> None:
    """t(14) = 2.144787: (p + t^2/2n -+ t sqrt(p(1-p)/n + t^2/4n^2)) / (1 + t^2/n), by hand."""
    assert interval(Mean(0.8, 15.0, 15)) == pytest.approx((0.5234, 0.9358), abs=1e-4)


@pytest.mark.parametrize("wrong", [0.0, 1.0, -1.0])
def test_a_threshold_lies_between(wrong: float) -> None:
    """0 and 1 are no thresholds, and no incident is no mean."""
    with pytest.raises(ValueError, match="threshold"):
        below(Mean(0.5, 10.0, 10), wrong)
    with pytest.raises(ValueError, match="incident"):
        mean_share([])
