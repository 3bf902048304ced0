"""The removal laws against what was published of the cohorts they are fitted to."""

import random
from bisect import bisect_right
from math import log
from statistics import correlation, mean

import pytest

from schemas.moments import HOUR_MS
from sim.world import delays
from sim.world.delays import (
    NEVER,
    NL_FAST,
    NL_MIDDLE,
    NL_SLOW,
    REMOVAL_MIN_MS,
    DelayMixture,
    only,
)

DAY_H = 24
DRAWS = 4_000
BAND = 0.0258  # Dvoretzky, Kiefer, Wolfowitz: sqrt(ln(2 / 0.01) / (2 * 4000)), so 1 % by chance

PUBLISHED = {
    # the yearly report on deletion of Germany's hotlines and police: domestic reports
    "DE_2019": ((2 * DAY_H, 0.798), (7 * DAY_H, 0.997)),
    "DE_2020": ((2 * DAY_H, 0.734), (7 * DAY_H, 0.986)),
    "DE_2021": ((2 * DAY_H, 0.6192), (7 * DAY_H, 0.9753)),
    "DE_2022": ((2 * DAY_H, 0.7632), (7 * DAY_H, 0.9965)),
    "DE_2023": ((2 * DAY_H, 0.854), (7 * DAY_H, 0.9898)),
    "DE_2024": ((2 * DAY_H, 0.56), (7 * DAY_H, 0.99)),
    # the same, reports passed on abroad
    "ABROAD_2020": ((7 * DAY_H, 0.61), (28 * DAY_H, 0.80)),
    "ABROAD_2021": ((7 * DAY_H, 0.5659), (28 * DAY_H, 0.8811)),
    "ABROAD_2022": ((7 * DAY_H, 0.5323), (28 * DAY_H, 0.8854)),
    "ABROAD_2023": ((7 * DAY_H, 0.576), (28 * DAY_H, 0.882)),
    "ABROAD_2024": ((7 * DAY_H, 0.387), (28 * DAY_H, 0.8417)),
    # the Dutch monitor's report of September 2020, its dominant hoster
    "NL_DOMINANT_2020": ((DAY_H, 0.86), (2 * DAY_H, 0.97)),
    # the Dutch monitor's report of 2022: 40 % of all within a day
    "NL_2022": ((DAY_H, 0.40),),
}

MEANS_D = {"DE_2019": 1.42, "DE_2020": 1.66, "DE_2022": 1.54}


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_law_has_the_published_shares(name):
    """Exact to the percentage point that was published."""
    for hours, share in PUBLISHED[name]:
        assert getattr(delays, name).within(hours) == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize("name", sorted(MEANS_D))
def test_the_mean_that_was_published_apart_follows_from_the_shares(name):
    """Two shares fix the law, and its mean is the published one to a fortieth of a day."""
    ((_, delay),) = getattr(delays, name).parts
    assert delay.mean_h / DAY_H == pytest.approx(MEANS_D[name], abs=0.025)


def test_the_mean_of_2021_is_missed():
    """That year's tail is heavier than a log-normal's; whoever uses the law has to know."""
    ((_, delay),) = delays.DE_2021.parts
    assert delay.mean_h / DAY_H < 2.55 - 0.4


def test_the_field_of_2022_is_split_as_it_was():
    """Fast hosters remove 90 % in a day, slow ones 20 %, those between 55 %."""
    assert NL_FAST.within(DAY_H) == pytest.approx(0.90, abs=0.005)
    assert NL_MIDDLE.within(DAY_H) == pytest.approx(0.55, abs=0.005)
    assert NL_SLOW.within(DAY_H) == pytest.approx(0.20, abs=0.005)


@pytest.mark.parametrize("name", sorted({*PUBLISHED, "NL_2022_TAIL"}))
def test_what_is_drawn_follows_the_law(name):
    """4,000 draws lie within the band that a right generator leaves once in a hundred."""
    delay_mixture = getattr(delays, name)
    chance = random.Random(f"laws/{name}")
    drawn = [delay_mixture.draw(chance) for _ in range(DRAWS)]
    ended = sorted(one for one in drawn if one is not None)
    assert min(ended) >= REMOVAL_MIN_MS
    for hours in (1, 6, 12, 24, 48, 96, 7 * DAY_H, 28 * DAY_H):
        share = bisect_right(ended, hours * HOUR_MS) / DRAWS
        assert share == pytest.approx(delay_mixture.within(hours), abs=BAND)


def test_a_tail_is_never_removed():
    """What is missing to 1 stays for good: a twentieth of the field of 2022."""
    chance = random.Random(7)
    kept = sum(delays.NL_2022_TAIL.draw(chance) is None for _ in range(DRAWS))
    assert kept / DRAWS == pytest.approx(0.05, abs=BAND)


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.9])
def test_removals_of_an_incident_are_alike(alike: float) -> None:
    """Logarithms of two removal times correlate by as much; the law of each stays the hoster's."""
    chance = random.Random(2)
    pairs = [only(24, 1.2).draw_alike(2, alike, chance) for _ in range(3_000)]
    first, second = ([log((pair[i] or 0) / HOUR_MS) for pair in pairs] for i in (0, 1))
    assert correlation(first, second) == pytest.approx(alike, abs=0.05)
    assert mean(first) == pytest.approx(log(24), abs=0.08)


@pytest.mark.parametrize("mixture", [NEVER, DelayMixture()])
def test_who_removes_nothing_removes_nothing_of_an_incident(mixture: DelayMixture) -> None:
    """None of its URLs has a time."""
    assert mixture.draw_alike(3, 0.9, random.Random(3)) == [None] * 3
