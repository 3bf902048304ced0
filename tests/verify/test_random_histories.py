"""Random histories of all kinds of records: one result in any order, and the reading's too."""

from random import Random
from statistics import mean

import pytest
from folded import read_otherwise, unequal_orders
from planted import PLANTED, planted
from random_history import LENGTH_MAX, random_history

SEEDS = 2_000
"""Of `make test`; `make soak-histories` plays 200,000 and goes on where it was."""

BLOCK = 100
FOUND_WITHIN = 100
"""Histories within which each planted defect is found."""

SHAPES = 500


def test_histories_are_about_forty_records_long() -> None:
    """And at most 200; every kind of record is among them."""
    told = [random_history(Random(seed)) for seed in range(SHAPES)]
    lengths = [len(history) for history in told]
    assert 30 <= mean(lengths) <= 55
    assert max(lengths) <= LENGTH_MAX
    kinds = {type(record).__name__ for history in told for record, _ in history}
    assert kinds == {
        "AnswerAccepted",
        "Attribution",
        "CheckAccepted",
        "Decision",
        "NoticeAccepted",
        "Observation",
        "ReportAccepted",
        "WithdrawalAccepted",
    }


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_no_order_and_no_batching_changes_a_byte(first: int) -> None:
    """States are stored and decoded between batches."""
    wrong = {
        seed: orders for seed in range(first, first + BLOCK) if (orders := unequal_orders(seed))
    }
    assert wrong == {}


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_the_second_reading_says_the_same(first: int) -> None:
    """Class, L, R, clock, verdicts, flags and naming of every case at several instants."""
    wrong = {
        seed: found[:2] for seed in range(first, first + BLOCK) if (found := read_otherwise(seed))
    }
    assert wrong == {}


@pytest.mark.parametrize("defect", PLANTED)
def test_a_field_that_decoding_leaves_as_text_is_found(defect: str) -> None:
    """Planted in the decoded state: identity with a member of a list then fails."""
    with planted(defect):
        assert any(unequal_orders(seed) for seed in range(FOUND_WITHIN))
