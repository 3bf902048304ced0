"""How long removal takes practice hosters, and other draws of chance.

Removal times are log-normal, which two published points a year fit to 0.01 d of the published
mean (German reports on deletion, 2019 to 2022). The parameters below are fits to published
cohorts; each names its source. Chance comes from the generator handed in.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A mixture of delays; what is missing to 1 is never removed.

    Attributes:
        parts: weight and delay, weights summing to at most 1.
    """

    parts: tuple[tuple[float, Delay], ...] = ()

    def draw(self, chance: random.Random) -> int | None:
        """Return milliseconds from notice to removal, whole seconds; None = never."""
        point = chance.random()
        for weight, delay in self.parts:
            point -= weight
            if point < 0:
                drawn_ms = chance.lognormvariate(math.log(delay.median_h), delay.sigma) * HOUR_MS
                return max(int(drawn_ms) // SECOND_MS * SECOND_MS, REMOVAL_MIN_MS)
        return None


def only(median_h: float, sigma: float) -> Law:
    """Return the law of one delay, always kept."""
    return Law(parts=((1.0, Delay(median_h=median_h, sigma=sigma)),))


WITHIN_HOURS: Final = only(3.0, 0.6)
"""A desk that reads its mail. Desks that act in minutes exist (eco, 2022), but a world in which
an hour is a second cannot show them: a look and its way through the pipeline take minutes."""

AT_ONCE: Final = only(1.5, 0.3)
"""A desk that acts within the hour or two, as one does that means to put it back later."""

NL_DOMINANT_2020: Final = only(9.4, 0.87)
"""The dominant Dutch hoster of 2020: 86 % in 24 h, 97 % in 48 h."""

DE_2019: Final = only(1.16 * 24, 0.65)
"""Germany 2019: 79.8 % in 2 d, 99.7 % in 7 d, mean 1.42 d."""

DE_2020: Final = only(1.22 * 24, 0.80)
"""Germany 2020: 73.4 % in 2 d, 98.6 % in 7 d, mean 1.66 d."""

DE_2022: Final = only(1.27 * 24, 0.63)
"""Germany 2022: 76.3 % in 2 d, 99.7 % in 7 d, mean 1.54 d."""

NL_2022: Final = Law(
    parts=(
        (0.23, Delay(median_h=7.9, sigma=0.87)),  # 90 % in 24 h
        (0.62, Delay(median_h=50.0, sigma=0.87)),  # 20 % in 24 h
        (0.10, Delay(median_h=21.5, sigma=0.87)),  # 55 % in 24 h
    )
)
"""The Netherlands 2022: a split field, 40 % in 24 h in all; a twentieth stays for good."""

NEVER: Final = Law()


def pick(chance: random.Random, weights: Sequence[float]) -> int:
    """Return an index with the given weights, by one draw."""
    point = chance.random() * sum(weights)
    for index, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return index
    return len(weights) - 1


def seconds_between(chance: random.Random, low_ms: int, high_ms: int) -> Instant:
    """Return a span in milliseconds, whole seconds, uniform between two bounds."""
    return chance.randint(low_ms // SECOND_MS, high_ms // SECOND_MS) * SECOND_MS
