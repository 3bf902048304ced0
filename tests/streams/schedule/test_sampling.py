"""Samples of dominant hosters: who is in them."""

import pytest

from schemas.identity.ids import fraction
from schemas.records.case import ALL_SAMPLED
from schemas.records.registry import InclusionEntry
from streams.schedule.sampling import sampling

KEYS = [f"{n:032x}" for n in range(20_000)]


def entry(probability: float, seed: str = "s") -> InclusionEntry:
    return InclusionEntry(id="acme", version=1, valid_from=0, probability=probability, seed=seed)


@pytest.mark.parametrize("probability", [0.01, 0.2, 0.75])
def test_the_sample_is_as_large_as_the_probability_says(probability: float) -> None:
    """Within four standard deviations of a binomial count, and each case said so."""
    found = [sampling(entry(probability), key) for key in KEYS]
    expected = probability * len(KEYS)
    spread = 4 * (expected * (1 - probability)) ** 0.5
    assert abs(sum(one.sampled for one in found) - expected) < spread
    assert {one.inclusion for one in found} == {probability}


def test_the_rule_is_the_fraction_of_seed_and_key() -> None:
    """As published: anybody with the seed and the key finds the same sample."""
    for key in KEYS[:200]:
        assert sampling(entry(0.3), key).sampled == (fraction("s", key) < 0.3)


def test_a_larger_probability_keeps_what_a_smaller_one_has() -> None:
    """With one seed samples are nested, so a raise takes nobody out."""
    small = {key for key in KEYS if sampling(entry(0.1), key).sampled}
    assert small < {key for key in KEYS if sampling(entry(0.2), key).sampled}
    assert not small <= {key for key in KEYS if sampling(entry(0.2, "other"), key).sampled}


def test_without_an_entry_every_case_is_in() -> None:
    """So it is with a probability of 1."""
    assert sampling(None, KEYS[0]) == sampling(entry(1.0), KEYS[0]) == ALL_SAMPLED
