"""How many examples of a law are tried: a part by `make test`, all of them by `make soak-laws`.

A law that a change breaks fails within some ten examples; the many are for what nobody changed.
"""

from typing import Final

from hypothesis import HealthCheck, settings

SOAK: Final = "soak"
"""The profile of `make soak-laws`."""

LEAST: Final = 40
"""Least examples of a law in `make test`; a law with fewer runs all of them."""

PART: Final = 4
"""Of a law with many examples `make test` tries one in so many."""


def register_profiles() -> None:
    """Make the profiles known and load that of `make test`; a law holds on a busy machine too."""
    patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile(SOAK, **patient)
    settings.register_profile("laws", max_examples=LEAST, **patient)
    settings.load_profile("laws")


def examples(many: int) -> int:
    """Return how many examples are tried, of a law that is worth more or fewer than others.

    Args:
        many: of `make soak-laws`.
    """
    if settings.get_current_profile_name() == SOAK:
        return many
    return min(many, max(LEAST, many // PART))
