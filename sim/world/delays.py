"""How long removal takes practice hosters, and other draws of chance.

Removal times are log-normal: two published points of a year fit the published mean to 0.02 d in
2019, 2020 and 2022 (Germany's yearly reports on deletion); 2021 has a heavier tail than any
log-normal through its points (2.11 d for 2.55 d). Moore and Clayton (eCrime 2007) found the same
shape for phishing. The parameters below are fits to published cohorts; each names what was
published. Chance comes from the generator handed in.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant

REMOVAL_MIN_MS: Final = 10 * MINUTE_MS
"""Nobody removes faster: the notice has to be read, and a person has to act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A log-normal delay from notice to removal.

    Attributes:
        median_h: median in hours.
        sigma: standard deviation of the logarithm.
    """

    median_h: float
    sigma: float

    def within(self, hours: float) -> float:
        """Return the share of delays that are no longer than a time in hours."""
        return 0.5 * math.erfc(math.log(self.median_h / hours) / (self.sigma * math.sqrt(2)))

    @property
    def mean_h(self) -> float:
        """The mean in hours."""
        return self.median_h * math.exp(self.sigma**2 / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayMixture:
    """A mixture of delays; what is missing to 1 is never removed.

    Attributes:
        parts: weight and delay, weights summing to at most 1.
    """

    parts: tuple[tuple[float, Delay], ...] = ()

    def draw(self, rng: random.Random) -> int | None:
        """Return milliseconds from notice to removal, whole seconds; None = never."""
        delay = self._part(rng)
        if delay is None:
            return None
        return _whole(rng.lognormvariate(math.log(delay.median_h), delay.sigma))

    def draw_alike(self, many: int, alike: float, rng: random.Random) -> list[int | None]:
        """Return as many times from notice to removal that are alike, each as `draw` has it.

        Args:
            many: times.
            alike: part of the variance of the logarithm that they share, 0 to 1.
            rng: where the draws come from.
        """
        delay, shared = self._part(rng), rng.gauss() * math.sqrt(alike)
        if delay is None:
            return [None] * many
        own = (rng.gauss() * math.sqrt(1 - alike) for _ in range(many))
        return [_whole(delay.median_h * math.exp(delay.sigma * (shared + one))) for one in own]

    def _part(self, rng: random.Random) -> Delay | None:
        point = rng.random()
        for weight, delay in self.parts:
            point -= weight
            if point < 0:
                return delay
        return None

    def within(self, hours: float) -> float:
        """Return the share that is removed within a time after the notice, in hours."""
        return sum(weight * delay.within(hours) for weight, delay in self.parts)


def _whole(hours: float) -> int:
    return max(int(hours * HOUR_MS) // SECOND_MS * SECOND_MS, REMOVAL_MIN_MS)


def only(median_h: float, sigma: float) -> DelayMixture:
    """Return the mixture of one delay, always kept."""
    return DelayMixture(parts=((1.0, Delay(median_h=median_h, sigma=sigma)),))


WITHIN_HOURS: Final = only(3.0, 0.6)
"""A desk that reads its mail. Desks that act in minutes exist (eco, 2022), but a world in which
an hour is a second cannot show them: a probe and its way through the pipeline take minutes."""

AT_ONCE: Final = only(1.5, 0.3)
"""A desk that acts within the hour or two, as one does that means to put it back later."""

NL_DOMINANT_2020: Final = only(9.4, 0.87)
"""The dominant Dutch hoster of 2020: 86 % in 24 h, 97 % in 48 h."""

DE_2019: Final = only(1.16 * 24, 0.65)
"""Germany 2019: 79.8 % in 2 d, 99.7 % in 7 d, mean 1.42 d."""

DE_2020: Final = only(1.22 * 24, 0.80)
"""Germany 2020: 73.4 % in 2 d, 98.6 % in 7 d, mean 1.66 d."""

DE_2021: Final = only(1.59 * 24, 0.75)
"""Germany 2021: 61.9 % in 2 d, 97.5 % in 7 d, mean 2.55 d, which a log-normal misses by 0.44 d."""

DE_2022: Final = only(1.27 * 24, 0.63)
"""Germany 2022: 76.3 % in 2 d, 99.7 % in 7 d, mean 1.54 d."""

DE_2023: Final = only(0.70 * 24, 0.99)
"""Germany 2023: 85.4 % in 2 d, 99.0 % in 7 d; most of the year's reports were one hoster's own."""

DE_2024: Final = only(1.83 * 24, 0.58)
"""Germany 2024: about 56 % in 2 d, 99 % in 7 d."""

ABROAD_2020: Final = only(3.5 * 24, 2.47)
"""What Germany reported abroad, 2020: 61 % in 7 d, 80 % in 28 d."""

ABROAD_2021: Final = only(5.6 * 24, 1.37)
"""Abroad 2021: 56.6 % in 7 d, 88.1 % in 28 d."""

ABROAD_2022: Final = only(6.3 * 24, 1.24)
"""Abroad 2022: 53.2 % in 7 d, 88.5 % in 28 d."""

ABROAD_2023: Final = only(5.4 * 24, 1.40)
"""Abroad 2023: 57.6 % in 7 d, 88.2 % in 28 d."""

ABROAD_2024: Final = only(9.5 * 24, 1.08)
"""Abroad 2024: 38.7 % in 7 d, 84.2 % in 28 d."""

NL_FAST: Final = only(7.9, 0.87)
NL_MIDDLE: Final = only(21.5, 0.87)
NL_SLOW: Final = only(50.0, 0.87)
"""The three kinds of hosters in the Netherlands of 2022, with the spread of the one of 2020: 90 %,
55 % and 20 % in 24 h."""

NL_2022: Final = DelayMixture(
    parts=(
        (0.24, NL_FAST.parts[0][1]),
        (0.66, NL_SLOW.parts[0][1]),
        (0.10, NL_MIDDLE.parts[0][1]),
    )
)
"""The Netherlands 2022, all URLs together: a split field, 40 % in 24 h. The weights of the three
kinds follow from that and from the kinds' own shares."""

NL_2022_TAIL: Final = DelayMixture(
    parts=tuple((0.95 * weight, delay) for weight, delay in NL_2022.parts),
)
"""The same with a twentieth that stays for good (3 to 10 % are never removed)."""

NEVER: Final = DelayMixture()


def pick(rng: random.Random, weights: Sequence[float]) -> int:
    """Return an index with the given weights, by one draw."""
    point = rng.random() * sum(weights)
    for index, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return index
    return len(weights) - 1


def seconds_between(rng: random.Random, low_ms: int, high_ms: int) -> Instant:
    """Return a span in milliseconds, whole seconds, uniform between two bounds."""
    return rng.randint(low_ms // SECOND_MS, high_ms // SECOND_MS) * SECOND_MS
