"""Each scenario has checks of its own, each a sentence of its own."""

import pytest

from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.shows.table import SHOWS


def test_checks_are_of_scenarios() -> None:
    """A name that is none would be looked for in vain."""
    assert SHOWS.keys() <= SCENARIOS.keys()


@pytest.mark.parametrize("name", SHOWS)
def test_no_check_stands_twice(name: str) -> None:
    """Their sentences are the rows of a table."""
    said = [expect.says for expect in SHOWS[name]]
    assert said
    assert len(set(said)) == len(said)
