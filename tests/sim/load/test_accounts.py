"""What must become of each record that was handed in, and what became of it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import Origin, OutcomeRecord
from sim.load.accounts import LoadAccounts, code

LANE = "hotline.practice-1.v1", 0
BECAME = [
    (Result.ACCEPTED, None),
    (Result.DUPLICATE, None),
    *((Result.QUARANTINED, reason) for reason in Quarantine),
]


def outcome(offset, became, topic=LANE[0]):
    origin = Origin(topic=topic, partition=0, offset=offset, appended_at=0)
    result, reason = became
    return OutcomeRecord(
        hotline="practice-1", record_id="r", origin=origin, result=result, reason=reason
    )


def test_results_and_reasons_have_bytes_of_their_own():
    """No two results share a byte, and none is that of nothing."""
    codes = [code(*became) for became in BECAME]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes


@given(st.lists(st.sampled_from(BECAME), min_size=1, max_size=60), st.randoms(), st.integers(0, 9))
def test_outcomes_in_any_order_and_twice_give_one_balance(made, chance: random.Random, first):
    """Each is counted once, whether its acknowledgement was heard before or after it."""
    accounts = LoadAccounts({LANE: first})
    deeds = [lambda: accounts.handed_in(LANE, first, bytes(code(*one) for one in made))]
    for offset, became in enumerate(made, first):
        deeds += [lambda o=offset, b=became: accounts.settle(outcome(o, b))] * 2
    chance.shuffle(deeds)
    for deed in deeds:
        deed()
    balance = accounts.balance()
    assert balance.whole
    assert balance.settled == accounts.settled == len(made)
    assert balance.accepted == made.count((Result.ACCEPTED, None))
    assert sum(balance.quarantined.values()) == sum(r is Result.QUARANTINED for r, _ in made)


@pytest.fixture
def three():
    accounts = LoadAccounts({LANE: 5})
    accounts.handed_in(LANE, 5, bytes([code(Result.ACCEPTED, None)] * 3))
    return accounts


def test_what_has_no_outcome_is_outstanding(three):
    """A record without an outcome is neither settled nor forgotten."""
    three.settle(outcome(6, BECAME[0]))
    balance = three.balance()
    assert (balance.accepted, balance.outstanding) == (1, 2)
    assert not balance.whole


def test_another_outcome_than_expected_and_two_that_differ_are_told(three):
    """Lost and doubled work shows even where the sums agree."""
    for offset in (5, 6):
        three.settle(outcome(offset, BECAME[0]))
    three.settle(outcome(7, BECAME[1]))
    three.settle(outcome(5, BECAME[1]))
    balance = three.balance()
    assert (balance.otherwise, balance.twice, balance.outstanding) == (1, 1, 0)
    assert not balance.whole


def test_outcomes_of_others_are_passed_over(three):
    """Records before the run, of other inboxes and of others in this one count for nothing."""
    three.settle(outcome(4, BECAME[0]))
    three.settle(outcome(5, BECAME[0], topic="hotline.practice-2.v1"))
    three.settle(outcome(99, BECAME[0]))
    assert three.balance().settled == 0
