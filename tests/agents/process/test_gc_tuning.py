"""Garbage is searched for seldom while work is done, and as before afterwards."""

import gc

import pytest

from agents.process.gc_tuning import COLLECT_EVERY, collecting_seldom


def test_the_threshold_is_put_back() -> None:
    """Also where the work fails."""
    before = gc.get_threshold()
    with collecting_seldom():
        assert gc.get_threshold() == (COLLECT_EVERY, *before[1:])
    assert gc.get_threshold() == before
    with pytest.raises(ZeroDivisionError), collecting_seldom(5):
        raise ZeroDivisionError
    assert gc.get_threshold() == before
