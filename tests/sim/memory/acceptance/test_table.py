"""Each scenario has checks of its own, each a sentence of its own."""

import pytest

from sim.memory.acceptance.table import ACCEPTANCE
from sim.memory.scenarios.catalogue import SCENARIOS


def test_checks_are_of_scenarios() -> None:
    """A name that is none would be looked for in vain."""
    assert ACCEPTANCE.keys() <= SCENARIOS.keys()


@pytest.mark.parametrize("name", ACCEPTANCE)
def test_no_check_stands_twice(name: str) -> None:
    """Their sentences are the rows of a table."""
    said = [expect.says for expect in ACCEPTANCE[name]]
    assert said
    assert len(set(said)) == len(said)
