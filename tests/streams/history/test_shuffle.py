"""Orders and batches are drawn by number, and a fold that heeds them is found out."""

import pytest
from examples import told

from streams.history import shuffle
from streams.history.shuffle import disagreeing, folded
from streams.lifecycle import RecordUpdate


def test_all_orders_of_a_removal_agree():
    """The state has the same bytes whatever the order and the batches."""
    assert disagreeing(told("04-removal").happened, 30) == []
    assert disagreeing([], 5) == []


def test_an_order_is_the_same_whenever_it_is_drawn():
    """What differs once can be studied."""
    happened = told("04-removal").happened
    assert folded(happened, 7) == folded(happened, 7)


def test_a_fold_that_heeds_the_order_is_found(monkeypatch: pytest.MonkeyPatch):
    """A fold that keeps what came last is none of a set."""

    class Last:
        @staticmethod
        def advance(_key, _state, happened):
            return str(happened[-1]).encode()

        @staticmethod
        def update_record(_key, _value, happened):
            return RecordUpdate(str(happened[-1]).encode(), None, "judged")

    monkeypatch.setattr(shuffle, "lifecycle", Last)
    monkeypatch.setattr(shuffle, "STATE", type("Codec", (), {"encode": staticmethod(bytes)}))
    assert disagreeing(told("04-removal").happened, 10)
